// The ends of routes that a question may name, as in `kubernetesAPI` or `ingressController/nginx`: the pods and addresses that a route
// with such an end would mean. Must not know the other end of the question.
import type { Analysis } from '../../analyze/analysis.ts';
import type { Endpoint } from '../../analyze/endpoints.ts';
import { rulesTo } from '../../compile/local/resolve-routes.ts';
import { quoteSome } from '../../model/counted.ts';
import {
  type NonEmpty,
  namespaceSelectorOf,
  type Peer,
  type PolicyPort,
  type Rule,
  ruleFor,
  ruleOn,
} from '../../model/network-policy.ts';
import { everyPort, type PortSpec, withProtocol } from '../../model/ports.ts';
import { type Result, success } from '../../model/result.ts';
import { nameLabel, namesIn, selects } from '../../model/selectors.ts';
import {
  endOf,
  namespaceScopeOf,
  type RouteEndName,
  type RouteEndValue,
  routeEnds,
} from '../../routes/index.ts';
import { publicPeers } from '../../routes/internet.ts';
import type { EndProblem, RouteContext, RouteSide } from '../../routes/route-end.ts';
import { ToolError } from '../failures.ts';
import { endsWhere } from './single-out.ts';

/** An end of a route in a question. */
export interface NamedRouteEnd {
  readonly name: RouteEndName;
  /** As a profile has it. */
  readonly value: RouteEndValue;
  /** What the platform profile and the cluster say it means; absent without a platform profile. */
  readonly context: RouteContext | undefined;
}

/** Some of what it means. */
export interface RouteEndPart {
  readonly end: Endpoint;
  /** The port that was asked about, or that the end brings along; absent: any. */
  readonly port: PortSpec | undefined;
}

/** The ends that a single word says, and that do not just mean pods of the profile's namespace. */
const nameable = routeEnds.filter((end) => end.pods === undefined && end.schema.safeParse({}).success);

/** The end that a word names, as in `nodes` or `ingressController/nginx`; `undefined` if it names none. */
export function routeEndNamed(word: string, context: RouteContext | undefined): NamedRouteEnd | undefined {
  const [first = '', second, ...more] = word.split('/');
  const end = nameable.find(({ name }) => name.toLowerCase() === first.toLowerCase());
  const settings = end?.schema.safeParse(second === undefined ? {} : { name: second });
  if (end === undefined || settings?.success !== true || more.length > 0) return undefined;
  return { name: end.name, value: { [end.name]: settings.data } as unknown as RouteEndValue, context };
}

/** The words for these ends and for the systems that the platform profile declares. */
export function routeEndWords(context: RouteContext | undefined): readonly string[] {
  const { ingressControllers = [], monitoring = [] } = context ?? {};
  return [
    ...nameable.map(({ name }) => name),
    ...ingressControllers.map(({ name }) => `ingressController/${name}`),
    ...monitoring.map(({ name }) => `monitoring/${name}`),
  ];
}

/** As in `the API server`, `ingress controller nginx`. */
export function nameForPeople({ name, value }: NamedRouteEnd, side: RouteSide): string {
  if ('ingressController' in value) return systemFor('ingress controller', value.ingressController.name);
  if ('monitoring' in value) return systemFor('monitoring system', value.monitoring.name);
  if (name === 'kubernetesAPI') return side === 'to' ? 'the API server' : 'the control plane';
  return `the ${name}`;
}

function systemFor(thing: string, name: string | undefined): string {
  return name === undefined ? `the ${thing}s` : `${thing} ${name}`;
}

/** Whether it means pods of every namespace: too many to explain one by one. */
export function isEveryNamespace({ value }: NamedRouteEnd): boolean {
  const scope = namespaceScopeOf(value);
  return typeof scope === 'object' && 'selector' in scope;
}

/** Whether it has ports of its own as a destination, so that a route need not name any. */
export function bringsPorts(named: NamedRouteEnd): boolean {
  const rules = rulesMeant(named, 'to', undefined);
  return rules.ok && rules.value.every(({ ports }) => ports !== undefined);
}

