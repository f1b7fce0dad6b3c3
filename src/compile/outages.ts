// Findings that prevent outages: what a ring would cut off that somebody relies on, each with the route to add.
// Looks at what is opened, however it came about; must not know profiles.

import type { Finding } from '../model/findings.ts';
import type { PolicyPort } from '../model/network-policy.ts';
import { compareKeys, compareText, formatKey } from '../model/object-key.ts';
import { portsContain } from '../model/port-cover.ts';
import { asksNoMore } from '../model/selector-order.ts';
import { selectsEverything } from '../model/selectors.ts';
import type { ControlPlaneCallFacts, ServiceFacts } from '../model/services.ts';
import { endOf } from '../routes/index.ts';
import type { Surroundings } from '../routes/route-end.ts';
import { podsBehind } from '../routes/service.ts';
import type { ClusterView } from '../view/cluster-view.ts';
import type { Unserved } from './exposures.ts';
import { gatewayPods } from './gateway-namespaces.ts';
import type { Opening } from './openings.ts';
import type { CompiledProfile } from './profiles.ts';
import { suggestedName, suggestRoute } from './suggestion.ts';

/** What is let in to the pods of a namespace, and why. */
export interface WaysIn {
  /** As Ingresses and routes of the Gateway API expose it, to the ingress controllers. */
  readonly exposed: readonly Opening[];
  /** As the profiles say. */
  readonly routed: readonly Opening[];
}

/**
 * What in a ringed namespace is about to be, or is, cut off.
 *
 * @param unserved what leads here from ingress controllers that nobody declared
 */
export function outageFindings(
  view: ClusterView,
  around: Surroundings,
  { exposed, routed }: WaysIn,
  unserved: readonly Unserved[],
): readonly Finding[] {
  const { namespace, services } = around;
  const waysIn = routed.filter(isWayIn);
  const open = [...exposed.filter(isWayIn), ...waysIn.filter(isFromOutside)];
  const called = waysIn.filter(isFromElsewhere);
  return [
    ...[...services.values()]
      .sort(compareKeys)
      .filter((service) => isEntrance(service) && !isAnyPortOpened(around, service, open))
      .map((service) => unreachableEntrance(namespace, service)),
    ...callsTo(view, namespace).flatMap(({ caller, service: { name, port } }) => {
      const service = services.get(name);
      return service === undefined || isOpened(service, called, portsBehind(around, name, port))
        ? []
        : [unreachableBackend(namespace, caller, service)];
    }),
    ...unserved.flatMap((exposer) => {
      const [closed] = exposer.backends.filter(({ name, port }) => {
        const service = services.get(name);
        return service && !isOpened(service, waysIn, portsBehind(around, name, port));
      });
      return closed === undefined ? [] : [unserving(namespace, exposer, closed.name)];
    }),
  ];
}

/** The pods' ports behind a port of a Service; `none` in particular where the Service has no such port. */
function portsBehind(
  around: Surroundings,
  service: string,
  port: number | string | undefined,
): readonly PolicyPort[] {
  const pods = podsBehind(service, around);
  const ports = pods.ok && port !== undefined ? pods.value.ports([port]) : undefined;
  return ports?.ok ? (ports.value ?? []) : [];
}

/** One configuration may call a Service from many webhooks. */
function callsTo({ controlPlaneCalls }: ClusterView, namespace: string): readonly ControlPlaneCallFacts[] {
  const calls = controlPlaneCalls.filter(({ service }) => service.namespace === namespace);
  const distinct = new Map(calls.map((call) => [`${call.caller} ${call.service.name}`, call]));
  return [...distinct].sort(([a], [b]) => compareText(a, b)).map(([, call]) => call);
}

/** Routes that open every pod of the namespace, often because a selector is empty by accident. */
export function wideRouteFindings(profiles: readonly CompiledProfile[]): readonly Finding[] {
  return profiles.flatMap(({ profile, routes }) =>
    routes
      .filter(({ openings }) =>
        openings.some((opening) => isWayIn(opening) && selectsEverything(opening.pods)),
      )
      .map(({ route }) => ({
        code: 'OpensWholeNamespace' as const,
        subject: { kind: 'AppNetworkProfile' as const, namespace: profile.namespace, name: profile.name },
        path: `spec.routes[${route.name}].to`,
        message: `route \`${route.name}\` opens every pod of the namespace: \`${endOf(route.to).end.name}\` selects all of them`,
        hint: 'name the pods that are meant with `app`, `service`, or labels in `pods`',
      })),
  );
}

