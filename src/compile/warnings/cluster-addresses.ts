// Routes whose `cidr` is the address of the API server, a Service or a pod, and what to write instead: a Service's address is gone before
// most CNIs decide, and a pod's with the pod. Must not know what the routes come to.
import type { Route } from '../../api/route.ts';
import { suggestRoute } from '../../api/suggested-profile.ts';
import { aboutObject, type Finding } from '../../model/findings.ts';
import { contains, type IpRange, parseAddress, parseStoredCidr } from '../../model/ip-ranges.ts';
import type { Rule } from '../../model/network-policy.ts';
import { formatKey } from '../../model/object-key.ts';
import { numberedPorts, policyPorts } from '../../model/policy-ports.ts';
import { portSets } from '../../model/port-set.ts';
import { parsePort, withProtocol } from '../../model/ports.ts';
import { isServicePort, type ServiceFacts } from '../../model/services.ts';
import { type RouteSide, routeSides } from '../../routes/route-end.ts';
import { type KnownPod, objectsIn } from '../../view/cluster-view.ts';
import { podsByLabels } from '../local/pods-by-labels.ts';
import { fieldAt } from '../local/resolve-routes.ts';
import { objectionTo } from '../local/route-objections.ts';
import { addressOwner } from '../platform/address-owners.ts';
import type { CheckedNamespace } from './warning-check.ts';

/** `ClusterAddress` */
export function clusterAddresses(checked: CheckedNamespace): readonly Finding[] {
  return checked.profiles.flatMap(({ profile, routes }) =>
    routes.flatMap(({ route }) =>
      routeSides.flatMap((side) => {
        const meant = meaningAt(route, side, checked);
        if (meant === undefined) return [];
        const path = `spec.routes[${route.name}].${fieldAt(route, side)}`;
        const message = `route \`${route.name}\`: ${meant.message}`;
        return [
          aboutObject('AppNetworkProfile', profile, 'ClusterAddress', {
            path,
            message,
            hint: hintFor(meant, checked),
          }),
        ];
      }),
    ),
  );
}

/** What a range is. */
interface Meaning {
  readonly message: string;
  /** The same route by what has the address; absent if only its team can name it. */
  readonly instead?: Route;
  /** What to write, if there is no such route. */
  readonly advice: string;
}

function hintFor({ instead, advice }: Meaning, { local }: CheckedNamespace): string {
  if (instead === undefined) return advice;
  return objectionTo(local, instead) ?? `write this instead:\n${suggestRoute(instead)}`;
}

function meaningAt(route: Route, side: RouteSide, checked: CheckedNamespace): Meaning | undefined {
  const written = route[side];
  const range = 'cidr' in written ? parseStoredCidr(written.cidr.cidr) : undefined;
  if (range?.ok !== true || !('cidr' in written)) return undefined;
  const asked = { route, side, cidr: written.cidr.cidr, addresses: range.value };
  const owner = addressOwner(range.value, side, checked.run.clusterServices, (rule) =>
    namesPortOf(rule, route),
  );
  if (owner === 'kubernetesAPI') return apiServer(asked);
  if (owner === 'nodes') return undefined;
  const service = serviceAt(range.value, checked);
  if (service !== undefined) return knownService(asked, service, checked);
  const pod = podAt(range.value, checked);
  if (pod !== undefined) return knownPod(asked, pod, checked);
  if (owner === 'services') return someService(asked);
  return owner === 'pods' ? somePods(asked) : undefined;
}

/** On other ports of a node with an API server, something else answers; without ports, too. */
function namesPortOf({ ports: own }: Rule, { ports }: Route): boolean {
  const written = policyPorts(ports ?? []);
  return (
    own !== undefined && written !== undefined && portSets.overlap(numberedPorts(written), numberedPorts(own))
  );
}

interface Asked {
  readonly route: Route;
  readonly side: RouteSide;
  readonly cidr: string;
  readonly addresses: IpRange;
}

function apiServer({ route, side, cidr }: Asked): Meaning {
  const { ports: _, ...rest } = route;
  const end = { kubernetesAPI: {} };
  return {
    message:
      side === 'to'
        ? `\`${cidr}\` is the API server's, which has other addresses as well: CNIs differ in which of them they see`
        : `\`${cidr}\` is the control plane's, whose addresses change`,
    // The API server answers on ports of its own, which its end brings along.
    instead: side === 'to' ? { ...rest, to: end } : { ...route, from: end },
    advice: '',
  };
}

