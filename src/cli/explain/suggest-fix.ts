// What to add so that a denied connection is allowed: routes if the namespace is ringed, NetworkPolicies if it is not.
// Under guardrails, it says whom to ask, and offers no way around them. Every suggestion is tested: the snapshot with it is compiled and the question is asked again.
import { analyze } from '../../analyze/analysis.ts';
import {
  type AddressEnd,
  type Endpoint,
  endpointKey,
  formatEndpoint,
  isWorkload,
  type WorkloadEnd,
} from '../../analyze/endpoints.ts';
import type { Explanation, SideExplanation } from '../../analyze/explain.ts';
import type { AnalysisInput } from '../../analyze/facts.ts';
import { withoutStandIns } from '../../analyze/stand-ins.ts';
import { suggestedName } from '../../api/suggested-profile.ts';
import type { CompiledRoute } from '../../compile/across/route-states.ts';
import { compile } from '../../compile/compile.ts';
import { type DeclaredIn, podsByLabels } from '../../compile/local/pods-by-labels.ts';
import { formatKey } from '../../model/object-key.ts';
import { isEveryPort, noPorts, type PortSet, portSets } from '../../model/port-set.ts';
import { portTexts } from '../../model/port-texts.ts';
import { protocols } from '../../model/ports.ts';
import { namespaceNamed } from '../../model/selectors.ts';
import { appLabelOf, type ClusterSnapshot, objectKey } from '../snapshot/cluster-snapshot.ts';
import { type Enforced, inForce } from '../snapshot/in-force.ts';
import { type Additions, changesFor, isNothing, type RouteDraft, type RuleDraft } from './additions.ts';
import { answer, type Question } from './answer.ts';
import type { KnownEnd, KnownEnds } from './known-addresses.ts';
import { countEffects, type SideEffects, sideEffects } from './side-effects.ts';
import { labelsThatSingleOut } from './single-out.ts';
import { type SuggestedChange, withChanges } from './suggested-changes.ts';
import { withUsualPorts } from './usual-ports.ts';

type Side = 'ingress' | 'egress';

/** The question, and the snapshot. */
export interface Denied {
  readonly question: Question;
  readonly parts: readonly Explanation[];
  /** What its ends are. */
  readonly known: KnownEnds;
  readonly snapshot: ClusterSnapshot;
  readonly enforced: Enforced;
  readonly operatorNamespace: string;
}

/** With more pairs than this, there is no suggestion: nobody would paste it. */
const maxParts = 10;

/** What stands in the way of an addition. */
export interface Objection {
  readonly what: string;
  /** Its reason, and who can do something about it. */
  readonly why: string;
}

/** What to do about a denial. */
export interface Fix {
  /** What to write so that it is allowed: all of it; empty if nobody knows. */
  readonly changes: readonly SuggestedChange[];
  /** What else it changes; absent if the suggestion has no effect until more is known. */
  readonly effects?: SideEffects;
  /** Why a team can add nothing that allows it, and who can: one for each namespace. */
  readonly obstacles?: readonly Objection[];
}

/** Looks for objects to add; there is neither a suggestion nor obstacles if nobody knows any. */
export function suggestFix(denied: Denied): Fix {
  const parts = denied.parts
    .filter(({ allowed }) => !allowed)
    .map((part) => withUsualPorts(part, denied.snapshot.facts));
  if (differentPairs(parts, denied.known) > maxParts) return { changes: [] };
  const ringed = ringedIn(denied.snapshot);
  const waysAt = (side: Side) => {
    const closed = parts.flatMap((part) => lackingAt(part, side));
    return {
      closed,
      routes: closed.flatMap((part) => routesFor(part, side, denied)),
      rules: closed.flatMap((part) => rulesFor(part, side, denied.snapshot, ringed)),
    };
  };
  const [ingress, egress] = [waysAt('ingress'), waysAt('egress')];
  const [inward, outward] = [ingress.routes, egress.routes];
  // Often the egress opens by itself if the ingress is declared; without a ring, routes have no meaning.
  const candidates: readonly Additions[] = [
    { routes: inward, rules: [] },
    { routes: outward, rules: [] },
    { routes: [...inward, ...outward], rules: [] },
    { routes: [], rules: ingress.rules },
    { routes: [], rules: egress.rules },
    { routes: inward, rules: egress.rules },
    { routes: outward, rules: ingress.rules },
    { routes: [], rules: [...ingress.rules, ...egress.rules] },
    { routes: [...inward, ...outward], rules: [...ingress.rules, ...egress.rules] },
  ];
  const best = leastOf(candidates, parts, denied);
  if (best !== undefined) return best;
  const changes = changesFor({ routes: [...inward, ...outward], rules: [] }, denied.snapshot);
  const guarded = obstaclesTo(changes, denied, ({ reason }) => reason === 'BeyondGuardrails');
  if (guarded.length > 0)
    return {
      changes: [],
      obstacles: guarded.map(({ namespace, why }) => ({
        what: `no route of \`${namespace}\` may allow it`,
        why,
      })),
    };
  // What they wait for is known in the cluster, if not in these files.
  const waiting = obstaclesTo(
    changes,
    denied,
    ({ state, waitsFor }) => state === 'Pending' && waitsFor === undefined,
  );
  if (waiting.length > 0)
    return {
      changes,
      obstacles: waiting.map(({ why }) => ({ what: 'what is suggested waits until more is known', why })),
    };
  return {
    changes: [],
    obstacles: foreignObstacles([
      ...ingress.closed.map((part) => part.ingress),
      ...egress.closed.map((part) => part.egress),
    ]),
  };
}

