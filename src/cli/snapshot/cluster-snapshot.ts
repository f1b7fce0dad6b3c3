// Everything that a verb knows of a cluster: its objects, in the forms that the compiler and the analysis read.
// Must not know whether they come from files or from an API server, nor the question.
import type { AnalysisInput, PodFacts } from '../../analyze/facts.ts';
import type { Problem } from '../../api/decode.ts';
import { clusterServicesOf } from '../../compile/platform/cluster-services.ts';
import type { KubernetesObject } from '../../kube/resource.ts';
import { compareText, type ObjectKey } from '../../model/object-key.ts';
import { type ObjectProblem, readAnalysisInput } from '../../objects/analysis-input.ts';
import { asStored } from '../../objects/as-stored.ts';
import { ClusterFacts } from '../../objects/cluster-facts.ts';
import type { ObjectReader } from '../../objects/object-reader.ts';
import { cniIn } from './cni-in-status.ts';

/** What is known of a cluster. */
export interface ClusterSnapshot {
  /** The form that the compiler reads. */
  readonly cluster: ClusterFacts;
  /** The form that the analysis reads, with the existing policies. */
  readonly facts: AnalysisInput;
  readonly objects: readonly KubernetesObject[];
  /** Problems of objects, by index in `objects`. Such an object is ignored; the policies of a profile stay as they are. */
  readonly problems: readonly ObjectProblem[];
  /** Namespaces of objects that are missing themselves, sorted: assumed to exist without labels of their own. */
  readonly assumedNamespaces: readonly string[];
}

/**
 * Makes a snapshot of objects, without duplicates.
 *
 * @param operatorNamespace the operator's own namespace
 * @param read shared by snapshots with the same objects
 */
export function snapshotOf(
  objects: readonly KubernetesObject[],
  operatorNamespace: string,
  read?: ObjectReader,
): ClusterSnapshot {
  const { input, problems } = readAnalysisInput(objects, read);
  const wrong = new Set(problems.map(({ index }) => index));
  const cluster = new ClusterFacts(operatorNamespace, undefined, podsByNamespace(input));
  const unread = objects.flatMap((object, index) =>
    wrong.has(index) ? [] : add(cluster, object).map((problem) => ({ ...problem, index })),
  );
  const assumedNamespaces = missingNamespaces(objects, cluster);
  for (const name of assumedNamespaces) {
    cluster.add(asStored({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
  }
  return {
    cluster,
    facts: { ...input, ranges: rangesIn(cluster), cni: cniIn(cluster) },
    objects,
    problems: [...problems, ...unread, ...undecodedProfiles(objects, cluster)],
    assumedNamespaces,
  };
}

function podsByNamespace({ workloads }: AnalysisInput): ReadonlyMap<string, readonly PodFacts[]> {
  const byNamespace = Map.groupBy(workloads, ({ namespace }) => namespace);
  return new Map([...byNamespace].map(([name, here]) => [name, here.flatMap(({ pods }) => pods)]));
}

/** Puts an object into its store, and returns its problems. */
function add(cluster: ClusterFacts, object: KubernetesObject): readonly Problem[] {
  try {
    cluster.add(object);
    return [];
  } catch {
    // A reducer relies on the API server's validation.
    return [{ code: 'Invalid', path: '', message: `is no ${object.kind} that an API server would accept` }];
  }
}

function undecodedProfiles(
  objects: readonly KubernetesObject[],
  { stores: { profiles, platforms, pauses } }: ClusterFacts,
): readonly ObjectProblem[] {
  return objects.flatMap((object, index) => {
    const key = objectKey(object);
    const found =
      (object.kind === 'AppNetworkProfile' && profiles.get(key)) ||
      (object.kind === 'PlatformNetworkProfile' && platforms.get(key)) ||
      (object.kind === 'NetworkPause' && pauses.get(key));
    return found && !found.decoded.ok ? found.decoded.error.map((problem) => ({ ...problem, index })) : [];
  });
}

/** The address ranges that are known and can't be more. */
function rangesIn(cluster: ClusterFacts): NonNullable<AnalysisInput['ranges']> {
  const view = cluster.view();
  const decoded = view.platform?.decoded;
  if (!decoded?.ok) return {};
  const { ranges, uncertain } = clusterServicesOf(view, decoded.value.spec);
  const { pods, services } = ranges;
  return {
    ...(pods === undefined || uncertain.has('pods') ? {} : { pods }),
    ...(services === undefined ? {} : { services }),
  };
}

/** The label by which `app` selects pods. */
export function appLabelOf({ cluster }: ClusterSnapshot): string {
  const decoded = cluster.view().platform?.decoded;
  return decoded?.ok ? decoded.value.spec.appLabel : 'app.kubernetes.io/name';
}

/** What identifies an object among those of its kind. */
export function objectKey({ metadata: { namespace = '', name } }: KubernetesObject): ObjectKey {
  return { namespace, name };
}

function missingNamespaces(objects: readonly KubernetesObject[], cluster: ClusterFacts): readonly string[] {
  const named = new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? []));
  const known = cluster.stores.namespaces.inNamespace('');
  return [...named].filter((name) => !known.has(name)).sort(compareText);
}