const translated =
  "most CNIs decide after it is translated to a pod's address, so that this route has no effect";

function knownService(
  { route, side, cidr }: Asked,
  service: ServiceFacts,
  { local, run }: CheckedNamespace,
): Meaning {
  const { namespace, name, selector } = service;
  const here = local.facts.name;
  const what = `\`${cidr}\` is the ClusterIP of Service \`${formatKey(service)}\``;
  const message = side === 'to' ? `${what}: ${translated}` : `${what}, and no connection comes from there`;
  if (selector === undefined) {
    const advice = 'this Service has no selector: name the addresses of its endpoints';
    return { message, advice };
  }
  const advice = '';
  if (namespace === here) return { message, instead: { ...route, [side]: { service: name } }, advice };
  const end = podsByLabels(namespace, selector, { namespace: here, appLabel: run.spec.appLabel });
  const ports = route.ports?.map((port) => (side === 'to' ? portBehind(service, port) : port));
  return { message, instead: { ...route, [side]: end, ...(ports && { ports }) }, advice };
}

/** The pods' port behind a port of a Service; the same port if the Service does not have it. */
function portBehind({ ports }: ServiceFacts, written: number | string): number | string {
  const spec = parsePort(written);
  if (!spec.ok) return written;
  // A range has no port of its own.
  if ('interval' in spec.value && spec.value.interval.first !== spec.value.interval.last) return written;
  const target = ports.find((port) => isServicePort(port, spec.value))?.targetPort;
  return target === undefined ? written : withProtocol(target, spec.value.protocol);
}

function knownPod(
  { route, side, cidr }: Asked,
  { namespace, pod }: FoundPod,
  { local, run }: CheckedNamespace,
): Meaning {
  const { appLabel } = run.spec;
  const { name, labels } = pod;
  const app = labels[appLabel];
  const which =
    name === undefined ? `a pod of \`${namespace}\`` : `the pod \`${formatKey({ namespace, name })}\``;
  const message = `\`${cidr}\` is the address of ${which}: the next pod has another, and some CNIs match no pod by its address`;
  const advice = 'select pods by their labels';
  if (app === undefined) return { message, advice };
  const end = podsByLabels(namespace, { [appLabel]: app }, { namespace: local.facts.name, appLabel });
  return { message, instead: { ...route, [side]: end }, advice };
}

function someService({ side, cidr }: Asked): Meaning {
  const what = `\`${cidr}\` is in the range of Services`;
  return side === 'to'
    ? {
        message: `${what}: ${translated}`,
        advice:
          'name the pods of the Service: with `service` if it is in this namespace, or else with `namespace` and `pods`, on their own ports',
      }
    : {
        message: `${what}, and no connection comes from there`,
        advice: 'name the pods that open the connections, with `app`, `pods` or `namespace`',
      };
}

function somePods({ cidr }: Asked): Meaning {
  return {
    message: `\`${cidr}\` is in the range of pods, whose addresses change, and some CNIs match no pod by its address`,
    advice: 'name the pods with `app`, `pods` or `namespace`',
  };
}

/** A Service with one single address. The operator compiles a namespace again if its own Services change, not if those of others do. */
function serviceAt(addresses: IpRange, { run: { view }, local }: CheckedNamespace): ServiceFacts | undefined {
  const all =
    view.pods === undefined
      ? objectsIn(view.services, local.facts.name)
      : [...view.services.values()].flatMap((services) => [...services.values()]);
  return all.find(({ clusterIPs = [] }) => clusterIPs.some((each) => isAt(each, addresses)));
}

interface FoundPod {
  readonly namespace: string;
  readonly pod: KnownPod;
}

/** A pod with one single address, where pods are known. */
function podAt(addresses: IpRange, { run: { view } }: CheckedNamespace): FoundPod | undefined {
  for (const [namespace, pods] of view.pods ?? []) {
    const pod = pods.find(
      ({ addresses: own = [], hostNetwork }) => !hostNetwork && own.some((each) => isAt(each, addresses)),
    );
    if (pod !== undefined) return { namespace, pod };
  }
  return undefined;
}

function isAt(address: string, addresses: IpRange): boolean {
  const own = parseAddress(address);
  return own.ok && contains(own.value, addresses);
}
