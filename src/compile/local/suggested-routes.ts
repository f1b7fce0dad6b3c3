// Routes that a hint suggests for a namespace, and whether its guardrails would accept them: a hint must not lead into a refusal.
// Must not know why a route is suggested.
import type { Route } from '../../api/route.ts';
import { suggestRoute } from '../../api/suggested-profile.ts';
import type { LocalNamespace } from './local-namespace.ts';
import { resolveRoute } from './resolve-routes.ts';

/** As a hint: the route to add, or whom to ask if guardrails do not allow it. */
export function hintToAdd(here: LocalNamespace, route: Route): string {
  return objectionTo(here, route) ?? `add to a profile in \`${here.facts.name}\`:\n${suggestRoute(route)}`;
}

/** Why the guardrails of a namespace would refuse a route, and whom to ask; `undefined` if they would not. */
export function objectionTo(
  { guardrails, context, facts }: LocalNamespace,
  route: Route,
): string | undefined {
  const objection = guardrails?.objectionTo(resolveRoute(route, context));
  if (objection === undefined) return undefined;
  const { message, hint } = objection;
  const whom = hint === undefined ? '' : `; ${hint}`;
  return `no route of \`${facts.name}\` may allow it: ${message}${whom}`;
}
