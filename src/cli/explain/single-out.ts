// From ends to their pods and back, and the labels by which a selector selects the pods of an end, and as few others as their labels
// allow. Must not know what the selector is for.
import type { Analysis } from '../../analyze/analysis.ts';
import { isSameWorkload, type WorkloadEnd } from '../../analyze/endpoints.ts';
import type { AnalysisInput, PodFacts } from '../../analyze/facts.ts';
import { type Labels, selects } from '../../model/selectors.ts';
import { isTransientLabel } from '../../model/transient-labels.ts';

/** The name of a pod that keeps its name: the last resort to tell it from its siblings. */
const podName = 'statefulset.kubernetes.io/pod-name';

/** The pods of an end. */
export function podsOf(end: WorkloadEnd, { workloads }: AnalysisInput): readonly PodFacts[] {
  const all = workloads.find((workload) => isSameWorkload({ workload }, end))?.pods ?? [];
  return all.filter(({ name = '' }) => end.pods?.includes(name) ?? true);
}

/** Whether no selector selects the pods of an end: those in the host network have the addresses of their nodes. */
export function isOnNodes(end: WorkloadEnd, facts: AnalysisInput): boolean {
  const pods = podsOf(end, facts);
  return pods.length > 0 && pods.every(({ hostNetwork }) => hostNetwork);
}

/** The ends with such pods; one of whose pods only some are such is only these. */
export function endsWhere(
  { workloads, input }: Analysis,
  isMeant: (pod: PodFacts, namespace: string) => boolean,
): readonly WorkloadEnd[] {
  return workloads.flatMap((end): readonly WorkloadEnd[] => {
    const pods = podsOf(end, input);
    const meant = pods.filter((pod) => isMeant(pod, end.workload.namespace));
    if (meant.length === pods.length) return meant.length === 0 ? [] : [end];
    const names = meant.flatMap(({ name }) => name ?? []);
    return names.length === 0 ? [] : [{ workload: end.workload, pods: names }];
  });
}

/**
 * The labels that all pods of an end have, and as few others in its namespace as possible: the app label alone if that is enough, or
 * with one more, or all of them.
 */
export function labelsThatSingleOut(end: WorkloadEnd, facts: AnalysisInput, appLabel: string): Labels {
  const own = podsOf(end, facts);
  const { namespace } = end.workload;
  const here = facts.workloads.filter((workload) => workload.namespace === namespace);
  const others = here.flatMap(({ pods }) => pods.filter((pod) => !own.includes(pod)));
  const common = commonLabels(own);
  const steady = Object.entries(common).filter(([key]) => !isTransientLabel(key));
  const app = steady.filter(([key]) => key === appLabel);
  const choices = [
    ...(app.length === 0 ? [] : [app, ...steady.map((label) => [...app, label])]),
    steady,
    Object.entries(common).filter(([key]) => key === podName || !isTransientLabel(key)),
  ].map((labels): Labels => Object.fromEntries(labels));
  const counted = choices.map((labels) => ({
    labels,
    others: others.filter((pod) => selects({ matchLabels: labels }, pod.labels)).length,
  }));
  const fewest = Math.min(...counted.map((choice) => choice.others));
  return counted.find((choice) => choice.others === fewest)?.labels ?? {};
}

function commonLabels([first, ...rest]: readonly PodFacts[]): Labels {
  const entries = Object.entries(first?.labels ?? {});
  return Object.fromEntries(
    entries.filter(([key, value]) => rest.every(({ labels }) => labels[key] === value)),
  );
}
