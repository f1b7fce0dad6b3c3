// Pods and their makers, merged into workloads: a pod belongs to the Deployment behind its ReplicaSet, a Job to its CronJob.
// Must not know policies.

import type { ContainerPort, PodFacts, WorkloadFacts } from '../analyze/facts.ts';
import { compareKeys, compareText, type ObjectKey } from '../model/object-key.ts';
import type { Labels } from '../model/selectors.ts';
import type { Envelope, PodSpec, Template } from './workload-schema.ts';

/** An object that makes pods. */
export interface Maker extends WorkloadKey {
  readonly owner?: WorkloadKey;
  /** The pods of its template; none if it is scaled to zero because another one has replaced it. */
  readonly pods: readonly PodFacts[];
}

/** An existing pod. */
export interface Sighting {
  readonly key: WorkloadKey;
  readonly owner?: WorkloadKey;
  readonly pod: PodFacts;
}

/** Names a workload. */
export interface WorkloadKey extends ObjectKey {
  readonly kind: string;
}

/** The pod of a template. */
export function podOf({ metadata, spec }: Template, labels: Labels = {}): PodFacts {
  return {
    labels: { ...metadata?.labels, ...labels },
    ports: portsOf(spec),
    addresses: [],
    hostNetwork: spec.hostNetwork,
  };
}

/** The ports of all containers that keep running: init containers that restart are sidecars (KEP-753). */
export function portsOf({ containers, initContainers }: PodSpec): readonly ContainerPort[] {
  const staying = [
    ...containers,
    ...initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always'),
  ];
  return staying.flatMap(({ ports }) =>
    ports.map(({ name, containerPort, protocol }) => ({
      ...(name === undefined ? {} : { name }),
      protocol,
      number: containerPort,
    })),
  );
}

/** This many pods of a StatefulSet are distinguished; for more, nobody writes policies one by one. */
const maxOrdinals = 100;

/**
 * The pods of a StatefulSet, whose names are known before they run, with the labels that they get
 * (https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#pod-name-label).
 */
export function ordinalPods(
  name: string,
  template: Template,
  replicas: number,
  start: number,
): readonly PodFacts[] {
  if (replicas === 0 || replicas > maxOrdinals) return [podOf(template)];
  return Array.from({ length: replicas }, (_, index) => {
    const ordinal = String(start + index);
    const labels = {
      'statefulset.kubernetes.io/pod-name': `${name}-${ordinal}`,
      'apps.kubernetes.io/pod-index': ordinal,
    };
    return { ...podOf(template, labels), name: `${name}-${ordinal}` };
  });
}

/** The controller of an object; that of a mirror pod is its node, which makes no others. */
export function ownerOf({ metadata }: Envelope, namespace: string): WorkloadKey | undefined {
  const { ownerReferences = [], labels = {} } = metadata;
  const controller = ownerReferences.find((owner) => owner.controller === true && owner.kind !== 'Node');
  if (controller === undefined) return undefined;
  const { kind, name } = controller;
  // Only the Deployment's controller sets this label, and names its ReplicaSets by it.
  const suffix = `-${labels['pod-template-hash']}`;
  if (kind === 'ReplicaSet' && name.endsWith(suffix)) {
    return { kind: 'Deployment', namespace, name: name.slice(0, -suffix.length) };
  }
  return { kind, namespace, name };
}

/** A workload, with everything that is known of its pods. */
interface Draft {
  readonly key: WorkloadKey;
  readonly running: PodFacts[];
  readonly makers: Maker[];
}

/** Merges pods and their makers into workloads, sorted. Running pods count more than templates. */
export function foldWorkloads(
  makers: readonly Maker[],
  sightings: readonly Sighting[],
): readonly WorkloadFacts[] {
  const byKey = new Map(makers.map((maker) => [formatWorkload(maker), maker]));
  const drafts = new Map<string, Draft>();
  const draftFor = (part: Made): Draft => {
    const key = topOf(part, byKey);
    const text = formatWorkload(key);
    const draft = drafts.get(text) ?? { key, running: [], makers: [] };
    drafts.set(text, draft);
    return draft;
  };
  for (const maker of makers) draftFor(maker).makers.push(maker);
  for (const { key, owner, pod } of sightings)
    draftFor({ ...key, ...(owner && { owner }) }).running.push(pod);
  return [...drafts.values()]
    .map((draft) => ({ ...draft.key, pods: podsOf(draft) }))
    .filter(({ pods }) => pods.length > 0)
    .sort((a, b) => compareKeys(a, b) || compareText(a.kind, b.kind));
}

type Made = WorkloadKey & { readonly owner?: WorkloadKey };

/** Its outermost maker. An owner that is not known by itself is one, too. */
function topOf(part: Made, makers: ReadonlyMap<string, Maker>): WorkloadKey {
  const seen = new Set<string>();
  let current = part;
  while (current.owner !== undefined && !seen.has(formatWorkload(current))) {
    seen.add(formatWorkload(current));
    current = makers.get(formatWorkload(current.owner)) ?? current.owner;
  }
  const { kind, namespace, name } = current;
  return { kind, namespace, name };
}

/** A pod without an address yet counts like those with one; and an old ReplicaSet only counts if nothing else does. */
function podsOf({ key, running, makers }: Draft): readonly PodFacts[] {
  const placed = running.filter(({ addresses }) => addresses.length > 0);
  if (placed.length > 0) return placed;
  if (running.length > 0) return running;
  const own = makers.find((maker) => formatWorkload(maker) === formatWorkload(key));
  const others = makers.filter(({ pods }) => pods.length > 0).sort(compareKeys);
  return (own ?? others[0])?.pods ?? [];
}

function formatWorkload({ kind, namespace, name }: WorkloadKey): string {
  return `${kind} ${namespace}/${name}`;
}
