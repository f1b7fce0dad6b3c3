// Drafts of what to add at one side of a connection: a route if the namespace is ringed, a rule of a NetworkPolicy if it is not.
// Must not know whether it would allow anything.
import {
  type AddressEnd,
  type Endpoint,
  formatEndpoint,
  isWorkload,
  type WorkloadEnd,
} from '../../analyze/endpoints.ts';
import type { Explanation } from '../../analyze/explain.ts';
import type { AnalysisInput } from '../../analyze/facts.ts';
import { suggestedName } from '../../api/suggested-profile.ts';
import { type DeclaredIn, podsByLabels } from '../../compile/local/pods-by-labels.ts';
import type { ObjectKey } from '../../model/object-key.ts';
import { isEveryPort, type PortSet } from '../../model/port-set.ts';
import { routePortsOf } from '../../model/port-texts.ts';
import { type PortSpec, protocols, withProtocol } from '../../model/ports.ts';
import { namespaceNamed } from '../../model/selectors.ts';
import { appLabelOf, type ClusterSnapshot } from '../snapshot/cluster-snapshot.ts';
import type { RouteDraft, RuleDraft } from './additions.ts';
import type { KnownEnd, KnownEnds } from './known-addresses.ts';
import { isOnNodes, labelsThatSingleOut } from './single-out.ts';

/** A side of a connection. */
export type Side = 'ingress' | 'egress';

/** A Service as the destination of a question, and the port of it in question; absent: each of its ports. */
export interface AskedService {
  readonly service: ObjectKey;
  readonly port: PortSpec | undefined;
}

/** What a draft depends on. */
export interface DraftContext {
  readonly snapshot: ClusterSnapshot;
  /** What the ends of the question are. */
  readonly known: KnownEnds;
  /** The namespaces with a ring, or that get one when their dry run ends: there, a route is the only thing to add. */
  readonly ringed: ReadonlySet<string>;
  /** The Service that routes of its namespace name instead of its pods; absent: they name the pods. */
  readonly service?: AskedService;
}

/** A route in the namespace of the side that denies. */
export function routesFor(
  part: Explanation,
  side: Side,
  { snapshot, known, service }: DraftContext,
): readonly RouteDraft[] {
  const here = side === 'ingress' ? part.to : part.from;
  if (!isWorkload(here)) return [];
  const { facts } = snapshot;
  const appLabel = appLabelOf(snapshot);
  const { namespace } = here.workload;
  const end = (each: Endpoint, about: KnownEnd | undefined) => {
    const isMeant = about?.end !== undefined && each !== here && (about.isNamed || !isWorkload(each));
    if (isMeant) return about.end;
    if (!isWorkload(each)) return addressesEnd(each);
    return isOnNodes(each, facts) ? { nodes: {} } : podsEnd(each, facts, { namespace, appLabel });
  };
  // The API server answers on ports of its own, which its end brings along.
  const ports = known.to?.bringsPorts ? undefined : portsOf(part);
  const from = end(part.from, known.from);
  if (service?.service.namespace === namespace) return [routeToService(part, from, known, service)];
  const to = end(part.to, known.to);
  return [{ namespace, name: nameOf(part, known), from, to, ports }];
}

/** A route with the port of the Service, which the compiler translates as the cluster does. */
function routeToService(
  part: Explanation,
  from: object,
  known: KnownEnds,
  { service: { namespace, name }, port }: AskedService,
): RouteDraft {
  return {
    namespace,
    name: suggestedName(wordFor(part.from, known.from), 'to', name),
    from,
    to: { service: name },
    ports: port === undefined ? undefined : [routePortOf(port)],
  };
}

function routePortOf(port: PortSpec): number | string {
  if ('name' in port) return withProtocol(port.name, port.protocol);
  const { first, last } = port.interval;
  return withProtocol(first === last ? first : `${first}-${last}`, port.protocol);
}

function podsEnd(end: WorkloadEnd, facts: AnalysisInput, declared: DeclaredIn): object {
  const matchLabels = labelsThatSingleOut(end, facts, declared.appLabel);
  return podsByLabels(end.workload.namespace, matchLabels, declared);
}

function addressesEnd({ cidr, except }: AddressEnd): object {
  if (cidr === '0.0.0.0/0' || cidr === '::/0') return { anywhere: {} };
  return { cidr: { cidr, ...(except === undefined ? {} : { except }) } };
}

function nameOf({ from, to }: Explanation, known: KnownEnds, ...more: readonly string[]): string {
  return suggestedName(wordFor(from, known.from), 'to', wordFor(to, known.to), ...more);
}

function wordFor(end: Endpoint, known: KnownEnd | undefined): string {
  return wordsFor(end, known)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}

/** The workload, or the kind of the end that a route has for it, or the addresses. */
function wordsFor(end: Endpoint, known: KnownEnd | undefined): string {
  if (isWorkload(end) && known?.isNamed !== true) return end.workload.name;
  const [kind = ''] = Object.keys(known?.end ?? (isWorkload(end) ? {} : addressesEnd(end)));
  if (kind !== 'cidr' && kind !== '') return kind;
  return formatEndpoint(isWorkload(end) ? end : { cidr: end.cidr });
}

/** The requested ports; absent: all. */
function portsOf({ asked }: Explanation): readonly (number | string)[] | undefined {
  return asked === undefined || isEveryPort(asked) ? undefined : routePortsOf(asked);
}

/** A rule of a NetworkPolicy for the side that denies; none in a ringed namespace, whose platform would not expect it. */
export function rulesFor(
  part: Explanation,
  side: Side,
  { snapshot, ringed }: DraftContext,
): readonly RuleDraft[] {
  const [here, other] = side === 'ingress' ? [part.to, part.from] : [part.from, part.to];
  if (!isWorkload(here) || ringed.has(here.workload.namespace)) return [];
  const { facts } = snapshot;
  const { namespace } = here.workload;
  const appLabel = appLabelOf(snapshot);
  return [
    {
      namespace,
      name: nameOf(part, {}, side),
      matchLabels: labelsThatSingleOut(here, facts, appLabel),
      direction: side === 'ingress' ? 'Ingress' : 'Egress',
      peer: peerOf(other, namespace, facts, appLabel),
      ports: part.asked === undefined ? undefined : policyPorts(part.asked),
    },
  ];
}

function peerOf(end: Endpoint, here: string, facts: AnalysisInput, appLabel: string): object {
  if (!isWorkload(end)) return { ipBlock: end };
  const { namespace } = end.workload;
  const elsewhere = { namespaceSelector: namespaceNamed(namespace) };
  const matchLabels = labelsThatSingleOut(end, facts, appLabel);
  return { ...(namespace === here ? {} : elsewhere), podSelector: { matchLabels } };
}

function policyPorts(ports: PortSet): readonly object[] {
  return protocols.flatMap((protocol) =>
    ports[protocol].map(({ first, last }) => ({
      protocol,
      port: first,
      ...(first === last ? {} : { endPort: last }),
    })),
  );
}
