// What the profiles of a small cluster declare: whether one pod or address may reach another on one port.
// It reads routes and pods directly, shares no code with src on purpose, and must not know a NetworkPolicy.
import ipaddr from 'ipaddr.js';

/** A pod, and where it is. */
export interface DeclaredPod {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly { readonly name: string; readonly number: number }[];
}

/** One end of a connection: a pod, whose address does not matter, or an address outside of all pods. */
export type DeclaredEnd = DeclaredPod | { readonly address: string };

/** A selector, as one map of equal labels. */
interface Selector {
  readonly matchLabels: Readonly<Record<string, string>>;
}

/** An end of a route, by its only member. */
export type DeclaredRouteEnd =
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
export interface DeclaredRoute {
  readonly from: DeclaredRouteEnd;
  readonly to: DeclaredRouteEnd;
  readonly ports?: readonly (number | string)[];
}

/** A namespace: not ringed, or with its egress mode. */
export interface DeclaredNamespace {
  readonly labels: Readonly<Record<string, string>>;
  readonly egress?: Mode;
}

type Mode = 'Unrestricted' | 'ClusterOnly' | 'Restricted';

/** A Service of pods of its own namespace. */
export interface DeclaredService {
  readonly namespace: string;
  readonly name: string;
  readonly app: string;
  readonly ports: readonly {
    readonly name: string;
    readonly port: number;
    readonly targetPort: number | string;
  }[];
}

