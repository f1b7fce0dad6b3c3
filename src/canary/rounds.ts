// The rounds of a client: which listener it tries next, and what all rounds together say. In each round and direction, what is allowed
// is tried first, and somebody else who is allowed tries the denied port: a denial proves nothing where nobody answers. One direction is
// tried at the client's own node, where no enforcer but that of this node sees the packets. A listener at which something was wrong is
// tried again until that is certain. Must not know how a connection is tried, nor wait; times are milliseconds of a clock that never jumps.
import { type Direction, directions } from '../model/network-policy.ts';
import { type Capability, capabilities, denialCapability, listenerGroups } from './canary-table.ts';
import type { CanaryCheck, CanaryReport, CapabilityValue, UnnumberedReport } from './report.ts';

/** The address of a listener. */
export interface Listener {
  /** The Service of its group. */
  readonly group: string;
  readonly family: CanaryCheck['family'];
  readonly pod: string;
  readonly node: string;
  readonly address: string;
}

/** What to try in one round. */
export interface Round {
  readonly family: CanaryCheck['family'];
  /** The listener for each direction, as far as there is one. */
  readonly listeners: Readonly<Partial<Record<Direction, Listener>>>;
  readonly capability?: Capability;
}

/** What came of trying a listener. */
export interface Tried {
  /** Whether it answered at the port where this client is allowed. */
  readonly control: boolean;
  /** Whether it answered at the denied port, in the same round, to a listener, which is allowed there. */
  readonly listens: boolean;
  readonly denied: 'connected' | 'refused' | 'dropped' | 'unreachable' | 'failed';
}

/** What came of a round. */
export interface RoundResult {
  readonly tried: Readonly<Partial<Record<Direction, Tried>>>;
  /** Whether the connection of the capability was made. */
  readonly capability?: boolean;
}

/** What was seen at the listeners of one node in one direction. */
interface Tally extends CanaryCheck {
  /** How many rounds in a row came to this outcome, and when the first of them was. */
  readonly row: number;
  readonly sinceMs: number;
}

/** All that a client remembers. */
export interface Rounds {
  readonly count: number;
  readonly tallies: ReadonlyMap<string, Tally>;
  readonly capabilities: CanaryReport['capabilities'];
  /** The listeners that the next round tries again, because something was wrong there. */
  readonly suspects: Readonly<Partial<Record<Direction, Listener>>>;
}

/** Before the first round. */
export const noRounds: Rounds = {
  count: 0,
  tallies: new Map(),
  capabilities: {},
  suspects: {},
};

/** What a client still knows when it does not take part: of the CNI, unless what it saw was under other policies. */
export function whileResting({ capabilities: known }: Rounds, keepsCapabilities: boolean): Rounds {
  return keepsCapabilities ? { ...noRounds, capabilities: known } : noRounds;
}

/** An outcome is certain after so many rounds in a row, which took so long, in milliseconds. */
const certainRounds = 3;
const certainMs = 60_000;

/** How long to wait after a round: under ten connections a minute, and sooner where something has to be certain. @param random from 0 to 1 */
export function pauseMs({ suspects }: Rounds, random: number): number {
  return directions.some((direction) => suspects[direction] !== undefined) ? 30_500 : 32_000 + 3_000 * random;
}

/** What to try next, of the listeners that there are. @param own the node of the client */
export function nextRound(rounds: Rounds, all: readonly Listener[], own: string): Round {
  const suspected = directions.flatMap((direction) => rounds.suspects[direction] ?? []);
  const families = [...new Set(all.map(({ family }) => family))].sort();
  const family = suspected[0]?.family ?? families[rounds.count % families.length] ?? 'IPv4';
  // Each family comes to each listener.
  const turn = Math.floor(rounds.count / Math.max(1, families.length));
  const listeners = directions.flatMap((direction, index) => {
    const group = all.filter((each) => each.group === listenerGroups[direction] && each.family === family);
    const suspect = group.find(({ pod }) => pod === rounds.suspects[direction]?.pod);
    const listener = suspect ?? inTurn(group, own, turn + index);
    return listener === undefined ? [] : [[direction, listener] as const];
  });
  const capability = capabilities[rounds.count % capabilities.length];
  return {
    family,
    listeners: Object.fromEntries(listeners),
    ...(suspected.length > 0 || capability === undefined ? {} : { capability }),
  };
}

