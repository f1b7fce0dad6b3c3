// The status of the platform profile, from the records of all namespaces.
// The conditions are those that kstatus reads: Ready, and Stalled if only a person can help.

import type { Condition } from '../api/conditions.ts';
import { formatProblem } from '../api/decode.ts';
import type { Enforcement } from '../api/egress.ts';
import {
  type Discovered,
  type EnforcementStatus,
  maxFailing,
  type PlatformNetworkProfileStatus,
} from '../api/platform-status.ts';
import { andMore, count } from '../model/counted.ts';
import { type Finding, namespaceOfFinding, severityOf } from '../model/findings.ts';
import { compareText } from '../model/object-key.ts';
import type { PlatformFacts } from '../view/cluster-view.ts';
import type { Failure } from './failure.ts';
import {
  type ConditionWithoutTime,
  condition,
  shorten,
  stalledConditions,
  storedConditions,
} from './status.ts';

/** Where one namespace stands, as far as a status tells. */
export interface ReportedNamespace {
  readonly state: 'Outside' | 'Off' | 'DryRun' | 'Enforced' | 'Changing' | 'Failing';
  readonly policies: number;
  readonly findings: readonly Finding[];
  readonly failure: Failure | undefined;
}

/** What is known of whether policies are in force. */
export interface ReportedEnforcement {
  readonly condition: Pick<Condition, 'status' | 'reason' | 'message'>;
  /** Absent while nothing is tried. */
  readonly status?: EnforcementStatus;
}

/** What the status is made from. */
export interface PlatformStatusInput {
  readonly platform: PlatformFacts;
  /** Whether an earlier version stays in force, because the stored one can't be read. */
  readonly keepsEarlierVersion?: boolean;
  readonly previous: PlatformNetworkProfileStatus;
  /** What to keep over a restart. */
  readonly discovered: Discovered;
  /** By name of namespace. */
  readonly records: ReadonlyMap<string, ReportedNamespace>;
  /** Policies that Ringfence wrote and that exist now. */
  readonly policies: number;
  /** Findings about the profile as a whole. */
  readonly findings: readonly Finding[];
  /** Absent before this operator has looked: what an earlier one reported stays. */
  readonly enforced?: ReportedEnforcement | undefined;
  /** Namespaces that have not been reconciled yet. */
  readonly waiting: number;
  /** Whether they have waited so long that this has to be reported, whatever was reported before. */
  readonly isOverdue?: boolean;
  /** RFC 3339. */
  readonly now: string;
}

/** A status, and whether it is the previous one because not every namespace has been reconciled yet. */
export interface PlatformStatusResult {
  readonly status: PlatformNetworkProfileStatus;
  readonly isKept: boolean;
}

/** The status to show. */
export function platformStatus(input: PlatformStatusInput): PlatformStatusResult {
  const previous = { ...input.previous, discovered: input.discovered };
  const isKept = (input.platform.decoded.ok || input.keepsEarlierVersion === true) && keepsPrevious(input);
  const status = isKept ? previous : statusNow(input, previous);
  return { status: withEnforcement(status, input), isKept };
}

/** It depends neither on the profile nor on the namespaces. */
function withEnforcement(
  { enforcement: _, ...status }: PlatformNetworkProfileStatus,
  { enforced, platform, previous, now }: PlatformStatusInput,
): PlatformNetworkProfileStatus {
  const isEnforced = ({ type }: ConditionWithoutTime) => type === 'Enforced';
  const others = (status.conditions ?? []).filter((each) => !isEnforced(each));
  if (enforced === undefined) {
    const kept = (previous.conditions ?? []).filter(isEnforced);
    const { enforcement } = previous;
    return { ...status, ...(enforcement && { enforcement }), conditions: [...others, ...kept] };
  }
  const { status: value, reason, message } = enforced.condition;
  const own = [condition('Enforced', value, reason, message)];
  return {
    ...status,
    ...(enforced.status === undefined ? {} : { enforcement: enforced.status }),
    conditions: [...others, ...storedConditions(own, platform.generation, previous, now)],
  };
}

function statusNow(
  input: PlatformStatusInput,
  previous: PlatformNetworkProfileStatus,
): PlatformNetworkProfileStatus {
  const { platform, records, now } = input;
  const stored = (conditions: readonly ConditionWithoutTime[]) =>
    storedConditions(conditions, platform.generation, previous, now);
  if (!platform.decoded.ok) {
    const tail = input.keepsEarlierVersion
      ? 'until that is fixed, the last readable version stays in force, and nothing is pruned'
      : 'until that is fixed, everything stays as it is';
    const message = `${platform.decoded.error.map(formatProblem).join('; ')}; ${tail}`;
    return {
      ...previous,
      observedGeneration: platform.generation,
      ...(input.keepsEarlierVersion ? countsOf(input) : {}),
      conditions: stored(stalledConditions('False', 'InvalidProfile', message)),
    };
  }
  const { counts, failing } = countsOf(input);
  return {
    ...previous,
    observedGeneration: platform.generation,
    counts,
    failing,
    conditions: stored([
      condition('Accepted', 'True', 'Accepted', acceptedMessage(input)),
      ...progress(platform.decoded.value.spec.enforcement, input, counts),
      ...contested(records),
    ]),
  };
}

/**
 * Whether the previous status stays until every namespace is reconciled: after a restart, or when a namespace is created.
 * It stays if it was made from the same profile and no namespace that is already reconciled contradicts that it is
 * Ready, and not forever.
 */
