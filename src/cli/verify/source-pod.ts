// The pods of the cluster as `verify` needs them: which one it stands beside, and which one it connects to.
// Must not know what is allowed.
import * as z from 'zod';
import { isSameWorkload, type WorkloadEnd } from '../../analyze/endpoints.ts';
import { nearest } from '../../model/did-you-mean.ts';
import { compareKeys, formatKey } from '../../model/object-key.ts';
import type { Labels } from '../../model/selectors.ts';
import { ToolError } from '../failures.ts';
import { type ClusterSnapshot, objectKey } from '../snapshot/cluster-snapshot.ts';

const port = z.looseObject({
  name: z.string().optional(),
  containerPort: z.number(),
  protocol: z.string().default('TCP'),
});

const probe = z.looseObject({
  httpGet: z.looseObject({ port: z.union([z.number(), z.string()]) }).optional(),
  tcpSocket: z.looseObject({ port: z.union([z.number(), z.string()]) }).optional(),
  grpc: z.looseObject({ port: z.number() }).optional(),
});

const podSchema = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
  }),
  spec: z.looseObject({
    nodeName: z.string().optional(),
    hostNetwork: z.boolean().default(false),
    serviceAccountName: z.string().default('default'),
    tolerations: z.array(z.unknown()).default([]),
    imagePullSecrets: z.array(z.unknown()).default([]),
    affinity: z
      .looseObject({
        podAntiAffinity: z
          .looseObject({ requiredDuringSchedulingIgnoredDuringExecution: z.array(z.unknown()).default([]) })
          .optional(),
      })
      .optional(),
    containers: z.array(
      z.looseObject({ ports: z.array(port).default([]), readinessProbe: probe.optional() }),
    ),
  }),
  status: z.looseObject({
    phase: z.string().optional(),
    podIPs: z.array(z.looseObject({ ip: z.string() })).default([]),
    conditions: z.array(z.looseObject({ type: z.string(), status: z.string() })).default([]),
  }),
});

/** A pod as the cluster has it. */
export interface ExistingPod {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  readonly node: string;
  readonly addresses: readonly string[];
  readonly hostNetwork: boolean;
  readonly isReady: boolean;
  readonly serviceAccountName: string;
  readonly tolerations: readonly unknown[];
  readonly imagePullSecrets: readonly unknown[];
  readonly ports: readonly {
    readonly name?: string | undefined;
    readonly port: number;
    readonly protocol: string;
  }[];
  /** Whether pods like it must be on different nodes, or in different zones. */
  readonly hasAntiAffinity: boolean;
  /** The ports on which its readiness is probed over the network. */
  readonly probed: readonly number[];
}

function readPod(object: object): ExistingPod | undefined {
  const { data } = podSchema.safeParse(object);
  if (data === undefined) return undefined;
  const { metadata, spec, status } = data;
  const addresses = status.podIPs.map(({ ip }) => ip);
  if (status.phase !== 'Running' || spec.nodeName === undefined || addresses.length === 0) return undefined;
  const ports = spec.containers.flatMap(({ ports: own }) =>
    own.map(({ name, containerPort, protocol }) => ({ name, port: containerPort, protocol })),
  );
  return {
    ...{ namespace: metadata.namespace, name: metadata.name, labels: metadata.labels },
    ...{ node: spec.nodeName, addresses, ports, hostNetwork: spec.hostNetwork },
    isReady: status.conditions.some((each) => each.type === 'Ready' && each.status === 'True'),
    serviceAccountName: spec.serviceAccountName,
    tolerations: spec.tolerations,
    imagePullSecrets: spec.imagePullSecrets,
    hasAntiAffinity:
      (spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).length > 0,
    probed: spec.containers.flatMap(({ readinessProbe = {} }) => probedPort(readinessProbe, ports)),
  };
}

function probedPort(
  { httpGet, tcpSocket, grpc }: z.output<typeof probe>,
  ports: ExistingPod['ports'],
): readonly number[] {
  const probed = (httpGet ?? tcpSocket ?? grpc)?.port;
  if (typeof probed === 'number') return [probed];
  return ports.filter(({ name }) => name !== undefined && name === probed).map((each) => each.port);
}

/** A running pod, and the end that is just this pod. */
export interface ChosenPod {
  readonly pod: ExistingPod;
  readonly end: WorkloadEnd;
}

/**
 * Chooses a running pod of these ends: one that is Ready, if there is one, and then the first by name.
 *
 * @param word the end in the person's words
 * @param node only a pod on this node; absent: any
 * @throws ToolError if no pod runs, or none on that node
 */
export function choosePod(
  ends: readonly WorkloadEnd[],
  snapshot: ClusterSnapshot,
  { word, node }: { readonly word: string; readonly node?: string | undefined },
): ChosenPod {
  const running = runningPods(ends, snapshot);
  const there = running.filter(({ pod }) => node === undefined || pod.node === node);
  const chosen = there.find(({ pod }) => pod.isReady) ?? there[0];
  if (chosen !== undefined) return chosen;
  if (running.length === 0) {
    throw new ToolError(`no pod of \`${word}\` runs, so there is nothing to try: scale it up, and ask again`);
  }
  const nodes = [...new Set(running.map(({ pod }) => pod.node))].sort();
  const meant = nearest(node ?? '', nodes);
  const hint = meant === undefined ? `its pods are on ${nodes.join(', ')}` : `did you mean \`${meant}\`?`;
  throw new ToolError(`no pod of \`${word}\` is on node \`${node}\`: ${hint}`);
}

function runningPods(ends: readonly WorkloadEnd[], snapshot: ClusterSnapshot): readonly ChosenPod[] {
  const wanted = new Map(
    ends.flatMap((end) =>
      podNames(end, snapshot).map((name) => [
        formatKey({ namespace: end.workload.namespace, name }),
        { workload: end.workload, pods: [name] },
      ]),
    ),
  );
  const found = snapshot.objects.flatMap((object) => {
    const end = object.kind === 'Pod' ? wanted.get(formatKey(objectKey(object))) : undefined;
    const pod = end && readPod(object);
    return end === undefined || pod === undefined ? [] : [{ pod, end }];
  });
  return found.sort((a, b) => compareKeys(a.pod, b.pod));
}

function podNames(end: WorkloadEnd, { facts }: ClusterSnapshot): readonly string[] {
  if (end.pods !== undefined) return end.pods;
  const found = facts.workloads.find((workload) => isSameWorkload({ workload }, end));
  return (found?.pods ?? []).flatMap(({ name }) => name ?? []);
}
