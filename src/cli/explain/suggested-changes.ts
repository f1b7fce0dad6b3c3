// What a person writes, object by object: a new object, routes that an existing profile gets, or other fields of one of its routes.
// Must not know why.
import { parse } from 'yaml';
import {
  type SuggestedRoute,
  suggestFields,
  suggestProfile,
  suggestRoute,
} from '../../api/suggested-profile.ts';
import { isSameObject, type KubernetesObject } from '../../kube/resource.ts';
import type { ObjectKey } from '../../model/object-key.ts';
import { asStored, type WrittenObject } from '../../objects/as-stored.ts';
import { toYaml } from '../output/formats.ts';
import { type ClusterSnapshot, snapshotOf } from '../snapshot/cluster-snapshot.ts';

/** What to write in one object. */
export interface SuggestedChange {
  /**
   * `ObjectCreated`: `yaml` is a new object; `RoutesAdded`: entries of `spec.routes` of a profile that exists; `RouteChanged`: fields of a
   * route that exists.
   */
  readonly what: 'ObjectCreated' | 'RoutesAdded' | 'RouteChanged';
  readonly yaml: string;
  /** The field that changes; absent for a new object. */
  readonly path?: string;
  /** The whole object after the change. */
  readonly object: KubernetesObject;
  /** The names of the routes that it adds or changes. */
  readonly routes: readonly string[];
}

/** A new profile with these routes. */
export function newProfile(
  { namespace, name }: ObjectKey,
  routes: readonly SuggestedRoute[],
): SuggestedChange {
  const names = routes.map((route) => route.name);
  return { ...newObject(suggestProfile(namespace, name, ...routes)), routes: names };
}

/** A new object. */
export function newObject(yaml: string): SuggestedChange {
  return { what: 'ObjectCreated', yaml, object: asStored(parse(yaml) as WrittenObject), routes: [] };
}

/** A profile as it was read. */
export function profileObject(
  { namespace, name }: ObjectKey,
  { objects }: ClusterSnapshot,
): KubernetesObject | undefined {
  return objects.find(
    ({ kind, metadata }) =>
      kind === 'AppNetworkProfile' && metadata.namespace === namespace && metadata.name === name,
  );
}

/** A profile with more routes. */
export function profileWith(profile: KubernetesObject, routes: readonly SuggestedRoute[]): SuggestedChange {
  const yaml = routes.map(suggestRoute).join('\n');
  const { routes: before = [], ...spec } = profile.spec as { readonly routes?: readonly object[] };
  const after = [...before, ...(parse(yaml) as readonly object[])];
  return {
    what: 'RoutesAdded',
    yaml,
    path: 'spec.routes',
    object: { ...profile, spec: { ...spec, routes: after } },
    routes: routes.map(({ name }) => name),
  };
}

/** Fields of a route. */
export type RouteFields = Partial<Pick<SuggestedRoute, 'from' | 'to' | 'ports'>>;

/** A profile with other fields in one of its routes. */
export function profileWithChanged(
  profile: KubernetesObject,
  route: string,
  fields: RouteFields,
): SuggestedChange {
  const { routes = [], ...spec } = profile.spec as { readonly routes?: readonly SuggestedRoute[] };
  const after = routes.map((each) => (each.name === route ? { ...each, ...fields } : each));
  const [field = ''] = Object.keys(fields);
  return {
    what: 'RouteChanged',
    yaml: suggestFields(fields),
    path: `spec.routes[${route}].${field}`,
    object: { ...profile, spec: { ...spec, routes: after } },
    routes: [route],
  };
}

/** The snapshot after some changes. */
export function withChanges(
  { objects }: ClusterSnapshot,
  changes: readonly SuggestedChange[],
  operatorNamespace: string,
): ClusterSnapshot {
  const isReplaced = (object: KubernetesObject) =>
    changes.some((change) => isSameObject(change.object, object));
  const kept = objects.filter((object) => !isReplaced(object));
  return snapshotOf([...kept, ...changes.map(({ object }) => object)], operatorNamespace);
}

/** The changed objects, complete, for `kubectl apply`: a part of a list would replace the whole list. */
export function manifestsOf(changes: readonly SuggestedChange[]): string {
  return changes
    .map(({ what, yaml, object }) => (what === 'ObjectCreated' ? yaml : toYaml(asWritten(object)).trimEnd()))
    .join('\n---\n');
}

/** What `kubectl apply` writes into an object itself. */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** An object without what the API server, controllers and kubectl have added. */
function asWritten({ apiVersion, kind, metadata, spec }: KubernetesObject): object {
  const { name, namespace, labels, annotations = {} } = metadata;
  const { [lastApplied]: _, ...written } = annotations;
  return {
    apiVersion,
    kind,
    metadata: {
      ...{ name, namespace },
      ...(labels === undefined ? {} : { labels }),
      ...(Object.keys(written).length === 0 ? {} : { annotations: written }),
    },
    spec,
  };
}
