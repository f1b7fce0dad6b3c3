// What the profiles of a small cluster say, word by word: whether one pod or address may reach another on one port.
// Read straight from routes and pods; shares no code with src on purpose, and must not know a NetworkPolicy.
import ipaddr from 'ipaddr.js';

/** A pod, and where it is. */
export interface SaidPod {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly { readonly name: string; readonly number: number }[];
}

/** One end of a connection: a pod, whose address nobody knows, or an address that is no pod's. */
export type SaidEnd = SaidPod | { readonly address: string };

/** A selector, as one map of equal labels. */
interface Selector {
  readonly matchLabels: Readonly<Record<string, string>>;
}

/** An end of a route, by its only member. */
export type SaidRouteEnd =
  | { readonly app: string }
  | { readonly pods: Selector }
  | { readonly service: string }
  | { readonly namespace: { readonly name: string; readonly pods?: Selector } }
  | { readonly namespace: { readonly selector: Selector; readonly pods?: Selector } }
  | { readonly ingressController: object }
  | { readonly monitoring: object }
  | { readonly cidr: { readonly cidr: string; readonly except?: readonly string[] } }
  | { readonly anywhere: object }
  | { readonly internet: object }
  | { readonly cluster: object }
  | { readonly nodes: object };

/** A route as a team writes it. */
export interface SaidRoute {
  readonly from: SaidRouteEnd;
  readonly to: SaidRouteEnd;
  readonly ports?: readonly (number | string)[];
}

/** A namespace: not ringed, or with its egress mode. */
export interface SaidNamespace {
  readonly labels: Readonly<Record<string, string>>;
  readonly egress?: Mode;
}

type Mode = 'Unrestricted' | 'ClusterOnly' | 'Restricted';

/** A Service before pods of its own namespace. */
export interface SaidService {
  readonly namespace: string;
  readonly name: string;
  readonly app: string;
  readonly ports: readonly {
    readonly name: string;
    readonly port: number;
    readonly targetPort: number | string;
  }[];
}

/** A cluster, as its people speak of it. */
export interface SaidCluster {
  readonly namespaces: Readonly<Record<string, SaidNamespace>>;
  readonly services: readonly SaidService[];
  readonly profiles: readonly {
    readonly namespace: string;
    readonly egress?: Mode;
    readonly routes: readonly SaidRoute[];
  }[];
  /** Pods with the label `role` of this value, in this namespace, are that system. */
  readonly systems: {
    readonly namespace: string;
    readonly ingressController: string;
    readonly monitoring: string;
  };
  /** What monitoring may scrape in every ringed namespace. */
  readonly scraped: readonly (number | string)[];
  /** Whose routes may open the egress of others, whom they don't name. */
  readonly mirrorFrom?: Selector;
  readonly publicAddresses: readonly string[];
  readonly nodeRange: string;
  readonly serviceRange: string;
}

/** A port that is asked for. */
export interface AskedPort {
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
  readonly number: number;
}

const appLabel = 'app.kubernetes.io/name';

/** Whether the profiles of a cluster let `from` reach `to` on a port. */
export function isSaid(cluster: SaidCluster, from: SaidEnd, to: SaidEnd, port: AskedPort): boolean {
  return mayLeave(cluster, from, to, port) && mayEnter(cluster, from, to, port);
}

function mayEnter(cluster: SaidCluster, from: SaidEnd, to: SaidEnd, port: AskedPort): boolean {
  if ('address' in to || cluster.namespaces[to.namespace]?.egress === undefined) return true;
  const isScraped = isSystem(cluster, 'monitoring', from) && onPorts(cluster.scraped, to, port);
  const routes = waysInto(cluster, to.namespace);
  return isScraped || routes.some((route) => lets(cluster, to.namespace, route, from, to, port));
}

function mayLeave(cluster: SaidCluster, from: SaidEnd, to: SaidEnd, port: AskedPort): boolean {
  if ('address' in from) return true;
  const mode = modeOf(cluster, from.namespace);
  if (mode === undefined || mode === 'Unrestricted') return true;
  if (mode === 'ClusterOnly' && ('address' in to ? isIn(to.address, cluster.serviceRange) : true))
    return true;
  const own = routesOf(cluster, from.namespace);
  if (own.some((route) => lets(cluster, from.namespace, route, from, to, port))) return true;
  // Who is let in by name there, or by somebody whom the platform trusts, need not be let out here.
  if ('address' in to || cluster.namespaces[to.namespace]?.egress === undefined) return false;
  const isTrusted =
    cluster.mirrorFrom !== undefined &&
    hasLabels(cluster.namespaces[to.namespace]?.labels ?? {}, cluster.mirrorFrom);
  return waysInto(cluster, to.namespace)
    .filter(({ from: source }) => isTrusted || ('namespace' in source && 'name' in source.namespace))
    .some((route) => lets(cluster, to.namespace, route, from, to, port));
}

/** The strictest mode that is asked for; none where there is no ring. */
function modeOf({ namespaces, profiles }: SaidCluster, namespace: string): Mode | undefined {
  const floor = namespaces[namespace]?.egress;
  if (floor === undefined) return undefined;
  const asked = [
    floor,
    ...profiles.filter((each) => each.namespace === namespace).map(({ egress }) => egress),
  ];
  return (['Restricted', 'ClusterOnly', 'Unrestricted'] as const).find((mode) => asked.includes(mode));
}