/** A route needs one entry for an end that the question names, however many ranges and pods that means. */
function differentPairs(parts: readonly Explanation[], known: KnownEnds): number {
  const word = (end: Endpoint, about: KnownEnd | undefined) =>
    about?.isNamed ? about.name : endpointKey(end);
  return new Set(parts.map(({ from, to }) => `${word(from, known.from)} ${word(to, known.to)}`)).size;
}

/**
 * The first that allows what was asked about and nothing else; if there is none, the one with the fewest side effects.
 *
 * @param parts what is denied, with all ports that are to be opened
 */
function leastOf(
  candidates: readonly Additions[],
  parts: readonly Explanation[],
  denied: Denied,
): Fix | undefined {
  const factsOf = (snapshot: ClusterSnapshot) =>
    withoutStandIns(inForce(snapshot, denied.enforced).facts, denied.question.port);
  const before = factsOf(denied.snapshot);
  let best: (Fix & { readonly effects: SideEffects }) | undefined;
  for (const candidate of candidates.filter((each) => !isNothing(each))) {
    const changes = changesFor(candidate, denied.snapshot);
    const facts = factsOf(withChanges(denied.snapshot, changes, denied.operatorNamespace));
    const analysis = analyze(facts);
    const isOpen = parts.every(({ from, to, asked = noPorts }) =>
      analysis.explain(from, to).every(({ ports }) => portSets.covers(ports, asked)),
    );
    if (!isOpen || !answer(analysis, denied.question).allowed) continue;
    const effects = sideEffects(before, facts, parts);
    if (best === undefined || countEffects(effects) < countEffects(best.effects)) best = { changes, effects };
    if (countEffects(best.effects) === 0) break;
  }
  return best;
}

/** The namespaces with a ring, or that get one when their dry run ends: there, a route is the only thing to add. */
function ringedIn({ cluster }: ClusterSnapshot): ReadonlySet<string> {
  const { namespaces } = compile(cluster.view());
  const ringed = namespaces.filter(({ enforcement = 'Off' }) => enforcement !== 'Off');
  return new Set(ringed.map(({ namespace }) => namespace));
}

/** Why these routes do not help, for one of each namespace, and what to do. */
function obstaclesTo(
  changes: readonly SuggestedChange[],
  { snapshot, operatorNamespace }: Denied,
  isObstacle: (route: CompiledRoute) => boolean,
): readonly { readonly namespace: string; readonly why: string }[] {
  const { cluster } = withChanges(snapshot, changes, operatorNamespace);
  const changed = new Map(changes.map(({ object, routes }) => [formatKey(objectKey(object)), routes]));
  return compile(cluster.view()).namespaces.flatMap(({ namespace, profiles }) => {
    const compiled = profiles
      .flatMap(({ profile, routes }) =>
        routes.filter(({ route }) => changed.get(formatKey(profile))?.includes(route.name)),
      )
      .find(isObstacle);
    if (compiled === undefined) return [];
    return [{ namespace, why: `${compiled.message}; ${compiled.hint}` }];
  });
}

/** The policy of somebody else that denies: policies add up, but a route does not open what others close. */
function foreignObstacles(sides: readonly SideExplanation[]): readonly Objection[] {
  const foreign = sides.flatMap(({ policies }) => policies.filter(({ owner }) => owner === undefined));
  const [first] = foreign;
  if (first === undefined) return [];
  return [
    {
      what: 'a route does not open it',
      why: `\`${formatKey(first)}\`, which Ringfence did not write, denies it; change or delete that policy`,
    },
  ];
}

/** What a side must allow in addition: if both sides allow ports, but none in common, the ports of the other side. */
function lackingAt(part: Explanation, side: Side): readonly Explanation[] {
  if (!part[side].allows) return [part];
  const other = part[side === 'ingress' ? 'egress' : 'ingress'];
  return other.allows && part.asked === undefined ? [{ ...part, asked: other.ports }] : [];
}

/** A route in the namespace of the side that denies. */
function routesFor(part: Explanation, side: Side, { snapshot, known }: Denied): readonly RouteDraft[] {
  const here = side === 'ingress' ? part.to : part.from;
  if (!isWorkload(here)) return [];
  const { facts } = snapshot;
  const appLabel = appLabelOf(snapshot);
  const { namespace } = here.workload;
  const end = (each: Endpoint, about: KnownEnd | undefined) => {
    const isMeant = about?.end !== undefined && each !== here && (about.isNamed || !isWorkload(each));
    if (isMeant) return about.end;
    return isWorkload(each) ? podsEnd(each, facts, { namespace, appLabel }) : addressesEnd(each);
  };
  // The API server answers on ports of its own, which its end brings along.
  const ports = known.to?.bringsPorts ? undefined : portsOf(part);
  const [from, to] = [end(part.from, known.from), end(part.to, known.to)];
  return [{ namespace, name: nameOf(part, known), from, to, ports }];
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
  return asked === undefined || isEveryPort(asked) ? undefined : portTexts(asked).map(writtenPort);
}

/** A port in the format of a profile: a plain number stays a number in YAML. */
function writtenPort(text: string): number | string {
  return /^\d+$/.test(text) ? Number(text) : text;
}

/** A rule of a NetworkPolicy for the side that denies; none in a ringed namespace, whose platform would not expect it. */
function rulesFor(
  part: Explanation,
  side: Side,
  snapshot: ClusterSnapshot,
  ringed: ReadonlySet<string>,
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
