// What Ingresses and routes of the Gateway API expose in a namespace: exactly the pods and ports that they lead to, opened to
// the ingress controllers that serve them. Must not know the routes of profiles.

import type { PlatformNetworkProfileSpec } from '../../api/platform-network-profile.ts';
import type { Route } from '../../api/route.ts';
import {
  aboutNamespace,
  aboutObject,
  type Finding,
  type FindingCode,
  type FindingText,
} from '../../model/findings.ts';
import type { GatewayRouteKind } from '../../model/gateway-routes.ts';
import { type NonEmpty, type Peer, ruleOn } from '../../model/network-policy.ts';
import { compareText, formatKey, type ObjectKey } from '../../model/object-key.ts';
import { type Result, success, valuesIn } from '../../model/result.ts';
import type {
  Backend,
  GatewayFacts,
  GatewayRouteFacts,
  OtherBackend,
  ServiceRef,
} from '../../model/services.ts';
import type { EndProblem, RouteContext } from '../../routes/route-end.ts';
import { podsBehind } from '../../routes/service.ts';
import { type ClusterView, objectsIn } from '../../view/cluster-view.ts';
import { howToCount, uncountedGateways } from '../platform/gateway-namespaces.ts';
import { type Serving, servingClass, servingGateways } from '../platform/served-classes.ts';
import type { RequestedAllowRule } from './allow-rule.ts';
import { gatewaysAccepting } from './attachments.ts';
import { isGranted } from './reference-grants.ts';
import { type Guarded, objectionTo } from './route-objections.ts';

/** What is exposed, and which mistakes it has. */
export interface Exposures {
  readonly allowRules: readonly RequestedAllowRule[];
  readonly findings: readonly Finding[];
  /** The objects that no ingress controller of the platform profile serves. */
  readonly unserved: readonly Unserved[];
}

/** An object that leads to Services of the namespace, opened to nobody because its ingress controller is not known. */
export interface Unserved {
  readonly object: Exposing;
  readonly backends: readonly ServiceRef[];
  readonly why:
    | { readonly kind: 'NotDeclared'; readonly className: string | undefined }
    /** A declared ingress controller serves it, but its pods or addresses are not known. */
    | { readonly kind: 'PlaceUnknown' }
    /** Its Gateway is in a namespace whose Gateways don't count as ingress controllers. */
    | { readonly kind: 'GatewayNotCounted'; readonly gateway: ObjectKey; readonly howToCount: string }
    /** It is attached to something that Ringfence does not follow, as in `XListenerSet/web`. */
    | { readonly kind: 'NotFollowed'; readonly parent: string };
}

/** An Ingress, or a route of the Gateway API, perhaps of another namespace. */
interface Exposing extends ObjectKey {
  readonly kind: 'Ingress' | GatewayRouteKind;
}

/** As in `Ingress shop/web`. */
export function nameOfExposing(object: Exposing): string {
  return `${object.kind} ${formatKey(object)}`;
}

/** A finding about an object that leads to Services of `namespace`. It belongs there, and so names the namespace if the object is elsewhere. */
export function aboutExposing(
  namespace: string,
  object: Exposing,
  code: FindingCode,
  text: FindingText,
): Finding {
  if (object.namespace === namespace) return aboutObject(object.kind, object, code, text);
  const { path: _, ...rest } = text;
  return aboutNamespace(namespace, code, rest);
}

/** One object that leads to Services of the namespace. */
interface Exposer {
  readonly object: Exposing;
  readonly backends: readonly Backend[];
  /** Backends that are no Services. */
  readonly others: readonly OtherBackend[];
  /** The ingress controllers that reach the backends, as far as they are known. */
  readonly peers: NonEmpty<Peer> | undefined;
  /** Why there are none; absent for a route that no Gateway accepts, which leads nowhere. */
  readonly why?: Unserved['why'];
}

/** What a namespace exposes; nothing if `ingressRoutes` is None. */
export function exposuresOf(view: ClusterView, spec: PlatformNetworkProfileSpec, here: Guarded): Exposures {
  if (spec.ingressRoutes === 'None') return { allowRules: [], findings: [], unserved: [] };
  const { context } = here;
  const { namespace } = context;
  const all = exposersOf(view, spec, namespace);
  const served = all.flatMap(({ peers, ...exposer }) => (peers === undefined ? [] : [{ ...exposer, peers }]));
  const opened = served.flatMap(({ object, backends, peers }) =>
    backends.map((backend) => ({
      object,
      at: backend.at,
      allowRule: allowRuleOf(nameOfExposing(object), peers, backend, context),
    })),
  );
  return {
    allowRules: valuesIn(opened.map(({ allowRule }) => allowRule)),
    findings: distinctFindings([
      ...served.flatMap(({ object, others }) => others.map((other) => otherBackend(here, object, other))),
      ...opened.flatMap(({ object, at, allowRule }) =>
        allowRule.ok ? [] : [wrongBackend(namespace, object, at, allowRule.error)],
      ),
    ]),
    unserved: all.flatMap(({ object, peers, backends, why }) =>
      peers === undefined && why !== undefined ? [{ object, backends, why }] : [],
    ),
  };
}

