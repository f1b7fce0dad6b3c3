// The verb `pause`: writes a NetworkPause, and waits until the operator has reported about it.
// Must not know how a pause is put in force.
import { Argument, InvalidArgumentError, Option } from 'commander';
import { longestPauseMs, type NetworkPause } from '../../api/network-pause.ts';
import { parseWallTime, wallTimeOf } from '../../kube/wall-time.ts';
import { directions } from '../../model/network-policy.ts';
import { defineVerb } from '../define-verb.ts';
import { ToolError } from '../failures.ts';
import type { ClusterFlags, WriteFlags } from '../options.ts';
import { parseDuration } from '../writing/duration.ts';
import {
  type AskedPause,
  checkAsked,
  type FoundPause,
  type PauseClient,
  patienceMs,
  withPauses,
} from '../writing/pause-client.ts';
import { pauseFormats } from './format.ts';

interface Flags extends ClusterFlags, WriteFlags {
  readonly for?: number;
  readonly until?: string;
  readonly reason?: string;
  readonly direction?: NonNullable<NetworkPause['spec']['direction']>;
  readonly replace?: boolean;
  readonly wait: boolean;
}

/** The verb `pause`. */
export const pauseVerb = defineVerb({
  description:
    'Opens a namespace for a while: everything is allowed to and from its pods, whatever its profiles and the guardrails say. Unlike most verbs it writes to the cluster of the current context: a NetworkPause, named like the namespace. Then it waits until the operator has put it in force. Ringfence adds one policy and deletes nothing; when the time is over, it deletes this policy. If the namespace is already paused by that object, the new time, direction and reason replace the old ones; if that opens less than now, only with `--replace`. If there is nothing to open, because the namespace is not ringed, in a dry run, or open in that direction, it deletes the new NetworkPause again, so that none is left behind that does nothing; with `--no-wait` it stays. Where the other end of a connection is fenced too, its policies still apply.',
  help: {
    examples: [
      ['ringfence pause shop --for 2h --reason "checkout is down, INC-4711"', 'open it for two hours'],
      [
        'ringfence pause shop --for 30m --direction Egress --reason "a new address"',
        'only what its pods send',
      ],
      ['ringfence pause shop --for 2h --reason test --dry-run', 'ask the API server, and write nothing'],
      ['ringfence resume shop', 'end it earlier'],
    ],
    ok: 'written and in force, or written with `--no-wait`, or it could be written with `--dry-run`',
    found: 'not in force: what is printed says why',
  },
  args: [new Argument('<namespace>', 'the namespace to pause')],
  writes: true,
  flags: [
    new Option('--for <duration>', 'how long, as in `2h`, `90m` or `1d`; at most seven days')
      .argParser(durationIn)
      .conflicts('until'),
    new Option('--until <time>', 'until when, as in `2026-01-02T15:04:05Z`; instead of `--for`'),
    new Option('--reason <text>', 'why, for everyone who finds the namespace open'),
    new Option('--direction <direction>', 'only this direction (default: both)').choices(directions),
    new Option('--replace', 'replace an earlier pause also if this one opens less, or ends earlier'),
    new Option('--no-wait', 'do not wait for the operator'),
  ],
  formats: pauseFormats,
  run: async ({ progress }, flags: Flags, namespace: string) => {
    requireAnswers(namespace, flags);
    return withPauses(flags, async (pauses) => {
      const { dryRun = false } = flags;
      const isWaiting = flags.wait && !dryRun;
      const existing = await pauses.find(namespace);
      const asked = await checkedPause(namespace, flags, existing, pauses);
      // Asked before the write: the operator may answer that with a policy.
      const isFenced = isWaiting ? undefined : await pauses.isFenced(namespace);
      const written = await pauses.write(namespace, asked, existing);
      if (isWaiting) progress.show('waiting for the operator');
      const pause = isWaiting ? await pauses.reported(written, patienceMs) : written;
      const isWithdrawn = isWaiting && existing === undefined && pause.status.state === 'NotNeeded';
      if (isWithdrawn) await pauses.delete(pause);
      const replaced = existing?.spec;
      return {
        result: { namespace, asked, pause, replaced, dryRun, isWaiting, isWithdrawn, isFenced },
        exit: isWaiting && pause.status.state !== 'Active' ? 'found' : 'ok',
      };
    });
  },
});

/** What is asked for. @throws ToolError if it can't be written, or is not what the person can mean */
async function checkedPause(
  namespace: string,
  flags: Flags,
  existing: FoundPause | undefined,
  pauses: PauseClient,
): Promise<AskedPause> {
  requireSameNamespace(namespace, existing);
  const asked = askedBy(namespace, flags, pauses.nowMs);
  checkAsked(namespace, asked);
  await pauses.requireNamespace(namespace);
  requireFuture(asked, pauses.nowMs);
  if (!flags.replace) requireNoLess(asked, existing?.spec, pauses.nowMs);
  return asked;
}

function durationIn(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new InvalidArgumentError('write a duration, like `2h`, `90m` or `1d`');
  if (ms > longestPauseMs)
    throw new InvalidArgumentError('at most seven days (`7d`): what takes longer needs routes');
  return ms;
}

/** Whoever is in a hurry gets one answer, and a line to copy. */
function requireAnswers(namespace: string, { for: ms, until, reason }: Flags): void {
  const missing = [
    ...(ms === undefined && until === undefined ? ['how long, with `--for` or `--until`'] : []),
    ...(reason === undefined ? ['why, with `--reason`'] : []),
  ];
  if (missing.length === 0) return;
  throw new ToolError(
    `say ${missing.join(', and ')}, as in \`ringfence pause ${namespace} --for 2h --reason "checkout is down"\``,
  );
}

function askedBy(
  namespace: string,
  { for: ms, until, reason = '', direction }: Flags,
  nowMs: number,
): AskedPause {
  return {
    namespace,
    ...(direction === undefined ? {} : { direction }),
    until: until ?? wallTimeOf(nowMs + (ms ?? 0)),
    reason,
  };
}

/** A time that can't be read is over. */
function msOf(until: string): number {
  return parseWallTime(until) ?? 0;
}

/** A pause that is over would end the one that it replaces. */
function requireFuture({ until }: AskedPause, nowMs: number): void {
  if (msOf(until) > nowMs) return;
  throw new ToolError(`\`--until\` is over: for the API server it is ${wallTimeOf(nowMs)}`);
}

/** Whoever pauses a namespace does not expect that traffic is denied again. */
function requireNoLess(asked: AskedPause, existing: Partial<AskedPause> | undefined, nowMs: number): void {
  const { until = '', direction } = existing ?? {};
  if (msOf(until) <= nowMs) return;
  const isNarrower = asked.direction !== undefined && asked.direction !== direction;
  if (!isNarrower && msOf(asked.until) >= msOf(until)) return;
  const what = direction === undefined ? 'in both directions' : `in the direction ${direction}`;
  throw new ToolError(
    `\`${asked.namespace}\` is already paused ${what} until ${until}, and this would open less: replace it with \`--replace\`, or end it with \`ringfence resume ${asked.namespace}\``,
  );
}

/** Somebody may have given a pause of another namespace this name. */
function requireSameNamespace(namespace: string, existing: FoundPause | undefined): void {
  const other = existing?.spec.namespace;
  if (other === undefined || other === namespace) return;
  throw new ToolError(
    `the NetworkPause \`${namespace}\` is of the namespace \`${other}\`: create one with another name with \`kubectl create -f\``,
  );
}
