// Objects of the Gateway API: each reduced on arrival to the facts that a rule depends on.
// Written for objects that the API server validated; must not know what follows from a fact.

import { identify } from '../kube/resource.ts';
import type { Identified } from '../kube/store.ts';
import { type GatewayRouteKind, gatewayRouteKindNames, traitsOf } from '../model/gateway-routes.ts';
import type { LabelSelector } from '../model/selectors.ts';
import type {
  AttachedFrom,
  GatewayFacts,
  GatewayRouteFacts,
  ListenerFacts,
  ListenerSetFacts,
  ParentFacts,
  ReferenceGrantFacts,
} from '../model/services.ts';
import { distinct, distinctByContent, type Kind, type StoredFacts, specOf } from './kind.ts';

const gatewayGroup = 'gateway.networking.k8s.io';
/** The group for experiments that may join the API later, such as XListenerSet. */
const experimentalGroup = 'gateway.networking.x-k8s.io';

/** A kind that a cluster may or may not have, in one of several versions of its API, the newest first. */
function served(plural: string, [newest = 'v1', ...older]: readonly string[]) {
  const pathOf = (version: string) => `/apis/${gatewayGroup}/${version}/${plural}`;
  return {
    name: `${plural}.${gatewayGroup}`,
    path: pathOf(newest),
    olderPaths: older.map(pathOf),
    optional: true,
    custom: true,
  } as const;
}

interface RawReference {
  readonly group?: string;
  readonly kind?: string;
  readonly namespace?: string;
  readonly name: string;
  readonly sectionName?: string;
  readonly port?: number;
}

interface Placed {
  /** Its field, as in `spec.rules[0]`. */
  readonly at: string;
}

/** A filter that sends a copy of every request to another Service. */
interface RawFilters {
  readonly filters?: readonly { readonly requestMirror?: { readonly backendRef: RawReference } }[];
}

interface RawGatewayRoute {
  readonly hostnames?: readonly string[];
  readonly parentRefs?: readonly RawReference[];
  readonly rules?: readonly (RawFilters & {
    readonly backendRefs?: readonly (RawReference & RawFilters)[];
  })[];
}

function gatewayRoutesOf(kind: GatewayRouteKind): Kind<StoredFacts<GatewayRouteFacts>> {
  const { plural, versions, backends } = traitsOf(kind);
  const portOf = (port: number) => (backends === 'TCP' ? port : `${port}/${backends}`);
  return {
    kind,
    ...served(plural, versions),
    reduce: (object) => {
      const identity = identify(object);
      const { hostnames = [], parentRefs = [], rules = [] } = specOf<RawGatewayRoute>(object);
      const references = rules.flatMap((rule, index) => {
        const at = `spec.rules[${index}]`;
        const backends = (rule.backendRefs ?? []).map((each, backend) => ({
          ...each,
          at: `${at}.backendRefs[${backend}]`,
        }));
        return [...backends, ...[{ ...rule, at }, ...backends].flatMap(mirrorsOf)];
      });
      const isService = (reference: RawReference) =>
        (reference.kind ?? 'Service') === 'Service' && !reference.group;
      return {
        ...identity,
        kind,
        hostnames,
        parents: parentRefs.flatMap((reference) => parentOf(identity, reference)),
        otherParents: distinct(
          parentRefs
            .filter(({ group }) => group === experimentalGroup)
            .map(({ kind: parent = 'Gateway', name }) => `${parent}/${name}`),
        ),
        backends: distinctByContent(
          references.filter(isService).map(({ namespace = identity.namespace, name, port, at }) => ({
            namespace,
            name,
            ...(port === undefined ? {} : { port: portOf(port) }),
            at,
          })),
        ),
        otherBackends: distinctByContent(
          references
            .filter((reference) => !isService(reference))
            .map(({ kind: other = 'Service', name, at }) => ({ named: `${other}/${name}`, at })),
        ),
      };
    },
  };
}

/** The target of a reference; a route of a mesh has a Service as its parent. */
function parentOf(
  own: Identified,
  {
    group = gatewayGroup,
    kind = 'Gateway',
    namespace = own.namespace,
    name,
    sectionName,
    port,
  }: RawReference,
): readonly ParentFacts[] {
  if (group !== gatewayGroup || (kind !== 'Gateway' && kind !== 'ListenerSet')) return [];
  const listener = {
    ...(sectionName === undefined ? {} : { listener: sectionName }),
    ...(port === undefined ? {} : { port }),
  };
  return [{ kind, namespace, name, ...listener }];
}