function keepsPrevious({
  platform,
  previous,
  records,
  waiting,
  isOverdue = false,
}: PlatformStatusInput): boolean {
  const ready = previous.conditions?.find(({ type }) => type === 'Ready');
  if (waiting === 0 || isOverdue || ready === undefined) return false;
  if (previous.observedGeneration !== platform.generation) return false;
  const isContradicted = [...records.values()].some(
    ({ state }) => state === 'Failing' || state === 'Changing',
  );
  return ready.status !== 'True' || !isContradicted;
}

type Counts = NonNullable<PlatformNetworkProfileStatus['counts']>;
type Failing = NonNullable<PlatformNetworkProfileStatus['failing']>;

function countsOf({ records, policies }: PlatformStatusInput): { counts: Counts; failing: Failing } {
  const of = (state: ReportedNamespace['state']) =>
    [...records.values()].filter((record) => record.state === state).length;
  return {
    counts: {
      enforced: of('Enforced'),
      dryRun: of('DryRun'),
      off: of('Off'),
      transitioning: of('Changing'),
      failing: of('Failing'),
      policies,
      planned: [...records.values()].reduce(
        (sum, { state, policies: planned }) => sum + (state === 'DryRun' ? planned : 0),
        0,
      ),
    },
    failing: failingAmong(records).slice(0, maxFailing),
  };
}

/** The namespaces whose policies can't be written, by name. */
function failingAmong(records: ReadonlyMap<string, ReportedNamespace>): Failing {
  return [...records]
    .flatMap(([namespace, { failure }]) =>
      failure ? [{ namespace, ...failure, message: shorten(failure.message) }] : [],
    )
    .sort((a, b) => compareText(a.namespace, b.namespace));
}

function acceptedMessage({ findings, records }: PlatformStatusInput): string {
  const all = [...findings, ...[...records.values()].flatMap((record) => record.findings)];
  const remarks = all.filter((finding) => severityOf(finding) !== 'info');
  const [first] = remarks;
  if (first === undefined) return 'the profile is accepted';
  const namespace = namespaceOfFinding(first);
  const where = namespace === undefined ? '' : ` in \`${namespace}\``;
  return `the profile is accepted; ${count(remarks.length, 'finding')}${kindsAmong(remarks)}, the first${where}: ${first.code}: ${first.message}`;
}

/** How many there are of each kind, if there are several kinds: as in ` (200 DnsUnknown, 20 EntranceClosed)`. */
function kindsAmong(findings: readonly Finding[]): string {
  const kinds = [...Map.groupBy(findings, ({ code }) => code)]
    .map(([code, { length }]) => ({ code, length }))
    .sort((a, b) => b.length - a.length || compareText(a.code, b.code));
  return kinds.length < 2 ? '' : ` (${kinds.map(({ code, length }) => `${length} ${code}`).join(', ')})`;
}

/** Programmed is about policies, Ready about what was asked for: a dry run is Ready when it is computed. */
function progress(
  enforcement: Enforcement,
  { records, waiting, findings }: PlatformStatusInput,
  counts: Counts,
): readonly ConditionWithoutTime[] {
  const of = (
    reason: string,
    message: string,
    programmed: Condition['status'],
    ready: Condition['status'],
  ) => [condition('Programmed', programmed, reason, message), condition('Ready', ready, reason, message)];
  const gone = findings.find(({ code }) => code === 'KindGone');
  if (gone !== undefined) return of('KindGone', `${gone.message}; ${gone.hint}`, 'Unknown', 'False');
  if (waiting > 0)
    return of('Progressing', `${count(waiting, 'namespace')} left to process`, 'False', 'False');
  if (counts.failing > 0) {
    const [first] = failingAmong(records);
    const why = first && `; the first, \`${first.namespace}\`: ${first.reason}: ${first.message}`;
    const message = `policies can't be written in ${count(counts.failing, 'namespace')}${why ?? ''}`;
    return of('NamespacesFailing', message, 'False', 'False');
  }
  if (counts.transitioning > 0) {
    const message = `${count(counts.transitioning, 'live namespace')} being closed or opened`;
    return of('Transitioning', message, 'False', 'False');
  }
  const planned = `${count(counts.planned, 'policy', 'policies')} in ${count(counts.dryRun, 'namespace')}`;
  if (counts.enforced === 0 && enforcement === 'DryRun')
    return of('DryRun', `would write ${planned}; none is written`, 'False', 'True');
  if (enforcement === 'Off') return of('Off', 'no policy of Ringfence is left', 'False', 'True');
  const written = `${count(counts.policies, 'policy', 'policies')} written in ${count(counts.enforced, 'namespace')}`;
  const rest = counts.dryRun === 0 ? '' : `; a dry run would write ${planned}`;
  return of('Enforced', `${written}${rest}`, 'True', 'True');
}

function contested(records: ReadonlyMap<string, ReportedNamespace>): readonly ConditionWithoutTime[] {
  const findings = [...records.values()].flatMap((record) => record.findings);
  const [first, ...rest] = findings.filter((finding) => finding.code === 'Contested');
  if (first === undefined) return [];
  const more = rest.length > 0 ? ` (${andMore(rest.length)})` : '';
  return [condition('Contested', 'True', 'UndoneByOthers', `${first.message}${more}; ${first.hint}`)];
}
