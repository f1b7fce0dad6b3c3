// Why the guardrails of a namespace would refuse a route that a hint is about to show.
// Must not know why a route is suggested, nor what else is known of the namespace.
import type { Route } from '../../api/route.ts';
import type { RouteContext } from '../../routes/route-end.ts';
import type { Guardrails } from './guardrails.ts';
import { resolveRoute } from './resolve-routes.ts';

/** A namespace, as far as its guardrails know it. */
export interface Guarded {
  readonly context: RouteContext;
  /** What the platform profile allows its routes; `undefined` if it sets no limit. */
  readonly guardrails: Guardrails | undefined;
}

/** Why they would refuse a route, and whom to ask; `undefined` if they would not. */
export function objectionTo({ guardrails, context }: Guarded, route: Route): string | undefined {
  const objection = guardrails?.objectionTo(resolveRoute(route, context));
  if (objection === undefined) return undefined;
  const { message, hint } = objection;
  const whom = hint === undefined ? '' : `; ${hint}`;
  return `no route of \`${context.namespace}\` may allow it: ${message}${whom}`;
}