function mirrorsOf({ filters = [], at }: RawFilters & Placed): readonly (RawReference & Placed)[] {
  return filters.flatMap(({ requestMirror }, filter) =>
    requestMirror === undefined
      ? []
      : [{ ...requestMirror.backendRef, at: `${at}.filters[${filter}].requestMirror.backendRef` }],
  );
}

/** The routes of every kind. */
export const gatewayRoutes = Object.fromEntries(
  gatewayRouteKindNames.map((kind) => [kind, gatewayRoutesOf(kind)]),
) as Readonly<Record<GatewayRouteKind, Kind<StoredFacts<GatewayRouteFacts>>>>;

interface RawNamespaces {
  readonly namespaces?: { readonly from?: string; readonly selector?: LabelSelector };
}

interface RawListener {
  readonly name: string;
  readonly port?: number;
  readonly protocol?: string;
  readonly hostname?: string;
  readonly tls?: { readonly mode?: string };
  readonly allowedRoutes?: RawNamespaces & {
    readonly kinds?: readonly { readonly group?: string; readonly kind: string }[];
  };
}

interface RawGateway {
  readonly gatewayClassName: string;
  readonly listeners?: readonly RawListener[];
  readonly allowedListeners?: RawNamespaces;
}

export const gateways: Kind<StoredFacts<GatewayFacts>> = {
  kind: 'Gateway',
  ...served('gateways', ['v1', 'v1beta1']),
  reduce: (object) => {
    const { gatewayClassName, listeners = [], allowedListeners } = specOf<RawGateway>(object);
    const { creationTimestamp: created } = object.metadata;
    return {
      ...identify(object),
      ...(created === undefined ? {} : { created }),
      className: gatewayClassName,
      listeners: listeners.map(listenerOf),
      listenerSetsFrom: attachedFrom(allowedListeners, 'None'),
    };
  },
};

export const listenerSets: Kind<StoredFacts<ListenerSetFacts>> = {
  kind: 'ListenerSet',
  ...served('listenersets', ['v1']),
  reduce: (object) => {
    const identity = identify(object);
    const { parentRef, listeners = [] } = specOf<{
      readonly parentRef: RawReference;
      readonly listeners?: readonly RawListener[];
    }>(object);
    const [gateway] = parentOf(identity, parentRef).filter(({ kind }) => kind === 'Gateway');
    return {
      ...identity,
      ...(gateway && { gateway: { namespace: gateway.namespace, name: gateway.name } }),
      listeners: listeners.map(listenerOf),
    };
  },
};

/** Without a protocol, which the API requires, it accepts nothing. */
function listenerOf({ name, port, protocol = '', hostname, tls, allowedRoutes }: RawListener): ListenerFacts {
  const kinds = (allowedRoutes?.kinds ?? [])
    .filter(({ group = gatewayGroup }) => group === gatewayGroup)
    .map(({ kind }) => kind);
  return {
    name,
    ...(port === undefined ? {} : { port }),
    protocol,
    passthrough: tls?.mode === 'Passthrough',
    // An empty name means every host, like an absent one.
    ...(hostname === undefined || hostname === '' ? {} : { hostname }),
    routesFrom: attachedFrom(allowedRoutes, 'Same'),
    ...((allowedRoutes?.kinds ?? []).length === 0 ? {} : { kinds }),
  };
}

/** An unknown value from a later version of the API means nobody. */
function attachedFrom(allowed: RawNamespaces | undefined, byDefault: 'Same' | 'None'): AttachedFrom {
  const { from = byDefault, selector } = allowed?.namespaces ?? {};
  if (from === 'Selector') return selector === undefined ? 'None' : { selector };
  return from === 'All' || from === 'Same' ? from : 'None';
}

interface RawGrant {
  readonly from?: readonly { readonly group: string; readonly kind: string; readonly namespace: string }[];
  readonly to?: readonly { readonly group?: string; readonly kind: string; readonly name?: string }[];
}

export const referenceGrants: Kind<StoredFacts<ReferenceGrantFacts>> = {
  kind: 'ReferenceGrant',
  ...served('referencegrants', ['v1', 'v1beta1']),
  reduce: (object) => {
    const { from = [], to = [] } = specOf<RawGrant>(object);
    const granted = to
      .filter(({ group = '', kind }) => group === '' && kind === 'Service')
      .map(({ name }) => name);
    const named = granted.flatMap((name) => name ?? []);
    return {
      ...identify(object),
      from: from
        .filter(({ group }) => group === gatewayGroup)
        .map(({ kind, namespace }) => ({ kind, namespace })),
      ...(granted.includes(undefined) ? {} : { services: named }),
    };
  },
};
