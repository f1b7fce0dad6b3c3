// Pods that run the agent: they answer on ports, with their name if nothing else is asked for, and are told apart by their labels.
import { ApiError } from '../control-plane/api-client.ts';
import { poll } from '../control-plane/poll.ts';
import { agentImage } from './images.ts';
import type { PodKey, RingNode } from './node.ts';

export interface AgentPod {
  readonly key: PodKey;
  readonly labels?: Readonly<Record<string, string>>;
  /** What it answers; its name when absent. */
  readonly says?: string;
  /** What it listens on, as `tcp:8080` or `udp:53`; `tcp:8080` when absent. */
  readonly listen?: readonly string[];
  /** The names of some of its ports. */
  readonly portNames?: Readonly<Record<string, { readonly port: number; readonly protocol?: 'TCP' | 'UDP' }>>;
  /** The name of the machine that it must run on. */
  readonly machine?: string;
  readonly hostNetwork?: boolean;
}

/** A running pod. */
export interface RunningPod {
  /** One per family, IPv4 first. */
  readonly addresses: readonly string[];
  readonly machine: string;
}

/** The manifest of a pod. It meets the strictest Pod Security Standard, unless it is on the machine's network. */
export function agentPodManifest({
  key,
  labels,
  says,
  listen = ['tcp:8080'],
  portNames = {},
  machine,
  hostNetwork,
}: AgentPod) {
  const [namespace = '', name = ''] = key.split('/');
  const ports = Object.entries(portNames).map(([portName, { port, protocol = 'TCP' }]) => ({
    name: portName,
    containerPort: port,
    protocol,
  }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace, name, labels },
    spec: {
      ...(machine === undefined ? {} : { nodeSelector: { 'kubernetes.io/hostname': machine } }),
      ...(hostNetwork === undefined ? {} : { hostNetwork }),
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 0,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'agent',
          image: agentImage,
          imagePullPolicy: 'Never',
          args: ['-name', says ?? name, ...listen],
          ports,
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        },
      ],
    },
  };
}

/** Creates pods in namespaces that exist, and waits until all run. @returns each by its key */
export async function startPods(
  node: RingNode,
  pods: readonly AgentPod[],
): Promise<ReadonlyMap<PodKey, RunningPod>> {
  await Promise.all(pods.map((pod) => createPod(node, pod)));
  return new Map(await Promise.all(pods.map(async ({ key }) => [key, await runningPod(node, key)] as const)));
}

/** A pod is refused as long as its namespace has no service account. */
async function createPod(node: RingNode, pod: AgentPod): Promise<void> {
  const manifest = agentPodManifest(pod);
  const path = `/api/v1/namespaces/${manifest.metadata.namespace}/pods`;
  let refusal = '';
  const create = async () => {
    try {
      await node.api.json('POST', path, manifest);
      return true;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 403) throw error;
      refusal = error.message;
      return false;
    }
  };
  await poll(create, { expired: () => new Error(refusal) });
}

interface StoredPod {
  readonly spec: { readonly nodeName?: string };
  readonly status: {
    readonly podIPs?: readonly { readonly ip: string }[];
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

/** Waits until a pod is Ready. */
export async function runningPod(node: RingNode, key: PodKey): Promise<RunningPod> {
  const [namespace, name] = key.split('/');
  const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
  const look = async () => {
    const { spec, status } = await node.api.json<StoredPod>('GET', path);
    const isReady = status.conditions?.some((each) => each.type === 'Ready' && each.status === 'True');
    if (isReady !== true || spec.nodeName === undefined) return undefined;
    return { machine: spec.nodeName, addresses: (status.podIPs ?? []).map(({ ip }) => ip) };
  };
  return await poll(look, {
    expired: async () => new Error(`\`${key}\` is not Ready: ${await node.api.text('GET', path)}`),
  });
}
