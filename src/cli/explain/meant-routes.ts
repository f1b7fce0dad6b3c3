// The routes that were probably meant to allow a denied connection: they name its ends, one of them perhaps with a slip, but are not in
// force, or for other pods or ports. Must not know what to suggest.
import { isWorkload } from '../../analyze/endpoints.ts';
import type { Explanation } from '../../analyze/explain.ts';
import { resolvePorts } from '../../analyze/rule-ports.ts';
import { type CompiledRoute, messageWithHint } from '../../compile/across/route-states.ts';
import { type CompiledNamespace, compile } from '../../compile/compile.ts';
import { policyPorts } from '../../model/policy-ports.ts';
import { portSets } from '../../model/port-set.ts';
import type { RouteEndValue } from '../../routes/index.ts';
import type { ClusterSnapshot } from '../snapshot/cluster-snapshot.ts';
import { stateWords } from '../snapshot/profile-findings.ts';
import type { KnownEnds } from './known-addresses.ts';
import { matchEnd, type Place, type Slip } from './route-slips.ts';
import { podsOf } from './single-out.ts';

/** More of these would hide the answer. */
const maxNotes = 3;

/** A route that was probably meant. */
export interface MeantRoute {
  /** The namespace that declares it. */
  readonly namespace: string;
  readonly profile: string;
  readonly compiled: CompiledRoute;
  /** At most one: with more, it means something else. */
  readonly slip: Slip | undefined;
  /** Its ends as they were probably meant. */
  readonly from: RouteEndValue;
  readonly to: RouteEndValue;
  /** What is denied that it was meant for. */
  readonly parts: readonly Explanation[];
}

/** The routes of both namespaces that were probably meant for what is denied: of these, the most probable kind. */
export function meantRoutes(
  parts: readonly Explanation[],
  known: KnownEnds,
  snapshot: ClusterSnapshot,
): readonly MeantRoute[] {
  const denied = parts.filter(({ allowed }) => !allowed);
  const declaring = new Set(
    denied.flatMap(({ from, to }) =>
      [from, to].flatMap((end) => (isWorkload(end) ? end.workload.namespace : [])),
    ),
  );
  if (declaring.size === 0) return [];
  const compiled = compile(snapshot.cluster.view()).namespaces.filter(({ namespace }) =>
    declaring.has(namespace),
  );
  const matched = (match: typeof matchRoute) =>
    compiled.flatMap((here) =>
      routesIn(here, snapshot).flatMap((declared) =>
        toMeant(
          declared,
          denied.flatMap((part) => match(declared, part, known) ?? []),
        ),
      ),
    );
  const meant = matched(matchRoute);
  const isCertain = ({ slip }: MeantRoute) => slip === undefined || slip.isPlain;
  if (meant.some(isCertain)) return meant.filter(isCertain);
  if (meant.length === 0) return matched(matchReversed);
  // Pods can't be the new ones of two that are gone.
  const gone = new Set(meant.flatMap(({ slip }) => slip?.gone ?? []));
  return gone.size > 1 ? meant.filter(({ slip }) => slip?.gone === undefined) : meant;
}

/** A route, and where it is declared. */
interface DeclaredRoute extends Place {
  readonly profile: string;
  readonly compiled: CompiledRoute;
}

function routesIn(
  { namespace, profiles }: CompiledNamespace,
  snapshot: ClusterSnapshot,
): readonly DeclaredRoute[] {
  return profiles.flatMap(({ profile, routes }) =>
    routes.map((compiled) => ({ namespace, snapshot, profile: profile.name, compiled })),
  );
}

function toMeant(
  { namespace, profile, compiled }: DeclaredRoute,
  matched: readonly MatchedRoute[],
): readonly MeantRoute[] {
  const [first] = matched;
  if (first === undefined) return [];
  const { slip, from, to } = first;
  return [{ namespace, profile, compiled, slip, from, to, parts: matched.map(({ part }) => part) }];
}

/** A route that was perhaps meant for one part of what is denied. */
interface MatchedRoute extends Pick<MeantRoute, 'slip' | 'from' | 'to'> {
  readonly part: Explanation;
}

function matchRoute(declared: DeclaredRoute, part: Explanation, known: KnownEnds): MatchedRoute | undefined {
  const { route } = declared.compiled;
  const source = matchEnd(route.from, { end: part.from, known: known.from }, declared);
  const target = matchEnd(route.to, { end: part.to, known: known.to }, declared);
  if (source === undefined || target === undefined) return undefined;
  const [slip, ...more] = [...source.slips, ...target.slips];
  if (more.length > 0) return undefined;
  // Of what is gone, any workload may be the new one: it has to be for the same ports, too.
  if (slip?.isPlain === false && !isForPorts(declared, part)) return undefined;
  return { slip, from: source.meant, to: target.meant, part };
}

/** A route whose `from` is the destination, and whose `to` is the source. */
function matchReversed(
  declared: DeclaredRoute,
  part: Explanation,
  known: KnownEnds,
): MatchedRoute | undefined {
  const { from, to } = declared.compiled.route;
  if (!isWorkload(part.from) || !isWorkload(part.to)) return undefined;
  const source = matchEnd(from, { end: part.to, known: known.to }, declared);
  const target = matchEnd(to, { end: part.from, known: known.from }, declared);
  const isReversed = source?.slips.length === 0 && target?.slips.length === 0;
  return isReversed ? { slip: reversed, from, to, part } : undefined;
}

const reversed: Slip = {
  says: 'leads the other way: `from` is the end that opens connections',
  isPlain: false,
};

function isForPorts({ compiled, snapshot }: DeclaredRoute, { asked, to: end }: Explanation): boolean {
  const { ports, to } = compiled.route;
  // Those of a Service are its own.
  if (ports === undefined || asked === undefined || 'service' in to) return true;
  const declared = isWorkload(end) ? podsOf(end, snapshot.facts).flatMap((pod) => pod.ports) : [];
  return portSets.covers(resolvePorts(policyPorts(ports), declared), asked);
}

/** A note on each route with a slip, or that is not in force: its state, and what to do about it. */
export function describeMeant(meant: readonly MeantRoute[]): readonly string[] {
  const notes = meant.flatMap(({ profile, compiled, slip }) => {
    const { route, state } = compiled;
    const name = `route \`${route.name}\` of profile \`${profile}\``;
    if (slip !== undefined) return [`${name} ${slip.says}`];
    // What is in force is among the reasons of the answer, or in no way concerned.
    if (state === 'Active' || state === 'NotNeeded') return [];
    return [`${name} is meant for this, but ${stateWords[state]}: ${messageWithHint(compiled)}`];
  });
  return notes.slice(0, maxNotes);
}
