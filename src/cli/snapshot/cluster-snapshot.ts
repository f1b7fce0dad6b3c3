// Everything that a verb knows of a cluster: its objects, as the compiler and as the analysis read them.
// Must not know whether they come from files or from an API server, nor what is asked about them.
import type { AnalysisInput } from '../../analyze/facts.ts';
import type { Problem } from '../../api/decode.ts';
import type { KubernetesObject } from '../../kube/resource.ts';
import { compareText, formatKey, type ObjectKey } from '../../model/object-key.ts';
import { readAnalysisInput } from '../../objects/analysis-input.ts';
import { asStored } from '../../objects/as-stored.ts';
import { Stores } from '../../objects/stores.ts';

/** What is known of a cluster. */
export interface ClusterSnapshot {
  /** As the compiler reads it. */
  readonly stores: Stores;
  /** As the analysis reads it, with the policies that exist. */
  readonly facts: AnalysisInput;
  readonly objects: readonly KubernetesObject[];
  /** What is wrong with objects, which then count for nothing; a profile keeps what it owns as it is. */
  readonly problems: readonly SnapshotProblem[];
  /** Namespaces that objects are in but that are missing themselves, sorted: assumed to exist without labels of their own. */
  readonly assumedNamespaces: readonly string[];
}

/** Something wrong with an object. */
export interface SnapshotProblem extends Problem {
  /** Index into `ClusterSnapshot.objects`. */
  readonly index: number;
}

/**
 * Makes a snapshot of objects, none of which is in the list twice.
 *
 * @param operatorNamespace the namespace that the operator runs in
 */
export function snapshotOf(objects: readonly KubernetesObject[], operatorNamespace: string): ClusterSnapshot {
  const { input, problems } = readAnalysisInput(objects);
  const wrong = new Set(problems.map(({ index }) => index));
  const stores = new Stores(operatorNamespace);
  const unread = objects.flatMap((object, index) =>
    wrong.has(index) ? [] : take(stores, object).map((problem) => ({ ...problem, index })),
  );
  const assumedNamespaces = missingNamespaces(objects, stores);
  for (const name of assumedNamespaces) {
    stores.take(asStored({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
  }
  return {
    stores,
    facts: input,
    objects,
    problems: [...problems, ...unread, ...undecodedProfiles(objects, stores)],
    assumedNamespaces,
  };
}

/** Puts an object into its store, and says what is wrong with it. */
function take(stores: Stores, object: KubernetesObject): readonly Problem[] {
  try {
    stores.take(object);
    return [];
  } catch {
    // A reducer trusts an API server to have checked what it reads.
    return [{ code: 'Invalid', path: '', message: `is no ${object.kind} that an API server would accept` }];
  }
}

function undecodedProfiles(objects: readonly KubernetesObject[], stores: Stores): readonly SnapshotProblem[] {
  const profiles = [
    ...stores.profiles.all().map((facts) => ({ kind: 'AppNetworkProfile', facts })),
    ...stores.platforms.all().map((facts) => ({ kind: 'PlatformNetworkProfile', facts })),
  ];
  return profiles.flatMap(({ kind, facts }) => {
    const { decoded } = facts;
    if (decoded.ok) return [];
    const index = objects.findIndex(
      (object) => object.kind === kind && formatKey(objectKey(object)) === formatKey(facts),
    );
    return decoded.error.map((problem) => ({ ...problem, index }));
  });
}

/** What identifies an object among those of its kind. */
export function objectKey({ metadata: { namespace = '', name } }: KubernetesObject): ObjectKey {
  return { namespace, name };
}

function missingNamespaces(objects: readonly KubernetesObject[], stores: Stores): readonly string[] {
  const named = new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? []));
  const known = stores.namespaces.inNamespace('');
  return [...named].filter((name) => !known.has(name)).sort(compareText);
}
