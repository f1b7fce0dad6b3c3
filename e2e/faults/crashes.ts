// Kills the operator after a write of a change, then after a later write of the same change, and so on, until a run ends before
// that write. A write is one of a policy or of a status.
import { poll } from '../control-plane/poll.ts';
import { broken } from './connections.ts';
import { settled } from './oracle.ts';
import type { Testbed } from './testbed.ts';

/** A change during which an operator may die. */
export interface Change {
  readonly title: string;
  /** Whether `make test` includes it, too. */
  readonly isQuick?: boolean;
  /** The minimum number of writes: with fewer, nothing was tested. */
  readonly writes: number;
  /** Prepares the test bed for the change, with the operator running. Returns the namespaces to check. */
  readonly prepare: (testbed: Testbed, run: number) => Promise<readonly string[]>;
  /** Makes the change. */
  readonly make: (testbed: Testbed, run: number) => Promise<void>;
  /** Whether the change is visible in the policies, if no status shows that the operator has processed it. */
  readonly isSeen?: (testbed: Testbed, run: number) => Promise<boolean>;
  /** Others delete policies too, in an order of their own, so connections may be cut in between. */
  readonly othersDelete?: true;
}

/** The paths of the writes. */
const written = /\/networkpolicies(\/|$)|\/(appnetworkprofiles|platformnetworkprofiles)\/[^/]+\/status$/;

/** The result. */
export interface Crashes {
  readonly kills: number;
  /** Everything that went wrong, as texts. */
  readonly wrong: readonly string[];
}

/** After which writes the operator is killed: after the first one plus an offset, and then in steps. */
export interface KillPoints {
  readonly first: number;
  readonly step: number;
}

/** Makes the change again and again, each time with a crash some writes later. An operator is running, before and after. */
export async function crashAfterWrites(
  testbed: Testbed,
  change: Change,
  { first, step }: KillPoints,
): Promise<Crashes> {
  const wrong: string[] = [];
  for (let kills = 0; ; kills += 1) {
    const run = first + kills * step;
    const namespaces = await change.prepare(testbed, run);
    await settled(testbed);
    await testbed.recorder.caughtUp();
    const since = testbed.recorder.mark;
    const hasCrashed = await makeAndCrash(testbed, change, run);
    if (hasCrashed) await testbed.startOperator();
    await isThrough(testbed, change, run);
    await testbed.recorder.caughtUp();
    if (!change.othersDelete) {
      const found = broken(testbed.recorder, { namespaces, since });
      wrong.push(...found.map((text) => `killed after write ${run + 1}: ${text}`));
    }
    if (!hasCrashed) return { kills, wrong };
  }
}

/** Makes the change, and kills the operator after this many writes and one more. Returns whether it was killed. */
async function makeAndCrash(testbed: Testbed, change: Change, run: number): Promise<boolean> {
  let hasCrashed = false;
  const fault = testbed.proxy.inject({
    ...{ method: ['POST', 'PUT', 'PATCH', 'DELETE'], path: written, after: run, times: 1 },
    act: {
      kind: 'interrupt',
      run: async () => {
        await testbed.killOperators();
        hasCrashed = true;
      },
    },
  });
  await change.make(testbed, run);
  await isThrough(testbed, change, run, () => hasCrashed);
  fault.end();
  return hasCrashed;
}

/** Waits until the change was processed and everything is settled, or until it is over. */
async function isThrough(
  testbed: Testbed,
  { title, isSeen }: Change,
  run: number,
  isOver = () => false,
): Promise<void> {
  const look = async () => isOver() || (await isSeen?.(testbed, run)) !== false;
  await poll(look, { timeoutMs: 120_000, expired: () => new Error(`${title} is not taken in`) });
  await settled(testbed, { isOver });
}
