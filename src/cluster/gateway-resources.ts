// Objects of the Gateway API: each reduced on arrival to the facts that a rule depends on.
// Written for objects that the API server validated; must not know what follows from a fact.

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
import { distinct, specOf } from './reduce.ts';
import { identify, type Resource } from './reflector.ts';
import type { Identified } from './store.ts';

type Stored<T> = T & Identified;

const gatewayGroup = 'gateway.networking.k8s.io';
/** What is tried before it joins the API, such as XListenerSet. */
const experimentalGroup = 'gateway.networking.x-k8s.io';
const gatewayApi = `/apis/${gatewayGroup}/v1`;

interface RawReference {
  readonly group?: string;
  readonly kind?: string;
  readonly namespace?: string;
  readonly name: string;
  readonly sectionName?: string;
  readonly port?: number;
}

/** A filter sends a copy of every request to another Service. */
interface RawFilters {
  readonly filters?: readonly { readonly requestMirror?: { readonly backendRef: RawReference } }[];
}

interface RawGatewayRoute {
  readonly parentRefs?: readonly RawReference[];
  readonly rules?: readonly (RawFilters & {
    readonly backendRefs?: readonly (RawReference & RawFilters)[];
  })[];
}

function gatewayRoutes(kind: GatewayRouteFacts['kind'], plural: string): Resource<Stored<GatewayRouteFacts>> {
  return {
    kind,
    name: `${plural}.gateway.networking.k8s.io`,
    path: `${gatewayApi}/${plural}`,
    optional: true,
    reduce: (object) => {
      const identity = identify(object);
      const { parentRefs = [], rules = [] } = specOf<RawGatewayRoute>(object);
      const references = rules.flatMap((rule) => {
        const { backendRefs = [] } = rule;
        return [...backendRefs, ...[rule, ...backendRefs].flatMap(mirrorsOf)];
      });
      const isService = (reference: RawReference) =>
        (reference.kind ?? 'Service') === 'Service' && !reference.group;
      return {
        ...identity,
        kind,
        parents: parentRefs.flatMap((reference) => parentOf(identity, reference)),
        otherParents: distinct(
          parentRefs
            .filter(({ group }) => group === experimentalGroup)
            .map(({ kind: parent = 'Gateway', name }) => `${parent}/${name}`),
        ),
        backends: distinct(
          references.filter(isService).map(({ namespace = identity.namespace, name, port }) => ({
            namespace,
            name,
            ...(port === undefined ? {} : { port }),
          })),
        ),
        otherBackends: distinct(
          references
            .filter((reference) => !isService(reference))
            .map(({ kind: other = 'Service', name }) => `${other}/${name}`),
        ),
      };
    },
  };
}

/** What a reference leads to; a route of a mesh has a Service as its parent. */
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

function mirrorsOf({ filters = [] }: RawFilters): readonly RawReference[] {
  return filters.flatMap(({ requestMirror }) => requestMirror?.backendRef ?? []);
}

export const httpRoutes = gatewayRoutes('HTTPRoute', 'httproutes');
export const grpcRoutes = gatewayRoutes('GRPCRoute', 'grpcroutes');

interface RawNamespaces {
  readonly namespaces?: { readonly from?: string; readonly selector?: LabelSelector };
}

interface RawListener {
  readonly name: string;
  readonly port?: number;
  readonly allowedRoutes?: RawNamespaces & {
    readonly kinds?: readonly { readonly group?: string; readonly kind: string }[];
  };
}

interface RawGateway {
  readonly gatewayClassName: string;
  readonly listeners?: readonly RawListener[];
  readonly allowedListeners?: RawNamespaces;
}

export const gateways: Resource<Stored<GatewayFacts>> = {
  kind: 'Gateway',
  name: 'gateways.gateway.networking.k8s.io',
  path: `${gatewayApi}/gateways`,
  optional: true,
  reduce: (object) => {
    const { gatewayClassName, listeners = [], allowedListeners } = specOf<RawGateway>(object);
    return {
      ...identify(object),
      className: gatewayClassName,
      listeners: listeners.map(listenerOf),
      listenerSetsFrom: attachedFrom(allowedListeners, 'None'),
    };
  },
};

export const listenerSets: Resource<Stored<ListenerSetFacts>> = {
  kind: 'ListenerSet',
  name: 'listenersets.gateway.networking.k8s.io',
  path: `${gatewayApi}/listenersets`,
  optional: true,
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

function listenerOf({ name, port, allowedRoutes }: RawListener): ListenerFacts {
  const kinds = (allowedRoutes?.kinds ?? [])
    .filter(({ group = gatewayGroup }) => group === gatewayGroup)
    .map(({ kind }) => kind);
  return {
    name,
    ...(port === undefined ? {} : { port }),
    routesFrom: attachedFrom(allowedRoutes, 'Same'),
    ...((allowedRoutes?.kinds ?? []).length === 0 ? {} : { kinds }),
  };
}

/** What a later version of the API may say instead is nobody. */
function attachedFrom(allowed: RawNamespaces | undefined, byDefault: 'Same' | 'None'): AttachedFrom {
  const { from = byDefault, selector } = allowed?.namespaces ?? {};
  if (from === 'Selector') return selector === undefined ? 'None' : { selector };
  return from === 'All' || from === 'Same' ? from : 'None';
}

interface RawGrant {
  readonly from?: readonly { readonly group: string; readonly kind: string; readonly namespace: string }[];
  readonly to?: readonly { readonly group?: string; readonly kind: string; readonly name?: string }[];
}

export const referenceGrants: Resource<Stored<ReferenceGrantFacts>> = {
  kind: 'ReferenceGrant',
  name: 'referencegrants.gateway.networking.k8s.io',
  path: '/apis/gateway.networking.k8s.io/v1beta1/referencegrants',
  optional: true,
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