function routesOf({ profiles }: SaidCluster, namespace: string): readonly SaidRoute[] {
  return profiles.filter((each) => each.namespace === namespace).flatMap(({ routes }) => routes);
}

/** Only who names pods of the own namespace opens them; the others ask to be let in. */
function waysInto(cluster: SaidCluster, namespace: string): readonly SaidRoute[] {
  return routesOf(cluster, namespace).filter(({ to }) => 'app' in to || 'pods' in to || 'service' in to);
}

/** Whether a route that is declared in a namespace is about this connection. */
function lets(
  cluster: SaidCluster,
  here: string,
  { from: source, to: target, ports }: SaidRoute,
  from: SaidEnd,
  to: SaidEnd,
  port: AskedPort,
): boolean {
  if (!isMeant(cluster, here, source, 'from', from) || !isMeant(cluster, here, target, 'to', to))
    return false;
  if (!('service' in target)) return onPorts(ports, to, port);
  const behind = translated(cluster, here, target.service, ports);
  return behind !== undefined && onPorts(behind, to, port);
}

function isMeant(
  cluster: SaidCluster,
  here: string,
  said: SaidRouteEnd,
  side: 'from' | 'to',
  end: SaidEnd,
): boolean {
  if ('cidr' in said) {
    const { cidr, except = [] } = said.cidr;
    return 'address' in end && isIn(end.address, cidr) && !except.some((hole) => isIn(end.address, hole));
  }
  if ('anywhere' in said) return true;
  if ('internet' in said) return 'address' in end && cluster.publicAddresses.includes(end.address);
  if ('nodes' in said) return 'address' in end && isIn(end.address, cluster.nodeRange);
  if ('cluster' in said) return !('address' in end) || isInCluster(cluster, side, end.address);
  if ('ingressController' in said) return isSystem(cluster, 'ingressController', end);
  if ('monitoring' in said) return isSystem(cluster, 'monitoring', end);
  return !('address' in end) && isPodMeant(cluster, here, said, end);
}

type PodEnd = Extract<
  SaidRouteEnd,
  { app: string } | { pods: Selector } | { service: string } | { namespace: object }
>;

function isPodMeant(cluster: SaidCluster, here: string, said: PodEnd, pod: SaidPod): boolean {
  if ('namespace' in said) {
    const { pods } = said.namespace;
    const isThere =
      'name' in said.namespace
        ? pod.namespace === said.namespace.name
        : hasLabels(cluster.namespaces[pod.namespace]?.labels ?? {}, said.namespace.selector);
    return isThere && (pods === undefined || hasLabels(pod.labels, pods));
  }
  if (pod.namespace !== here) return false;
  if ('app' in said) return pod.labels[appLabel] === said.app;
  if ('pods' in said) return hasLabels(pod.labels, said.pods);
  const service = cluster.services.find(({ namespace, name }) => namespace === here && name === said.service);
  return service !== undefined && pod.labels[appLabel] === service.app;
}

/** The pods' ports behind ports of a Service; nothing where it lacks one of them, because then nothing of the route holds. */
function translated(
  { services }: SaidCluster,
  here: string,
  name: string,
  written: SaidRoute['ports'],
): readonly (number | string)[] | undefined {
  const service = services.find((each) => each.namespace === here && each.name === name);
  if (service === undefined) return undefined;
  if (written === undefined) return service.ports.map(({ targetPort }) => targetPort);
  const found = written.map((each) =>
    service.ports.filter((port) => port.name === each || port.port === each),
  );
  return found.some((some) => some.length === 0)
    ? undefined
    : found.flat().map(({ targetPort }) => targetPort);
}

function onPorts(written: SaidRoute['ports'], to: SaidEnd, { protocol, number }: AskedPort): boolean {
  if (written === undefined) return true;
  return written.some((each) => {
    const [text = '', its = 'TCP'] = `${each}`.split('/');
    if (its !== protocol) return false;
    const [first = '', last = first] = text.split('-');
    if (/^\d+$/.test(first)) return Number(first) <= number && number <= Number(last);
    // Containers here declare TCP ports.
    return (
      !('address' in to) &&
      protocol === 'TCP' &&
      to.ports.some((port) => port.name === text && port.number === number)
    );
  });
}

function isSystem(
  { systems }: SaidCluster,
  system: 'ingressController' | 'monitoring',
  end: SaidEnd,
): boolean {
  return !('address' in end) && end.namespace === systems.namespace && end.labels.role === systems[system];
}

/** Traffic comes from nodes, and goes to Services, too. */
function isInCluster(
  { nodeRange, serviceRange }: SaidCluster,
  side: 'from' | 'to',
  address: string,
): boolean {
  return isIn(address, nodeRange) || (side === 'to' && isIn(address, serviceRange));
}

function hasLabels(labels: Readonly<Record<string, string>>, { matchLabels }: Selector): boolean {
  return Object.entries(matchLabels).every(([key, value]) => labels[key] === value);
}

function isIn(address: string, cidr: string): boolean {
  const [parsed, [network, prefix]] = [ipaddr.parse(address), ipaddr.parseCIDR(cidr)];
  return parsed.kind() === network.kind() && parsed.match(network, prefix);
}
