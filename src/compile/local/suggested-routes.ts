// Routes that a hint suggests for a namespace: where to add them, and whether its guardrails would accept them, so that a hint does not
// lead into a refusal. Must not know why a route is suggested.
import type { Route } from '../../api/route.ts';
import { type SuggestedRoute, suggestProfile, suggestRoute } from '../../api/suggested-profile.ts';
import type { ObjectKey } from '../../model/object-key.ts';
import { fittingProfile } from './fitting-profile.ts';
import type { LocalNamespace } from './local-namespace.ts';
import { objectionTo } from './route-objections.ts';

/** What to do about a route that another namespace has to add. */
export interface Advice {
  readonly hint: string;
  /** What to add there, as YAML: a profile, or entries for one that exists; absent if its guardrails would refuse it. */
  readonly suggestion?: string;
}

/** As a hint: the route to add, or whom to ask if guardrails do not allow it. */
export function hintToAdd(here: LocalNamespace, route: Route): string {
  const objection = objectionTo(here, route);
  if (objection !== undefined) return objection;
  const { profile, added } = fittingIn(here, route) ?? { profile: undefined, added: [route] };
  const where = profile === undefined ? 'a profile' : `\`spec.routes\` of profile \`${profile.name}\``;
  return `add to ${where} in \`${here.facts.name}\`:\n${entriesOf(added)}`;
}

/** A route that another namespace lacks. */
export interface Lacking<R extends SuggestedRoute> {
  readonly route: R;
  /** The name of a new profile: one per route, so that applying a second suggestion does not overwrite the first. */
  readonly profileName: string;
  /** The namespace of the team that reads this. */
  readonly reader: string;
}

/** The route that the team of a namespace has to add, or whom to ask if guardrails there do not allow it. */
export function adviceToAdd(there: LocalNamespace, lacking: Lacking<Route>): Advice {
  const objection = objectionTo(there, lacking.route);
  return objection === undefined ? additionIn(there, lacking) : { hint: objection };
}

/** The same without asking its guardrails. */
export function additionIn(
  there: LocalNamespace,
  { route, profileName, reader }: Lacking<SuggestedRoute>,
): Required<Advice> {
  const namespace = there.facts.name;
  const fitting = fittingIn(there, route);
  return {
    hint: reader === namespace ? 'add this:' : `ask the team of \`${namespace}\` to add this:`,
    suggestion:
      fitting === undefined
        ? suggestProfile(namespace, profileName, route)
        : `${placeOf({ namespace, name: fitting.profile.name })}\n${entriesOf(fitting.added)}`,
  };
}

/** A status has only the YAML: it has to say itself where it belongs. */
function placeOf({ namespace, name }: ObjectKey): string {
  return `# in spec.routes of AppNetworkProfile ${namespace}/${name}`;
}

function entriesOf(routes: readonly SuggestedRoute[]): string {
  return routes.map(suggestRoute).join('\n');
}

function fittingIn({ profiles }: LocalNamespace, route: SuggestedRoute) {
  return fittingProfile(
    profiles.map(({ profile }) => profile),
    [route],
  );
}