function isEntrance({ type, selector }: ServiceFacts): boolean {
  return (type === 'LoadBalancer' || type === 'NodePort') && selector !== undefined;
}

/** One is enough: whoever opened it knows the entrance, and may mean to leave the others closed. */
function isAnyPortOpened(around: Surroundings, service: ServiceFacts, openings: readonly Opening[]): boolean {
  return service.ports.some(({ port, protocol }) =>
    isOpened(service, openings, portsBehind(around, service.name, `${port}/${protocol}`)),
  );
}

/** Also where there is nothing to open: an ExternalName has no pods, whatever selector is left on it. */
function isOpened(
  { type, selector }: ServiceFacts,
  openings: readonly Opening[],
  ports: readonly PolicyPort[],
): boolean {
  if (type === 'ExternalName' || selector === undefined) return true;
  return openings.some(
    ({ pods, rule }) => asksNoMore(pods, { matchLabels: selector }) && portsContain(rule.ports, ports),
  );
}

function isWayIn({ direction }: Opening): boolean {
  return direction === 'Ingress';
}

/** What comes in through a load balancer or a node comes from an address, not from a pod. */
function isFromOutside({ rule: { peers } }: Opening): boolean {
  return peers.some((peer) => 'ipBlock' in peer);
}

/** The control plane calls from addresses, or through konnectivity pods of another namespace. */
function isFromElsewhere({ rule: { peers } }: Opening): boolean {
  return peers.some((peer) => 'ipBlock' in peer || peer.namespaceSelector !== undefined);
}

function unreachableEntrance(namespace: string, { name, type }: ServiceFacts): Finding {
  return {
    code: 'EntranceClosed',
    subject: { kind: 'Namespace', name: namespace },
    message: `Service \`${name}\` is a ${type}, and no route opens its pods to addresses outside: the ring denies what comes in through it`,
    hint: `add to a profile in \`${namespace}\`:\n${suggestRoute({ name, from: { anywhere: {} }, to: { service: name } })}`,
  };
}

function unreachableBackend(namespace: string, caller: string, { name }: ServiceFacts): Finding {
  return {
    code: 'ControlPlaneShutOut',
    subject: { kind: 'Namespace', name: namespace },
    message: `${caller} makes the control plane call Service \`${name}\`, and no route opens that port of its pods to it: the ring denies the calls`,
    hint: `add to a profile in \`${namespace}\`:\n${suggestRoute({ name: suggestedName(name, 'control-plane'), from: { kubernetesAPI: {} }, to: { service: name } })}`,
  };
}

function unserving(namespace: string, { name, why }: Unserved, service: string): Finding {
  const { what, hint } = tellUnserved(namespace, why, service);
  return {
    code: 'IngressUnserved',
    subject: { kind: 'Namespace', name: namespace },
    message: `${name}${what}, and no route opens the pods of its Service \`${service}\`: the ring denies what comes in through it`,
    hint,
  };
}

function tellUnserved(
  namespace: string,
  why: Unserved['why'],
  service: string,
): { readonly what: string; readonly hint: string } {
  switch (why.kind) {
    case 'NotDeclared': {
      const ofClass = why.className === undefined ? '' : `, of class \`${why.className}\`,`;
      return {
        what: `${ofClass} is served by no ingress controller that the platform profile declares`,
        hint: "a platform engineer declares who serves it in the platform profile's `spec.ingressControllers`, with its class where they have `classes`",
      };
    }
    case 'PlaceUnknown':
      return {
        what: ' is served by an ingress controller on nodes whose addresses are not known',
        hint: "a platform engineer says in the platform profile's `spec.cluster.nodeRanges` where the nodes are",
      };
    case 'GatewayNotCounted':
      return {
        what: ` is attached to Gateway \`${formatKey(why.gateway)}\`, whose pods run beside it in a namespace whose Gateways do not count as ingress controllers`,
        hint:
          why.gateway.namespace === namespace
            ? `${why.howToCount}\nor add to a profile in \`${namespace}\`:\n${suggestRoute({ name: suggestedName(service, 'users'), from: { pods: { matchLabels: gatewayPods(why.gateway) } }, to: { service } })}`
            : why.howToCount,
      };
    case 'NotFollowed':
      return {
        what: ` is attached to \`${why.parent}\`, of which it is not known who serves it`,
        hint: `attach it to a Gateway or a ListenerSet of \`gateway.networking.k8s.io/v1\`, or add to a profile in \`${namespace}\`:\n${suggestRoute({ name: suggestedName(service, 'users'), from: { ingressController: {} }, to: { service } })}`,
      };
  }
}
