// Pods and their makers, merged into workloads: a pod belongs to the Deployment behind its ReplicaSet, a Job to its CronJob.
// Must not know policies.
import type { PodFacts, WorkloadFacts } from '../analyze/facts.ts';
import { compareKeys, compareText } from '../model/object-key.ts';
import type { StoredMaker, StoredPod, WorkloadKey } from './workload-resources.ts';

/** A workload, with everything that is known of its pods. */
interface Draft {
  readonly key: WorkloadKey;
  readonly running: PodFacts[];
  readonly makers: StoredMaker[];
}

/** Merges pods and their makers into workloads, sorted. Running pods count more than templates. */
export function foldWorkloads(
  makers: readonly StoredMaker[],
  pods: readonly StoredPod[],
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
  // A finished pod has no network any more.
  for (const pod of pods) if (!pod.ended) draftFor(pod).running.push(pod.facts);
  return [...drafts.values()]
    .map((draft) => ({ ...draft.key, pods: podsOf(draft) }))
    .filter(({ pods }) => pods.length > 0)
    .sort((a, b) => compareKeys(a, b) || compareText(a.kind, b.kind));
}

type Made = WorkloadKey & Pick<StoredPod, 'owner'>;

/** Its outermost maker. An owner that is not known by itself is one, too. */
function topOf(part: Made, makers: ReadonlyMap<string, StoredMaker>): WorkloadKey {
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
