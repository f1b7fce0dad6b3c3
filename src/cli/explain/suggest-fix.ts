// What to write so that a denied connection is allowed: corrections of the route that was meant, or additions.
// Under guardrails, it says whom to ask, and offers no way around them.
import { type Endpoint, endpointKey, formatEndpoint, isWorkload } from '../../analyze/endpoints.ts';
import type { Explanation, SideExplanation } from '../../analyze/explain.ts';
import type { CompiledRoute } from '../../compile/across/route-states.ts';
import { compile } from '../../compile/compile.ts';
import { quoteSome } from '../../model/counted.ts';
import { groupsBy } from '../../model/groups.ts';
import { formatKey } from '../../model/object-key.ts';
import { type ClusterSnapshot, objectKey } from '../snapshot/cluster-snapshot.ts';
import { type Additions, changesFor, type RouteDraft } from './additions.ts';
import type { Question } from './answer.ts';
import { ChangeTrial, type TrialContext, type TriedChanges } from './change-trial.ts';
import { type AskedService, type DraftContext, routesFor, rulesFor, type Side } from './draft-additions.ts';
import type { KnownEnd, KnownEnds } from './known-addresses.ts';
import type { MeantRoute } from './meant-routes.ts';
import { type Correction, plainCorrections, portCorrections } from './route-corrections.ts';
import { isOnNodes, podsOf } from './single-out.ts';
import { profileObject, profileWithChanged, type SuggestedChange, withChanges } from './suggested-changes.ts';
import { withUsualPorts } from './usual-ports.ts';

/** The question, and the snapshot. */
export interface Denied extends TrialContext {
  readonly parts: readonly Explanation[];
  /** The question as it was asked; `question` is what was meant. */
  readonly asked: Question;
  /** What its ends are. */
  readonly known: KnownEnds;
  /** The routes that were probably meant for it. */
  readonly meant: readonly MeantRoute[];
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
  readonly effects?: TriedChanges['effects'];
  /** Why a team can add nothing that allows it, and who can: one for each namespace. */
  readonly obstacles?: readonly Objection[];
}

/** Looks for what to write; there is neither that nor an objection if nobody knows any. */
export function suggestFix(denied: Denied): Fix {
  const { snapshot, known, meant } = denied;
  const parts = denied.parts
    .filter(({ allowed }) => !allowed)
    .map((part) => withUsualPorts(part, snapshot.facts));
  if (differentPairs(parts, known) > maxParts) return { changes: [] };
  const context: DraftContext = { snapshot, known, ringed: ringedIn(snapshot) };
  const byLabels = additionsAtSides(parts, context);
  const service = serviceIn(denied.asked);
  const byService = service === undefined ? [] : combined(additionsAtSides(parts, { ...context, service }));
  const trial = new ChangeTrial(parts, denied);
  return (
    trial.first(plainCorrections(meant).flatMap((each) => corrected(each, snapshot))) ??
    trial.least([
      ...portCorrections(meant, snapshot.facts).flatMap((each) => corrected(each, snapshot)),
      ...[...byService, ...combined(byLabels)].map((each) => changesFor(each, snapshot)),
    ]) ??
    whyNot(changesFor({ routes: allRoutes(byLabels), rules: [] }, snapshot), parts, denied)
  );
}

/** What to add at each side. */
type AtSides = Readonly<Record<Side, Additions>>;

function additionsAtSides(parts: readonly Explanation[], context: DraftContext): AtSides {
  return {
    ingress: additionsAt('ingress', parts, context),
    egress: additionsAt('egress', parts, context),
  };
}

function allRoutes({ ingress, egress }: AtSides): readonly RouteDraft[] {
  return [...ingress.routes, ...egress.routes];
}

/** What may be enough: something at one side, or at both. */
function combined({ ingress, egress }: AtSides): readonly Additions[] {
  const routes = allRoutes({ ingress, egress });
  const rules = [...ingress.rules, ...egress.rules];
  // Often the egress opens by itself if the ingress is declared; without a ring, routes have no meaning.
  return [
    { routes: ingress.routes, rules: [] },
    { routes: egress.routes, rules: [] },
    { routes, rules: [] },
    { routes: [], rules: ingress.rules },
    { routes: [], rules: egress.rules },
    { routes: ingress.routes, rules: egress.rules },
    { routes: egress.routes, rules: ingress.rules },
    { routes: [], rules },
    { routes, rules },
  ];
}

/** The Service that the question names as the destination, and its port there. */
function serviceIn({ to, port }: Question): AskedService | undefined {
  return to.kind === 'service' ? { service: to.service, port } : undefined;
}

/** What to add at one side of everything that it denies. */
function additionsAt(side: Side, parts: readonly Explanation[], context: DraftContext): Additions {
  const closed = parts.flatMap((part) => lackingAt(part, side));
  return {
    routes: closed.flatMap((part) => routesFor(part, side, context)),
    rules: closed.flatMap((part) => rulesFor(part, side, context)),
  };
}

/** The profile with a correction, as the only change. */
function corrected(
  { namespace, profile, route, fields }: Correction,
  snapshot: ClusterSnapshot,
): readonly (readonly SuggestedChange[])[] {
  const object = profileObject({ namespace, name: profile }, snapshot);
  return object === undefined ? [] : [[profileWithChanged(object, route, fields)]];
}

/** Why routes do not help, and who can do something about it. */
function whyNot(changes: readonly SuggestedChange[], parts: readonly Explanation[], denied: Denied): Fix {
  const guarded = obstaclesTo(changes, denied, ({ reason }) => reason === 'BeyondGuardrails');
  if (guarded.length > 0)
    return {
      changes: [],
      obstacles: groupsBy(guarded, ({ why }) => why).map((alike) => {
        const names = alike.map(({ namespace }) => `\`${namespace}\``);
        return { what: `no route of ${names.join(' or ')} may allow it`, why: alike[0].why };
      }),
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
  const unplaced = endsOfUnknownNodes(parts, denied.snapshot);
  if (changes.length > 0 && unplaced.length > 0)
    return {
      changes,
      obstacles: [
        {
          what: 'it is not known whether what is suggested is enough',
          why: `the addresses of the nodes of ${quoteSome(unplaced, 5)} are not known`,
        },
      ],
    };
  const sides = (['ingress', 'egress'] as const).flatMap((side) =>
    parts.flatMap((part) => lackingAt(part, side)).map((part) => part[side]),
  );
  return { changes: [], obstacles: foreignObstacles(sides) };
}

/** The ends in the host network whose addresses are not known: a route to the nodes means them all the same. */
function endsOfUnknownNodes(
  parts: readonly Explanation[],
  { facts }: Pick<ClusterSnapshot, 'facts'>,
): readonly string[] {
  const ends = parts.flatMap(({ from, to }) => [from, to].filter(isWorkload));
  const unplaced = ends.filter(
    (end) => isOnNodes(end, facts) && podsOf(end, facts).some(({ addresses }) => addresses.length === 0),
  );
  return [...new Set(unplaced.map(formatEndpoint))];
}

/** A route needs one entry for an end that the question names, however many ranges and pods that means. */
function differentPairs(parts: readonly Explanation[], known: KnownEnds): number {
  const word = (end: Endpoint, about: KnownEnd | undefined) =>
    about?.isNamed ? about.name : endpointKey(end);
  return new Set(parts.map(({ from, to }) => `${word(from, known.from)} ${word(to, known.to)}`)).size;
}

/** The namespaces with a ring, or that get one when their dry run ends: there, a route is the only thing to add. */
export function ringedIn({ cluster }: ClusterSnapshot): ReadonlySet<string> {
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
