// The status of a team's profile, from what the compiler made of its namespace.
// Ready does not wait for another team (Consented does), so that GitOps tools never deadlock on two teams.
import type { AppNetworkProfileStatus, RouteStatus } from '../api/app-network-profile.ts';
import type { ProfileFacts } from '../api/cluster-view.ts';
import type { Condition } from '../api/conditions.ts';
import { formatProblem } from '../api/decode.ts';
import type { CompiledNamespace } from '../compile/compile.ts';
import type { CompiledRoute } from '../compile/routes.ts';
import { type ConditionNow, shorten, withTimes } from './status.ts';

/** What the status is made from. */
export interface ProfileStatusInput {
  readonly profile: ProfileFacts;
  /** Absent where there is no platform profile. */
  readonly compiled: CompiledNamespace | undefined;
  readonly previous: AppNetworkProfileStatus;
  /** RFC 3339. */
  readonly now: string;
}

/** The status to show. */
export function profileStatus({
  profile,
  compiled,
  previous,
  now,
}: ProfileStatusInput): AppNetworkProfileStatus {
  const isWritten = compiled?.enforcement === 'Enforce';
  const mine = compiled?.profiles.find((candidate) => candidate.profile.uid === profile.uid);
  const routes = profile.decoded.ok
    ? (mine?.routes ?? []).map((route) => routeStatus(route, isWritten))
    : (previous.routes ?? []);
  const conditions = (profile.decoded.ok ? readConditions(compiled, routes) : invalidConditions(profile)).map(
    (condition) => ({
      ...condition,
      observedGeneration: profile.generation,
      message: shorten(condition.message),
    }),
  );
  return {
    observedGeneration: profile.generation,
    policies: isWritten ? (mine?.policies.length ?? 0) : 0,
    counts: countRoutes(routes),
    routes,
    conditions: withTimes(conditions, previous.conditions ?? [], now),
  };
}

/** The longest suggestion; YAML that is cut can't be pasted, so that a longer one is left out. */
const suggestionLength = 2048;

function routeStatus(
  { route, state, reason, message, suggestion }: CompiledRoute,
  isWritten: boolean,
): RouteStatus {
  const isPlanned = state === 'Active' && !isWritten;
  return {
    name: route.name,
    state,
    reason: isPlanned ? 'DryRun' : reason,
    message: isPlanned ? 'its rule would be written; this is a dry run' : shorten(message),
    ...(suggestion === undefined || [...suggestion].length > suggestionLength ? {} : { suggestion }),
  };
}

function countRoutes(routes: readonly RouteStatus[]): NonNullable<AppNetworkProfileStatus['counts']> {
  const of = (state: RouteStatus['state']) => routes.filter((route) => route.state === state).length;
  return {
    routes: routes.length,
    active: of('Active'),
    notNeeded: of('NotNeeded'),
    pending: of('Pending'),
    rejected: of('Rejected'),
  };
}

function readConditions(
  compiled: CompiledNamespace | undefined,
  routes: readonly RouteStatus[],
): readonly ConditionNow[] {
  const of = (state: RouteStatus['state']) => routes.filter((route) => route.state === state);
  const [rejected, pending] = [of('Rejected'), of('Pending')];
  const accepted: ConditionNow =
    rejected[0] === undefined
      ? { type: 'Accepted', status: 'True', reason: 'Accepted', message: 'every route is understood' }
      : {
          type: 'Accepted',
          status: 'False',
          reason: 'RoutesRejected',
          message: firstOf(rejected, 'is Rejected'),
        };
  const programmed = programmedCondition(compiled);
  const consented: ConditionNow =
    pending[0] === undefined
      ? { type: 'Consented', status: 'True', reason: 'Consented', message: 'no route waits' }
      : { type: 'Consented', status: 'False', reason: 'RoutesPending', message: firstOf(pending, 'waits') };
  return [accepted, programmed, consented, readyCondition(accepted, programmed)];
}

/** The first of some routes, with its message, and how many more there are. */
function firstOf([first, ...rest]: readonly RouteStatus[], what: string): string {
  const more = rest.length === 0 ? '' : `; so ${rest.length === 1 ? 'is' : 'are'} ${rest.length} more`;
  return `route \`${first?.name}\` ${what}: ${first?.message}${more}`;
}

function readyCondition(accepted: ConditionNow, programmed: ConditionNow): ConditionNow {
  return { ...(accepted.status === 'True' ? programmed : accepted), type: 'Ready' };
}

function programmedCondition(compiled: CompiledNamespace | undefined): ConditionNow {
  const not = (reason: string, message: string): ConditionNow => ({
    type: 'Programmed',
    status: 'False',
    reason,
    message,
  });
  if (compiled === undefined) {
    return not(
      'NoPlatformProfile',
      'there is no PlatformNetworkProfile `default`: a platform engineer creates it',
    );
  }
  // Nothing is to be written, so nothing is missing: a GitOps tool must not wait for the platform to enforce.
  const vacuous = (reason: string, why: string): ConditionNow => ({
    type: 'Programmed',
    status: 'True',
    reason,
    message: `${why}: no policy is to be written in it`,
  });
  const { enforcement = 'Off', outside } = compiled;
  if (outside !== undefined) return vacuous(outside, 'the namespace is not ringed');
  if (enforcement !== 'Enforce')
    return vacuous(enforcement, `the namespace is not enforced (${enforcement})`);
  return { type: 'Programmed', status: 'True', reason: 'Programmed', message: 'its policies are written' };
}

function invalidConditions({ decoded }: ProfileFacts): readonly ConditionNow[] {
  const problems = decoded.ok ? [] : decoded.error;
  const message = `${problems.map(formatProblem).join('; ')}; its policies stay as they are until that is mended`;
  const of = (type: string, status: Condition['status']): ConditionNow => ({
    type,
    status,
    reason: 'InvalidProfile',
    message,
  });
  return [of('Accepted', 'False'), of('Programmed', 'Unknown'), of('Ready', 'False'), of('Stalled', 'True')];
}