/**
 * The pods and addresses that it means.
 *
 * @param port the port in question; absent: any
 * @throws ToolError if none is known, or if it has no such port
 */
export function partsMeant(
  named: NamedRouteEnd,
  side: RouteSide,
  analysis: Analysis,
  port?: PortSpec,
): readonly RouteEndPart[] {
  const rules = rulesMeant(named, side, port);
  if (!rules.ok) throw new ToolError(`\`${named.name}\`: ${whyNot(named, rules.error)}`);
  const parts = rules.value.flatMap(({ peers, ports }) =>
    peers
      .flatMap((peer) => endsOf(peer, analysis))
      .flatMap((end) => (ports?.map(specOf) ?? [port]).map((own) => ({ end, port: own }))),
  );
  if (parts.length > 0) return parts;
  const places = rules.value.flatMap(({ peers }) =>
    peers.flatMap((peer) => namesIn(namespaceSelectorOf(peer) ?? {})),
  );
  const where = places.length === 0 ? '' : ` of ${quoteSome([...new Set(places)], 5)}`;
  throw new ToolError(`\`${named.name}\` means pods${where}, and none of them is known here`);
}

/** What a route would allow to or from it. */
function rulesMeant(
  { name, value, context = nothingKnown }: NamedRouteEnd,
  side: RouteSide,
  port: PortSpec | undefined,
): Result<readonly Rule[], EndProblem> {
  const written = endOf(value);
  const rules =
    side === 'to'
      ? rulesTo(written, context, port && [asWritten(port)])
      : onEveryPort(written.end.peers(written.value, context));
  // A route to the internet waits until it is known what is inside the cluster; a question does not.
  const everywhere = rules.ok || name !== 'internet' ? undefined : ruleFor(publicPeers(), undefined);
  return everywhere === undefined ? rules : success([everywhere]);
}

function onEveryPort(peers: Result<NonEmpty<Peer>, EndProblem>): Result<readonly Rule[], EndProblem> {
  return peers.ok ? success([ruleOn(peers.value, undefined)]) : peers;
}

/** Where there is no platform profile. */
const nothingKnown: RouteContext = {
  namespace: '',
  appLabel: '',
  services: new Map(),
  ingressControllers: [],
  monitoring: [],
  ranges: { pods: undefined, services: undefined, nodes: undefined },
  apiServer: [],
  controlPlane: [],
};

function whyNot({ context }: NamedRouteEnd, { message }: EndProblem): string {
  return context === undefined
    ? 'the platform profile says what this means, and there is none here: name pods or addresses'
    : message;
}

/** The pods of a peer, workload by workload, or its addresses. */
function endsOf(peer: Peer, analysis: Analysis): readonly Endpoint[] {
  if ('ipBlock' in peer) return [peer.ipBlock];
  const { namespaceSelector = {}, podSelector = {} } = peer;
  const { namespaces } = analysis.input;
  const labelsOf = new Map(namespaces.map(({ name, labels }) => [name, labels]));
  // No selector selects pods in the host network.
  return endsWhere(
    analysis,
    ({ labels, hostNetwork }, namespace) =>
      !hostNetwork &&
      selects(podSelector, labels) &&
      selects(namespaceSelector, labelsOf.get(namespace) ?? { [nameLabel]: namespace }),
  );
}

function asWritten(port: PortSpec): number | string {
  if ('name' in port) return withProtocol(port.name, port.protocol);
  const { first, last } = port.interval;
  return withProtocol(first === last ? first : `${first}-${last}`, port.protocol);
}

function specOf({ protocol, port, endPort }: PolicyPort): PortSpec {
  if (port === undefined) return { protocol, interval: everyPort };
  if (typeof port === 'string') return { protocol, name: port };
  return { protocol, interval: { first: port, last: endPort ?? port } };
}
