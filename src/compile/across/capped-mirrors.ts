// The status of routes that are not mirrored because the mirrors of one sender would exceed the limit of a receiver.
// Status only: mirrors-across.ts leaves out the same routes. Must not know the egress mode of the receiver.

import { quoteSome } from '../../model/counted.ts';
import { getOrInsert } from '../../model/groups.ts';
import { canonicalJson } from '../../model/network-policy.ts';
import { compareText } from '../../model/object-key.ts';
import { namespaceScopeOf } from '../../routes/index.ts';
import type { NamespaceFacts } from '../../view/cluster-view.ts';
import { eachSelectedBy } from '../../view/namespace-index.ts';
import type { LocalNamespace } from '../local/local-namespace.ts';
import type { IngressRoute } from '../local/resolve-routes.ts';
import { trusts } from '../platform/trust.ts';
import type { Compilation } from './compilation.ts';
import { capOfPair, type MirrorableRoute, mirroredIn, withinCap } from './mirror-caps.ts';

/** A route that lets in more namespaces is not checked for each of them. */
const maxSources = 200;
const maxNamed = 3;

/** The ingress rules of a namespace that are mirrored in others, as far as these allow it. */
export function mirrorableRoutes(
  run: Compilation,
  { facts, profiles }: LocalNamespace,
): readonly MirrorableRoute[] {
  const isTrusted = trusts(run.spec, facts);
  return profiles.flatMap(({ profile, routes }) =>
    routes.flatMap((ingressRoute) =>
      ingressRoute.kind === 'ingress' &&
      ingressRoute.missingFact === undefined &&
      (!ingressRoute.isWide || isTrusted)
        ? [{ profile, ingressRoute }]
        : [],
    ),
  );
}

/** For each ingress rule of a namespace that is not mirrored everywhere, the receivers that leave it out, as a sentence. */
export function cappedMirrors(run: Compilation, here: LocalNamespace): ReadonlyMap<IngressRoute, string> {
  const mirrorable = mirrorableRoutes(run, here);
  if (fitTogether(mirrorable)) return new Map();
  const cappedIn = new Map<IngressRoute, string[]>();
  for (const source of sourcesOf(run, here, mirrorable)) {
    for (const { ingressRoute } of withinCap(mirroredIn(source.labels, mirrorable), capOfPair).overLimit) {
      getOrInsert(cappedIn, ingressRoute, () => []).push(source.name);
    }
  }
  return new Map(
    [...cappedIn].map(([ingressRoute, names]) => [ingressRoute, cappedMessage(here.facts.name, names)]),
  );
}

// If all together fit into one receiver, no receiver needs a check.
function fitTogether(mirrorable: readonly MirrorableRoute[]): boolean {
  const rules = mirrorable.map(({ ingressRoute }) => ingressRoute.allowRule.rule);
  const pods = new Set(
    rules.flatMap(({ peers }) =>
      peers.map((peer) => canonicalJson('ipBlock' in peer ? {} : (peer.podSelector ?? {}))),
    ),
  );
  const bytes = rules.reduce((sum, rule) => sum + JSON.stringify(rule).length * rule.peers.length, 0);
  // The peer of a mirror is this namespace and its pods, which take less than this.
  return pods.size <= capOfPair.policies && bytes + mirrorable.length * 2_000 <= capOfPair.bytes;
}

/** The namespaces that are named, or selected by labels; those of the platform's systems have few kinds of pods. */
function sourcesOf(
  run: Compilation,
  here: LocalNamespace,
  mirrorable: readonly MirrorableRoute[],
): readonly NamespaceFacts[] {
  const found = new Map<string, NamespaceFacts>();
  for (const { ingressRoute } of mirrorable) {
    for (const facts of sourcesOfRoute(run, ingressRoute).take(maxSources)) {
      if (facts.name !== here.facts.name) found.set(facts.name, facts);
    }
  }
  return [...found.values()].sort((a, b) => compareText(a.name, b.name)).slice(0, maxSources);
}

function sourcesOfRoute({ view }: Compilation, { route }: IngressRoute): IteratorObject<NamespaceFacts> {
  const namespaceScope = namespaceScopeOf(route.from);
  if (namespaceScope === undefined || namespaceScope === 'declared') return Iterator.from([]);
  if ('selector' in namespaceScope) return Iterator.from(eachSelectedBy(view, namespaceScope.selector));
  const facts = view.namespaces.get(namespaceScope.name);
  return Iterator.from(facts === undefined ? [] : [facts]);
}

function cappedMessage(here: string, names: readonly string[]): string {
  return `it is not mirrored in ${quoteSome(names, maxNamed)}: the routes of \`${here}\` would create more than ${capOfPair.policies} policies or ${capOfPair.bytes / 1000} KB there, and older routes take precedence. Let in pods with fewer different selectors, or declare the egress there`;
}
