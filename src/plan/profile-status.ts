// The status of a team's profile, from its compiled namespace.
// Ready does not wait for another team (Consented does), so that GitOps tools never deadlock on two teams.

import type { AppNetworkProfileStatus, RouteStatus } from '../api/app-network-profile.ts';
import type { Condition } from '../api/conditions.ts';
import { formatProblem, type Problem } from '../api/decode.ts';
import { type CompiledRoute, messageWithHint } from '../compile/across/route-states.ts';
import type { CompiledNamespace } from '../compile/compile.ts';
import type { OutsideReason } from '../compile/platform/membership.ts';
import type { CompiledProfile } from '../compile/policies/profile-policies.ts';
import { andMore, quoteSome } from '../model/counted.ts';
import { compareText } from '../model/object-key.ts';
import type { ProfileFacts } from '../view/cluster-view.ts';
import type { Failure } from './failure.ts';
import {
  type ConditionWithoutTime,
  condition,
  shorten,
  stalledConditions,
  storedConditions,
} from './status.ts';

/** How far the policies of a namespace are written, as seen from one profile in it. */
export interface WriteProgress {
  /** How many policies this profile owns. */
  readonly owned: number;
  /** Whether one of its policies is not as desired. */
  readonly isIncomplete: boolean;
  /** Why not every policy of the namespace is in place; absent if all are. */
  readonly failure?: Failure | undefined;
}

/** What the status is made from. */
export interface ProfileStatusInput {
  readonly profile: ProfileFacts;
  /** Absent if there is no platform profile. */
  readonly compiled: CompiledNamespace | undefined;
  /** The part of `compiled` about this profile. */
  readonly compiledProfile: CompiledProfile | undefined;
  /** What stays of it while it can't be read; absent if nothing does. */
  readonly frozen?: FrozenPolicies | undefined;
  readonly writing: WriteProgress;
  readonly previous: AppNetworkProfileStatus;
  /** RFC 3339. */
  readonly now: string;
}

/** What stays of a profile that can't be read. */
export interface FrozenPolicies {
  /** The names of the policies that it owns. */
  readonly own: readonly string[];
  /** The namespaces that contain mirrors of the ingress rules of its namespace. */
  readonly mirroredIn: readonly string[];
}

/** The status to show. */
export function profileStatus(input: ProfileStatusInput): AppNetworkProfileStatus {
  const { profile, compiled, compiledProfile, frozen, previous, writing, now } = input;
  const found = routesOf(profile, compiled, compiledProfile?.routes ?? []) ?? previous.routes ?? [];
  const routes = profile.decoded.ok ? found.map((route) => asWritten(route, writing)) : found;
  const conditions = profile.decoded.ok
    ? readConditions(compiled, found, writing)
    : invalidConditions(profile.decoded.error, frozen);
  return {
    observedGeneration: profile.generation,
    policies: writing.owned,
    counts: countRoutes(routes),
    routes,
    conditions: storedConditions(conditions, profile.generation, previous, now),
  };
}

/** The state of each route; `undefined` if the profile can't be read. */
function routesOf(
  { decoded }: ProfileFacts,
  compiled: CompiledNamespace | undefined,
  routes: readonly CompiledRoute[],
): readonly RouteStatus[] | undefined {
  if (!decoded.ok) return undefined;
  const open = whyNotRinged(compiled);
  if (open === undefined)
    return routes.map((route) => routeStatus(route, compiled?.enforcement === 'DryRun'));
  const { reason, why } = open;
  return decoded.value.spec.routes.map(({ name }) => ({
    name,
    state: 'NotNeeded',
    reason,
    message: `Ringfence denies nothing here: ${why}`,
  }));
}

const whyOutside: Readonly<Record<OutsideReason, string>> = {
  OperatorNamespace: 'the operator runs in the namespace',
  Excluded: 'the namespace is excluded, as a system namespace or by the platform profile',
  NotSelected: 'the platform profile does not select the namespace',
  NoProfileYet: 'no profile in this system namespace can be read',
};

/** Why a namespace has no ring, not even one in a dry run; `undefined` if it has one. */
export function whyNotRinged(
  compiled: CompiledNamespace | undefined,
): { readonly reason: string; readonly why: string } | undefined {
  if (compiled === undefined) {
    return { reason: 'NoPlatformProfile', why: 'there is no PlatformNetworkProfile `default`' };
  }
  const { outsideReason, enforcement } = compiled;
  if (outsideReason !== undefined) return { reason: outsideReason, why: whyOutside[outsideReason] };
  return enforcement === 'Off' ? { reason: 'Off', why: 'the namespace is not enforced (Off)' } : undefined;
}