/** One of the client's own node and one of another in turn, as far as there are both. */
function inTurn(group: readonly Listener[], own: string, turn: number): Listener | undefined {
  const [near, far] = [group.filter(({ node }) => node === own), group.filter(({ node }) => node !== own)];
  if (near.length === 0 || far.length === 0) return group[turn % group.length];
  const side = turn % 2 === 0 ? near : far;
  return side[Math.floor(turn / 2) % side.length];
}

/** What is known after a round. @param all the listeners that there are: what was seen at others does not count any more */
export function afterRound(
  rounds: Rounds,
  {
    round,
    result,
    all,
    nowMs,
  }: { round: Round; result: RoundResult; all: readonly Listener[]; nowMs: number },
): Rounds {
  const tallies = new Map(
    [...rounds.tallies].filter(([, { direction, node, family }]) =>
      all.some(
        (each) => each.group === listenerGroups[direction] && each.node === node && each.family === family,
      ),
    ),
  );
  const suspects: Partial<Record<Direction, Listener>> = {};
  for (const direction of directions) {
    const [listener, tried] = [round.listeners[direction], result.tried[direction]];
    if (listener === undefined || tried === undefined) continue;
    const key = `${direction} ${listener.family} ${listener.node}`;
    const tally = tallyAfter(tallies.get(key), direction, { listener, outcome: outcomeOf(tried), nowMs });
    tallies.set(key, tally);
    if (tally.outcome !== 'holds' && !tally.confirmed) suspects[direction] = listener;
  }
  return {
    count: rounds.count + 1,
    tallies,
    suspects,
    capabilities: capabilitiesAfter(rounds, round, result),
  };
}

function outcomeOf({ control, listens, denied }: Tried): CanaryCheck['outcome'] {
  if (denied === 'connected') return control ? 'open' : 'unproven';
  if (!control) return 'cut';
  return denied === 'failed' || !listens ? 'unproven' : 'holds';
}

function tallyAfter(
  before: Tally | undefined,
  direction: Direction,
  { listener, outcome, nowMs }: { listener: Listener; outcome: CanaryCheck['outcome']; nowMs: number },
): Tally {
  const { node, family } = listener;
  const isSame = before?.outcome === outcome;
  const row = isSame ? before.row + 1 : 1;
  const sinceMs = isSame ? before.sinceMs : nowMs;
  const confirmed = outcome === 'holds' || (row >= certainRounds && nowMs - sinceMs > certainMs);
  return { direction, family, node, outcome, confirmed, row, sinceMs };
}

/** A connection says something of a rule only where this client's policies are in force. */
function capabilitiesAfter(
  { capabilities: before }: Rounds,
  { capability }: Round,
  { tried, capability: connected }: RoundResult,
): CanaryReport['capabilities'] {
  const { Egress: egress } = tried;
  if (egress === undefined || outcomeOf(egress) !== 'holds') return before;
  const denial: CapabilityValue = egress.denied === 'refused' ? 'Refused' : 'Dropped';
  return {
    ...before,
    [denialCapability.name]: denial,
    ...(capability === undefined || connected === undefined
      ? {}
      : { [capability.name]: connected ? 'Yes' : afterFailure(capability, before[capability.name]) }),
  };
}

/** A Service may have sent it to a pod that can't be reached now: what was possible before is not impossible after one failure. */
function afterFailure({ failureCounts }: Capability, before: CapabilityValue = 'Unknown'): CapabilityValue {
  return failureCounts && before !== 'Yes' ? 'No' : 'Unknown';
}

/** What to report. */
export function reportOf(
  { tallies, capabilities: known }: Rounds,
  marker: CanaryReport['marker'],
): UnnumberedReport {
  const checks = [...tallies.values()].map(({ direction, family, node, outcome, confirmed }) => ({
    ...{ direction, family, node, outcome, confirmed },
  }));
  return { version: 1, checks, ...(marker === undefined ? {} : { marker }), capabilities: known };
}
