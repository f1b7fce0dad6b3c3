// Constructors of Events (events.k8s.io/v1) for what people should know. Pure.
// An Event regards a profile or a policy in the tenant's namespace, never the Namespace, whose Events nobody sees.
// Must not know which Events were sent before: equal Events have equal names, and the API server refuses the second one.

import { type CompiledRoute, messageWithHint } from '../compile/across/route-states.ts';
import type { CompiledProfile } from '../compile/policies/profile-policies.ts';
import { type Finding, type FindingCode, findingKinds, severityOf } from '../model/findings.ts';
import { compareText, type ObjectKey } from '../model/object-key.ts';
import { apiVersion } from '../model/policies.ts';
import { denyNames, eventName, pauseName } from '../model/policy-names.ts';
import { type Drift, describeDrift } from './drift.ts';
import { type Failure, stableText } from './failure.ts';
import { shortenToBytes } from './status.ts';

/** The object that an Event is about. */
interface Regarding extends ObjectKey {
  readonly apiVersion: string;
  readonly kind: string;
  readonly uid?: string;
}

/** An Event, before its time is known. */
export interface EventDraft {
  /** Unique for each thing to report about an object. */
  readonly name: string;
  readonly namespace: string;
  readonly regarding: Regarding;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly note: string;
}

/** The facts to report about. */
export interface EventSources {
  readonly namespace: string;
  readonly profiles: readonly CompiledProfile[];
  readonly findings: readonly Finding[];
  /** Why not all of its policies are in place. */
  readonly failure?: Failure | undefined;
  /** The uid of the NetworkPolicy with this name, if it exists. */
  readonly uidOfPolicy: (name: string) => string | undefined;
}

/** The Events about a namespace: routes that do not work, or not as they should, and findings above the severity `info`. */
export function eventDraftsOf(sources: EventSources): readonly EventDraft[] {
  const { namespace, profiles, failure, uidOfPolicy } = sources;
  // Something that is both a failure and a finding is reported once: at its policies if it is about policies, or else as the failure.
  const isFailure = ({ code }: Finding) => code === failure?.reason;
  const areReportedAtPolicies = sources.findings.some(
    (each) => isFailure(each) && each.subject.kind === 'NetworkPolicy',
  );
  const findings = sources.findings.filter((each) => areReportedAtPolicies || !isFailure(each));
  const uids = new Map(profiles.map(({ profile }) => [profile.name, profile.uid]));
  const regarding = ({ code, subject }: Finding): Regarding => {
    const uid = subject.kind === 'AppNetworkProfile' ? uids.get(subject.name) : undefined;
    if (uid !== undefined) return regardingProfile({ namespace, name: subject.name, uid });
    const deny = denyNames[egressFindings.has(code) ? 'Egress' : 'Ingress'];
    const name =
      subject.kind === 'NetworkPolicy'
        ? subject.name
        : subject.kind === 'NetworkPause' && code !== 'InvalidPause'
          ? pauseName
          : deny;
    return regardingPolicy({ namespace, name }, uidOfPolicy(name));
  };
  const ofRoutes = profiles.flatMap(({ profile, routes }) =>
    routes
      .filter(needsAttention)
      .map((route) => draftEvent(regardingProfile(profile), route.reason, formatRoute(route))),
  );
  const ofFindings = findings
    .filter((finding) => severityOf(finding) !== 'info')
    .map((finding) => draftEvent(regarding(finding), finding.code, formatFinding(finding)));
  return [...ofRoutes, ...ofFindings, ...(areReportedAtPolicies ? [] : ofFailure(sources))];
}

/** One Event for any number of profiles: it regards the first of them, or the default deny if there is none. */
function ofFailure({ namespace, profiles, failure, uidOfPolicy }: EventSources): readonly EventDraft[] {
  if (failure === undefined) return [];
  const [first] = profiles.map(({ profile }) => profile).sort((a, b) => compareText(a.name, b.name));
  const name = denyNames.Ingress;
  const regarding =
    first === undefined ? regardingPolicy({ namespace, name }, uidOfPolicy(name)) : regardingProfile(first);
  const text = `not every policy of the namespace is in place: ${failure.message}`;
  return [draftEvent(regarding, failure.reason, text, stableText(failure))];
}

/** A drift that was corrected. */
export interface CorrectedDrift {
  readonly namespace: string;
  /** The name of the policy. */
  readonly policy: string;
  readonly drift: Drift;
  /** The policy as it is now; absent if it no longer exists. */
  readonly now: { readonly uid: string; readonly resourceVersion: string } | undefined;
  /** How many other drifts of the namespace have no Event. */
  readonly suppressed: number;
}

