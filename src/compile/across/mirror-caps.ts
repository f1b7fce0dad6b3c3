// How much the mirrors of one namespace may write into another: nobody floods another namespace with policies that its
// teams can't delete. Whole routes are left out, the newest first. Must not know whether a mirror is due, nor who gets a status.

import { canonicalJson } from '../../model/network-policy.ts';
import { compareText, formatKey } from '../../model/object-key.ts';
import type { Labels } from '../../model/selectors.ts';
import type { ProfileFacts } from '../../view/cluster-view.ts';
import type { AllowRule } from '../local/allow-rule.ts';
import type { IngressRoute } from '../local/resolve-routes.ts';
import { mirrorsFrom } from './mirrors.ts';

/** The maximum number of mirror policies (one for each set of pods), and of bytes of their rules. */
export interface MirrorCap {
  readonly policies: number;
  readonly bytes: number;
}

/** From one namespace into another. */
export const capOfPair: MirrorCap = { policies: 50, bytes: 500_000 };
/** From all others into one namespace. */
export const capOfAll: MirrorCap = { policies: 500, bytes: 5_000_000 };

/** An ingress rule that is mirrored in another namespace, and its cost there. */
export interface MirroredRoute {
  readonly profile: Pick<ProfileFacts, 'namespace' | 'name' | 'created'>;
  readonly ingressRoute: IngressRoute;
  readonly allowRules: readonly AllowRule[];
}

/** A route that is not mirrored in another namespace. */
export interface CappedRoute {
  readonly namespace: string;
  readonly profile: string;
  readonly route: string;
}

/** An ingress rule that is mirrored wherever it lets somebody in. */
export type MirrorableRoute = Pick<MirroredRoute, 'profile' | 'ingressRoute'>;

/** The cost of the ingress rules of one namespace in another with these labels; rules without a mirror there are left out. */
export function mirroredIn(labels: Labels, mirrorable: readonly MirrorableRoute[]): readonly MirroredRoute[] {
  return mirrorable
    .map(({ profile, ingressRoute }) => ({
      profile,
      ingressRoute,
      allowRules: mirrorsFrom(profile.namespace, ingressRoute.allowRule, labels),
    }))
    .filter(({ allowRules }) => allowRules.length > 0);
}

/** What fits into a limit, and what exceeds it. */
export interface Capped<Item, LeftOut = Item> {
  readonly within: readonly Item[];
  readonly overLimit: readonly LeftOut[];
}

/** The routes that fit, the oldest first; one that does not fit is left out as a whole, and later ones may still fit. */
export function withinCap(routes: readonly MirroredRoute[], cap: MirrorCap): Capped<MirroredRoute> {
  const within: MirroredRoute[] = [];
  const overLimit: MirroredRoute[] = [];
  const pods = new Set<string>();
  let bytes = 0;
  for (const route of [...routes].sort(byAge)) {
    const added = new Set(route.allowRules.map((allowRule) => canonicalJson(allowRule.pods))).difference(
      pods,
    );
    const size = route.allowRules.reduce((sum, { rule }) => sum + JSON.stringify(rule).length, 0);
    if (pods.size + added.size > cap.policies || bytes + size > cap.bytes) {
      overLimit.push(route);
      continue;
    }
    for (const each of added) pods.add(each);
    bytes += size;
    within.push(route);
  }
  return { within, overLimit };
}

/** Profiles from files have no creation time: they are ordered by name, after all others. */
function byAge(
  { profile: a, ingressRoute: one }: MirroredRoute,
  { profile: b, ingressRoute: other }: MirroredRoute,
): number {
  const last = '~';
  return (
    compareText(a.created ?? last, b.created ?? last) ||
    compareText(formatKey(a), formatKey(b)) ||
    compareText(one.route.name, other.route.name)
  );
}

/**
 * What one namespace exposes to a controller elsewhere and fits, by the names of the exposing objects: whole objects are left
 * out. The number of policies depends only on the controller's pods, which the platform defines.
 */
export function exposedWithinCap<Exposed extends { readonly origin: string; readonly allowRule: AllowRule }>(
  exposed: readonly Exposed[],
): Capped<Exposed, string> {
  const within: Exposed[] = [];
  const overLimit: string[] = [];
  let bytes = 0;
  const byOrigin = [...Map.groupBy(exposed, ({ origin }) => origin)].sort(([a], [b]) => compareText(a, b));
  for (const [origin, some] of byOrigin) {
    const size = some.reduce((sum, { allowRule }) => sum + JSON.stringify(allowRule.rule).length, 0);
    if (bytes + size > capOfPair.bytes) {
      overLimit.push(origin);
      continue;
    }
    bytes += size;
    within.push(...some);
  }
  return { within, overLimit };
}