/** The maximum length of a suggestion; YAML that is cut can't be pasted, so a longer one is left out. */
const suggestionLength = 2048;

function routeStatus(compiled: CompiledRoute, isDryRun: boolean): RouteStatus {
  const { route, state, reason, suggestion } = compiled;
  return {
    name: route.name,
    state,
    reason: isDryRun && reason === 'Active' ? 'DryRun' : reason,
    message: shorten(messageWithHint(compiled)),
    ...(suggestion === undefined || [...suggestion].length > suggestionLength ? {} : { suggestion }),
  };
}

/** A route is Active when its policies are written: if they can't be written, it waits for that. */
function asWritten(route: RouteStatus, { isIncomplete, failure }: WriteProgress): RouteStatus {
  if (failure === undefined || !isIncomplete || route.state !== 'Active') return route;
  const { reason, message } = failure;
  return { ...route, state: 'Pending', reason, message: shorten(`its rule can't be written: ${message}`) };
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
  writing: WriteProgress,
): readonly ConditionWithoutTime[] {
  const of = (state: RouteStatus['state']) => routes.filter((route) => route.state === state);
  const [rejected, pending] = [of('Rejected'), of('Pending')];
  const accepted =
    rejected.length === 0
      ? condition('Accepted', 'True', 'Accepted', 'every route is accepted')
      : condition('Accepted', 'False', 'RoutesRejected', firstOf(rejected, 'is Rejected'));
  const programmed = programmedCondition(compiled, writing);
  const consented =
    pending.length === 0
      ? condition('Consented', 'True', 'Consented', 'no route waits')
      : condition('Consented', 'False', 'RoutesPending', firstOf(pending, 'waits'));
  const ready = { ...(accepted.status === 'True' ? programmed : accepted), type: 'Ready' };
  return [accepted, programmed, consented, ready];
}

/** The first of some routes, with its message, and how many more there are. */
function firstOf([first, ...rest]: readonly RouteStatus[], what: string): string {
  const more = rest.length === 0 ? '' : ` (${andMore(rest.length)})`;
  return `route \`${first?.name}\` ${what}: ${first?.message}${more}`;
}

function programmedCondition(
  compiled: CompiledNamespace | undefined,
  { owned, failure }: WriteProgress,
): ConditionWithoutTime {
  const of = (status: Condition['status'], reason: string, message: string) =>
    condition('Programmed', status, reason, message);
  const open = whyNotRinged(compiled);
  if (compiled === undefined)
    return of('False', 'NoPlatformProfile', `${open?.why}: a platform engineer has to create it`);
  if (failure !== undefined)
    return of(
      'False',
      failure.reason,
      `not every policy of the namespace is in place; the operator retries until it succeeds: ${failure.message}`,
    );
  // Nothing has to be written, so nothing is missing: a GitOps tool must not wait for the platform to enforce.
  if (open !== undefined) return of('True', open.reason, `${open.why}: no policy has to be written in it`);
  if (compiled.enforcement === 'DryRun')
    return of('True', 'DryRun', 'the namespace is in a dry run: no policy has to be written in it');
  const written = owned === 0 ? 'it needs no policy of its own' : 'its policies are written';
  return of('True', 'Programmed', written);
}

function invalidConditions(
  problems: readonly Problem[],
  frozen: FrozenPolicies | undefined,
): readonly ConditionWithoutTime[] {
  const reason = 'InvalidProfile';
  const tail =
    frozen === undefined
      ? 'until that is fixed, none of its routes is in force'
      : 'until that is fixed, its policies stay as they are, except for what guardrails forbid';
  return [
    ...stalledConditions('False', reason, `${problems.map(formatProblem).join('; ')}; ${tail}`),
    ...(frozen === undefined ? [] : [condition('Frozen', 'True', reason, frozenMessage(frozen))]),
  ];
}

/** Which policies stay; the condition's `lastTransitionTime` says since when. */
function frozenMessage({ own, mirroredIn }: FrozenPolicies): string {
  const mirrors =
    mirroredIn.length === 0 ? '' : `; so do the mirrors of its routes in ${listFirst(mirroredIn)}`;
  return own.length === 0
    ? `it has no policy of its own${mirrors}`
    : `these policies stay as they are, as far as guardrails allow: ${listFirst(own)}${mirrors}`;
}

const maxListed = 10;

/** The first of some names, sorted, and how many more there are. */
function listFirst(names: readonly string[]): string {
  return quoteSome([...names].sort(compareText), maxListed);
}
