// What is told at the sender of mirrors that would be too many in another namespace: which routes are not mirrored there.
// It is status only: mirrors-across.ts leaves the same routes out. Must not know how strict the egress there is.

import { canonicalJson } from '../../model/network-policy.ts';
import { compareText } from '../../model/object-key.ts';
import { endOf } from '../../routes/index.ts';
import type { NamespaceFacts } from '../../view/cluster-view.ts';
import { eachSelectedBy } from '../../view/namespace-index.ts';
import type { PlainNamespace } from '../local/local-namespace.ts';
import { trusts } from '../platform/trust.ts';
import type { Compilation } from './compilation.ts';
import { capOfPair, type MirroredRoute, mirroredIn, type RouteIn, withinCap } from './mirror-caps.ts';

type Way = Pick<MirroredRoute, 'profile' | 'wayIn'>;

/** Who lets in more does not look at each of them. */
const mostAsked = 200;
const mostTold = 3;

/** The ways in of a namespace that count for the egress of others, as far as these let them. */
export function mirroredWays(run: Compilation, { facts, profiles }: PlainNamespace): readonly Way[] {
  const isTrusted = trusts(run.spec, facts);
  return profiles.flatMap(({ profile, routes }) =>
    routes.flatMap((wayIn) =>
      wayIn.kind === 'in' && wayIn.awaits === undefined && (!wayIn.isWide || isTrusted)
        ? [{ profile, wayIn }]
        : [],
    ),
  );
}

/** For each way in of a namespace that is not mirrored everywhere, where it is not: as a sentence. */
export function cappedMirrors(run: Compilation, here: PlainNamespace): ReadonlyMap<RouteIn, string> {
  const ways = mirroredWays(run, here);
  if (fitAnywhere(ways)) return new Map();
  const lost = new Map<RouteIn, string[]>();
  for (const source of sourcesOf(run, here, ways)) {
    for (const { wayIn } of withinCap(mirroredIn(source.labels, ways), capOfPair).beyond) {
      lost.set(wayIn, [...(lost.get(wayIn) ?? []), source.name]);
    }
  }
  return new Map([...lost].map(([wayIn, names]) => [wayIn, tell(here.facts.name, names)]));
}

/** No need to look at other namespaces where all together would fit into one. */
function fitAnywhere(ways: readonly Way[]): boolean {
  const rules = ways.map(({ wayIn }) => wayIn.opening.rule);
  const pods = new Set(
    rules.flatMap(({ peers }) =>
      peers.map((peer) => canonicalJson('ipBlock' in peer ? {} : (peer.podSelector ?? {}))),
    ),
  );
  const bytes = rules.reduce((sum, rule) => sum + JSON.stringify(rule).length * rule.peers.length, 0);
  // A mirror has this namespace and its pods as its peer, which take less than this.
  return pods.size <= capOfPair.policies && bytes + ways.length * 2_000 <= capOfPair.bytes;
}

/** The namespaces that are named, or selected by labels; those of the platform's systems have few kinds of pods. */
function sourcesOf(run: Compilation, here: PlainNamespace, ways: readonly Way[]): readonly NamespaceFacts[] {
  const found = new Map<string, NamespaceFacts>();
  for (const facts of ways.flatMap(({ wayIn }) => [...sourcesOfRoute(run, wayIn).take(mostAsked)])) {
    if (facts.name !== here.facts.name) found.set(facts.name, facts);
  }
  return [...found.values()].sort((a, b) => compareText(a.name, b.name)).slice(0, mostAsked);
}

function sourcesOfRoute({ view }: Compilation, { route }: RouteIn): IteratorObject<NamespaceFacts> {
  const { end, held } = endOf(route.from);
  const places = end.places?.(held);
  if (places === undefined || places === 'declared') return Iterator.from([]);
  if ('selector' in places) return Iterator.from(eachSelectedBy(view, places.selector));
  const facts = view.namespaces.get(places.name);
  return Iterator.from(facts === undefined ? [] : [facts]);
}

function tell(here: string, names: readonly string[]): string {
  const told = names.slice(0, mostTold).map((name) => `\`${name}\``);
  const more = names.length > mostTold ? ` and ${names.length - mostTold} more` : '';
  return `it is not mirrored in ${told.join(', ')}${more}: the routes of \`${here}\` would come to more than ${capOfPair.policies} policies or ${capOfPair.bytes / 1000} KB there, and older ones go first. Let in pods by fewer different selectors, or declare the way out there`;
}
