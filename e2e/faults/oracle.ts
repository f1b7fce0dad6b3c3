// What must hold after every fault: nothing is left to do, every status is correct, and no connection was opened or cut
// in between that was the same before and after. The only place that defines this.
import { poll } from '../control-plane/poll.ts';
import { broken } from './connections.ts';
import { freshOperatorWants } from './fresh-operator.ts';
import { disorder, readStored } from './invariants.ts';
import type { Testbed } from './testbed.ts';

/** How long nothing may have been written before a test bed counts as settled, on top of the lag of its watches. */
const quietMs = 1_000;

/** The maximum time for a test bed to settle. */
export interface Patience {
  readonly timeoutMs?: number;
  /** Whether waiting longer is useless. */
  readonly isOver?: () => boolean;
}

/** Waits until everything is right, and nothing has been written for a while. @throws Error that says what is wrong */
export async function settled(
  testbed: Testbed,
  { timeoutMs = 120_000, isOver }: Patience = {},
): Promise<void> {
  let last = { versions: '', at: performance.now() };
  let wrong: readonly string[] = [];
  const look = async () => {
    if (isOver?.()) return true;
    const stored = await readStored(testbed.cluster);
    wrong = disorder(stored);
    const versions = JSON.stringify(stored);
    if (versions !== last.versions || wrong.length > 0) last = { versions, at: performance.now() };
    return performance.now() - last.at > quietMs + testbed.proxy.watches.lagMs;
  };
  await poll(look, {
    timeoutMs,
    everyMs: 100,
    expired: () =>
      new Error(`the cluster does not settle: ${wrong.slice(0, 5).join('; ') || 'writes go on'}`),
  });
}

/** Options of the check. */
export interface Judgement {
  /** The number of the recorded state before the fault. */
  readonly since: number;
  /** The namespaces whose connections are checked. */
  readonly namespaces: readonly string[];
  /** How long the test bed may take to settle. */
  readonly timeoutMs?: number;
}

/**
 * Waits until the test bed has settled, and checks how it got there.
 *
 * @returns what is wrong, as texts: empty if nothing is
 */
export async function judge(testbed: Testbed, judgement: Judgement): Promise<readonly string[]> {
  const { since, namespaces, ...patience } = judgement;
  await settled(testbed, patience);
  await testbed.recorder.caughtUp();
  return [...broken(testbed.recorder, { since, namespaces }), ...(await unfinished(testbed))];
}

/** How long the operator may take for what a fresh one would still do: silence alone does not prove that a busy machine has got to it. */
const unfinishedMs = 60_000;

/** What a fresh operator would still write, as texts: empty if nothing is left to do. */
export async function unfinished(testbed: Testbed): Promise<readonly string[]> {
  const started = performance.now();
  for (;;) {
    const writes = await freshOperatorWants(testbed);
    if (writes.length === 0 || performance.now() - started > unfinishedMs)
      return writes.map((write) => `a fresh operator would ${write}`);
  }
}