/** A cluster, as its people describe it. */
export interface DeclaredCluster {
  readonly namespaces: Readonly<Record<string, DeclaredNamespace>>;
  readonly services: readonly DeclaredService[];
  readonly profiles: readonly {
    readonly namespace: string;
    readonly egress?: Mode;
    readonly routes: readonly DeclaredRoute[];
  }[];
  /** A system is the pods of this namespace whose label `role` has this value. */
  readonly systems: {
    readonly namespace: string;
    readonly ingressController: string;
    readonly monitoring: string;
  };
  /** What monitoring may scrape in every ringed namespace. */
  readonly scraped: readonly (number | string)[];
  /** The namespaces whose routes may open the egress of namespaces that they don't name. */
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
export function isDeclared(
  cluster: DeclaredCluster,
  from: DeclaredEnd,
  to: DeclaredEnd,
  port: AskedPort,
): boolean {
  return mayLeave(cluster, from, to, port) && mayEnter(cluster, from, to, port);
}

function mayEnter(cluster: DeclaredCluster, from: DeclaredEnd, to: DeclaredEnd, port: AskedPort): boolean {
  if ('address' in to || cluster.namespaces[to.namespace]?.egress === undefined) return true;
  const isScraped = isSystem(cluster, 'monitoring', from) && onPorts(cluster.scraped, to, port);
  const routes = waysInto(cluster, to.namespace);
  return isScraped || routes.some((route) => lets(cluster, to.namespace, route, from, to, port));
}

function mayLeave(cluster: DeclaredCluster, from: DeclaredEnd, to: DeclaredEnd, port: AskedPort): boolean {
  if ('address' in from) return true;
  const mode = modeOf(cluster, from.namespace);
  if (mode === undefined || mode === 'Unrestricted') return true;
  if (mode === 'ClusterOnly' && ('address' in to ? isIn(to.address, cluster.serviceRange) : true))
    return true;
  const own = routesOf(cluster, from.namespace);
  if (own.some((route) => lets(cluster, from.namespace, route, from, to, port))) return true;
  // A route there that names this namespace, or whose namespace the platform trusts, opens the egress here too.
  if ('address' in to || cluster.namespaces[to.namespace]?.egress === undefined) return false;
  const isTrusted =
    cluster.mirrorFrom !== undefined &&
    hasLabels(cluster.namespaces[to.namespace]?.labels ?? {}, cluster.mirrorFrom);
  return waysInto(cluster, to.namespace)
    .filter(({ from: source }) => isTrusted || ('namespace' in source && 'name' in source.namespace))
    .some((route) => lets(cluster, to.namespace, route, from, to, port));
}

/** The strictest declared mode; undefined without a ring. */
function modeOf({ namespaces, profiles }: DeclaredCluster, namespace: string): Mode | undefined {
  const floor = namespaces[namespace]?.egress;
  if (floor === undefined) return undefined;
  const asked = [
    floor,
    ...profiles.filter((each) => each.namespace === namespace).map(({ egress }) => egress),
  ];
  return (['Restricted', 'ClusterOnly', 'Unrestricted'] as const).find((mode) => asked.includes(mode));
}

function routesOf({ profiles }: DeclaredCluster, namespace: string): readonly DeclaredRoute[] {
  return profiles.filter((each) => each.namespace === namespace).flatMap(({ routes }) => routes);
}

/** The routes to pods of their own namespace: only these open something there. */
function waysInto(cluster: DeclaredCluster, namespace: string): readonly DeclaredRoute[] {
  return routesOf(cluster, namespace).filter(({ to }) => 'app' in to || 'pods' in to || 'service' in to);
}

/** Whether a route that is declared in a namespace is about this connection. */
function lets(
  cluster: DeclaredCluster,
  here: string,
  { from: source, to: target, ports }: DeclaredRoute,
  from: DeclaredEnd,
  to: DeclaredEnd,
  port: AskedPort,
): boolean {
  if (!isMeant(cluster, here, source, 'from', from) || !isMeant(cluster, here, target, 'to', to))
    return false;
  if (!('service' in target)) return onPorts(ports, to, port);
  const behind = translated(cluster, here, target.service, ports);
  return behind !== undefined && onPorts(behind, to, port);
}

function isMeant(
  cluster: DeclaredCluster,
  here: string,
  declared: DeclaredRouteEnd,
  side: 'from' | 'to',
  end: DeclaredEnd,
): boolean {
  if ('cidr' in declared) {
    const { cidr, except = [] } = declared.cidr;
    return 'address' in end && isIn(end.address, cidr) && !except.some((hole) => isIn(end.address, hole));
  }
  if ('anywhere' in declared) return true;
  if ('internet' in declared) return 'address' in end && cluster.publicAddresses.includes(end.address);
  if ('nodes' in declared) return 'address' in end && isIn(end.address, cluster.nodeRange);
  if ('cluster' in declared) return !('address' in end) || isInCluster(cluster, side, end.address);
  if ('ingressController' in declared) return isSystem(cluster, 'ingressController', end);
  if ('monitoring' in declared) return isSystem(cluster, 'monitoring', end);
  return !('address' in end) && isPodMeant(cluster, here, declared, end);
}

type PodEnd = Extract<
  DeclaredRouteEnd,
  { app: string } | { pods: Selector } | { service: string } | { namespace: object }
>;

function isPodMeant(cluster: DeclaredCluster, here: string, declared: PodEnd, pod: DeclaredPod): boolean {
  if ('namespace' in declared) {
    const { pods } = declared.namespace;
    const isThere =
      'name' in declared.namespace
        ? pod.namespace === declared.namespace.name
        : hasLabels(cluster.namespaces[pod.namespace]?.labels ?? {}, declared.namespace.selector);
    return isThere && (pods === undefined || hasLabels(pod.labels, pods));
  }
  if (pod.namespace !== here) return false;
  if ('app' in declared) return pod.labels[appLabel] === declared.app;
  if ('pods' in declared) return hasLabels(pod.labels, declared.pods);
  const service = cluster.services.find(
    ({ namespace, name }) => namespace === here && name === declared.service,
  );
  return service !== undefined && pod.labels[appLabel] === service.app;
}

/** The pods' ports behind ports of a Service; undefined if it lacks one of them, because then no part of the route holds. */
function translated(
  { services }: DeclaredCluster,
  here: string,
  name: string,
  written: DeclaredRoute['ports'],
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

function onPorts(written: DeclaredRoute['ports'], to: DeclaredEnd, { protocol, number }: AskedPort): boolean {
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
  { systems }: DeclaredCluster,
  system: 'ingressController' | 'monitoring',
  end: DeclaredEnd,
): boolean {
  return !('address' in end) && end.namespace === systems.namespace && end.labels.role === systems[system];
}

/** Traffic in the cluster comes from nodes too, and goes to nodes and Services. */
function isInCluster(
  { nodeRange, serviceRange }: DeclaredCluster,
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