/** The Event about a corrected drift: each drift has its own. */
export function driftEventDraft({ namespace, policy, drift, now, suppressed }: CorrectedDrift): EventDraft {
  const rest =
    suppressed === 0
      ? ''
      : ` (${suppressed} more in this namespace since the last such Event are in the log)`;
  const regarding = regardingPolicy({ namespace, name: policy }, now?.uid ?? drift.uid);
  const which = `${regarding.uid} ${now?.resourceVersion}`;
  return draftEvent(regarding, 'DriftCorrected', `${describeDrift(drift)}${rest}`, which);
}

/** The Event that a namespace is no longer paused. @param uid that of the deleted policy */
export function pauseEndedDraft(namespace: string, uid: string): EventDraft {
  const regarding = regardingPolicy({ namespace, name: pauseName }, uid);
  const text = `\`${namespace}\` is no longer paused: only what its policies allow is allowed`;
  return { ...draftEvent(regarding, 'PauseEnded', text, uid), type: 'Normal' };
}

/** The Event that policies are not in force. The profile is in no namespace: its Events are in `default`, as Kubernetes asks. */
export function notEnforcedDraft(
  platform: { readonly name: string; readonly uid: string },
  text: string,
): EventDraft {
  const { name, uid } = platform;
  const regarding = { apiVersion, kind: 'PlatformNetworkProfile', namespace: 'default', name, uid };
  return draftEvent(regarding, 'NotEnforced', text);
}

/** The Event of a draft. `now` is RFC 3339 with microseconds. */
export function eventOf(draft: EventDraft, instance: string, now: string): object {
  const { name, namespace, ...fields } = draft;
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name, namespace },
    eventTime: now,
    action: 'Reconcile',
    reportingController: 'ringfence.dev/operator',
    reportingInstance: instance,
    ...fields,
  };
}

function needsAttention({ state, reason }: CompiledRoute): boolean {
  if (state === 'Rejected' || state === 'Pending') return true;
  return reason !== 'Active' && findingKinds[reason].severity !== 'info';
}

/** With what to do about it. YAML that is cut can't be pasted: the status of the profile has all of it. */
function formatRoute(compiled: CompiledRoute): string {
  const { route, hint, suggestion } = compiled;
  const text = `route \`${route.name}\`: ${messageWithHint(compiled)}`;
  if (hint === undefined || suggestion === undefined) return text;
  const whole = `${text}; ${hint}\n${suggestion}`;
  return Buffer.byteLength(whole) <= noteBytes
    ? whole
    : `${text}; what to write is the \`suggestion\` in the status of the profile`;
}

function formatFinding({ path = '', message, hint }: Finding): string {
  return `${path === '' ? '' : `${path}: `}${message}; ${hint}`;
}

/** `NoteLengthLimit` in Kubernetes' `pkg/apis/core/validation/events.go`: a longer note, in bytes, is refused. */
const noteBytes = 1024;

/** @param content what distinguishes it from earlier Events with this reason; absent: its text */
function draftEvent(regarding: Regarding, reason: string, text: string, content?: string): EventDraft {
  const note = shortenToBytes(text, noteBytes);
  const { kind, namespace, name } = regarding;
  return {
    name: eventName(name, [kind, identityOf(regarding), name, reason, content ?? note]),
    namespace,
    regarding,
    type: 'Warning',
    reason,
    note,
  };
}

/**
 * A profile that was recreated under the same name is a different one. A restored policy counts as the same, so nothing is reported twice;
 * but what a dry run reported, when there was no policy, is reported again with its uid.
 */
function identityOf({ kind, uid }: Regarding): string | boolean | undefined {
  return kind === 'NetworkPolicy' ? uid !== undefined : uid;
}

/** `kubectl describe`, Argo CD and others find an Event by the uid. */
function regardingProfile({ namespace, name, uid }: ObjectKey & { readonly uid: string }): Regarding {
  return { apiVersion, kind: 'AppNetworkProfile', namespace, name, uid };
}

/** Findings about the egress of a whole namespace; all others are about ingress. */
const egressFindings: ReadonlySet<FindingCode> = new Set([
  'DnsUnknown',
  'ApiServerUnknown',
  'ClusterRangesUnknown',
]);

function regardingPolicy({ namespace, name }: ObjectKey, uid: string | undefined): Regarding {
  const policy = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', namespace, name };
  return { ...policy, ...(uid === undefined ? {} : { uid }) };
}