function allowRuleOf(
  exposer: string,
  peers: NonEmpty<Peer>,
  { name: service, port }: ServiceRef,
  context: RouteContext,
): Result<RequestedAllowRule, EndProblem> {
  const pods = podsBehind(service, context);
  if (!pods.ok) return pods;
  const ports = pods.value.ports(port === undefined ? undefined : [port]);
  if (!ports.ok) return ports;
  const rule = ruleOn(peers, ports.value);
  return success({ direction: 'Ingress', pods: pods.value.selector, rule, origin: exposer });
}

function exposersOf(
  view: ClusterView,
  spec: PlatformNetworkProfileSpec,
  namespace: string,
): readonly Exposer[] {
  const ingresses = objectsIn(view.ingresses, namespace).map((ingress) => {
    const serving = servingClass(view, spec, ingress.className);
    return {
      object: { kind: 'Ingress', namespace, name: ingress.name } as const,
      backends: ingress.backends,
      others: ingress.resourceBackends,
      peers: serving.peers,
      why: whyNot(serving, ingress.className),
    };
  });
  const routes = routesTo(view, namespace).map((route) => {
    const gateways = gatewaysAccepting(view, route);
    const serving = servingGateways(view, spec, gateways);
    const why = gateways[0] === undefined ? notFollowed(route) : whyNotTaken(view, spec, gateways, serving);
    return {
      object: route,
      backends: route.backends.filter((backend) => backend.namespace === namespace),
      others: route.namespace === namespace ? route.otherBackends : [],
      peers: serving.peers,
      ...(why === undefined ? {} : { why }),
    };
  });
  return [...ingresses, ...routes].sort((a, b) =>
    compareText(nameOfExposing(a.object), nameOfExposing(b.object)),
  );
}

function whyNot({ isDeclared }: Serving, className: string | undefined): Unserved['why'] {
  return isDeclared ? { kind: 'PlaceUnknown' } : { kind: 'NotDeclared', className };
}

function whyNotTaken(
  view: ClusterView,
  spec: PlatformNetworkProfileSpec,
  gateways: readonly GatewayFacts[],
  serving: Serving,
): Unserved['why'] {
  const [uncounted] = uncountedGateways(view, spec, gateways);
  if (uncounted === undefined) return whyNot(serving, gateways[0]?.className);
  const { namespace, name } = uncounted;
  return {
    kind: 'GatewayNotCounted',
    gateway: { namespace, name },
    howToCount: howToCount(view, spec, namespace),
  };
}

function notFollowed({ otherParents: [parent] }: GatewayRouteFacts): Unserved['why'] | undefined {
  return parent === undefined ? undefined : { kind: 'NotFollowed', parent };
}

/** The routes of the namespace itself, and those of others that a ReferenceGrant allows. */
function routesTo(view: ClusterView, namespace: string): readonly GatewayRouteFacts[] {
  const sources = new Set([namespace, ...(view.routeSources.get(namespace) ?? [])]);
  const routes = [...sources].flatMap((source) => [
    ...view.gatewayRoutes.flatMap((all) => objectsIn(all, source)),
  ]);
  return routes.flatMap((route) => {
    if (route.namespace === namespace) return [route];
    const backends = route.backends.filter((backend) => isGranted(view, route, backend));
    return backends.length === 0 ? [] : [{ ...route, backends }];
  });
}

/** Several paths of one object may lead to the same mistake: the first of them has the finding. */
function distinctFindings(findings: readonly Finding[]): readonly Finding[] {
  return [...Map.groupBy(findings, ({ message }) => message).values()].flatMap(([first]) => first ?? []);
}

function wrongBackend(namespace: string, object: Exposing, path: string, { message }: EndProblem): Finding {
  return aboutExposing(namespace, object, 'BackendUnusable', {
    path,
    message: `${nameOfExposing(object)} exposes no pods for one of its backends: ${message}`,
    hint: 'correct the backend, or remove it if it is a leftover',
  });
}

function otherBackend(here: Guarded, object: Exposing, { named, at }: OtherBackend): Finding {
  return aboutExposing(here.context.namespace, object, 'BackendUnusable', {
    path: at,
    message: `${nameOfExposing(object)} leads to \`${named}\`, which is not a Service: its pods are not known`,
    hint: hintForPods(here),
  });
}

/** Nobody knows the labels of its pods; guardrails may allow some selectors and not others. */
function hintForPods(here: Guarded): string {
  const objectionToEnd = (to: Route['to']) =>
    objectionTo(here, { name: 'users', from: { ingressController: {} }, to });
  if (objectionToEnd({ pods: {} }) === undefined)
    return 'add a route: `from: {ingressController: {}}`, `to: {pods: …}`';
  return objectionToEnd({ app: 'users' }) ?? 'add a route: `from: {ingressController: {}}`, `to: {app: …}`';
}
