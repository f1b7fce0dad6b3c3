// Notices that something else undoes what we write, and decides how long to leave a policy alone.
// A mutating webhook shows in the answer to a write; another tool shows by an undone write soon afterwards.
// Must not know clients: it is told of writes, and asked.
import { backoffMs } from '../cluster/backoff.ts';
import { formatKey, type ObjectKey } from '../model/object-key.ts';

/** So many writes without effect in a row make a contest. */
const writesUntilContest = 3;
/** What is undone within this time, in milliseconds, was undone by a program; a person is slower. */
export const undoneWithinMs = 10_000;
const patience = { baseMs: 10_000, capMs: 300_000 } as const;

interface Dispute {
  readonly key: ObjectKey;
  readonly intent: string;
  readonly lastWrite: number;
  readonly inVain: number;
  readonly pauseUntil: number;
}

/** The policies whose writes don't last. Times are in milliseconds since the epoch. */
export class Contests {
  readonly #disputes = new Map<string, Dispute>();
  /** Those of them whose writes don't last: few, while every write is remembered for a while. */
  readonly #contested = new Map<string, Dispute>();

  /**
   * Tells of a write of `key` that was answered at `now`.
   *
   * @param intent what it should be after that: only the same write again shows that the one before was undone
   * @param effective whether the answer shows it so
   */
  wrote(key: ObjectKey, intent: string, effective: boolean, now: number): void {
    const name = formatKey(key);
    const last = this.#disputes.get(name);
    const undone =
      last?.intent === intent && now - Math.max(last.lastWrite, last.pauseUntil) < undoneWithinMs;
    const inVain = (undone ? last.inVain : 0) + (undone || !effective ? 1 : 0);
    const pause = inVain < writesUntilContest ? 0 : backoffMs(inVain - writesUntilContest + 1, patience);
    this.#forgetOld(now);
    // Deleted first, so that the map stays in the order of writes.
    this.#forget(name);
    const dispute = { key, intent, lastWrite: now, inVain, pauseUntil: pause === 0 ? 0 : now + pause };
    this.#disputes.set(name, dispute);
    if (inVain >= writesUntilContest) this.#contested.set(name, dispute);
  }

  /** For how long `key` should not be made `intent`, in milliseconds; 0 where it may be. A new intent is no dispute. */
  pauseOf(key: ObjectKey, intent: string, now: number): number {
    const dispute = this.#disputes.get(formatKey(key));
    return dispute?.intent === intent ? Math.max(0, dispute.pauseUntil - now) : 0;
  }

  /** The policies of a namespace whose writes don't last: until one has stood for a while. */
  contestedIn(namespace: string, now: number): readonly ObjectKey[] {
    return this.#contestedIn(namespace)
      .filter((dispute) => now < endOf(dispute))
      .map(({ key }) => key);
  }

  /**
   * Takes in that every policy of a namespace is as it was written, at `now`. Returns in how many milliseconds the last
   * of the contested ones will have stood for a while; 0 where all have.
   */
  standing(namespace: string, now: number): number {
    const waits = this.#contestedIn(namespace).map(({ key, lastWrite }) => {
      const wait = lastWrite + undoneWithinMs - now;
      if (wait <= 0) this.#forget(formatKey(key));
      return wait;
    });
    return Math.max(0, ...waits);
  }

  #contestedIn(namespace: string): readonly Dispute[] {
    return [...this.#contested.values()].filter(({ key }) => key.namespace === namespace);
  }

  #forgetOld(now: number): void {
    for (const [name, dispute] of this.#disputes) {
      if (now < endOf(dispute)) return;
      this.#forget(name);
    }
  }

  #forget(name: string): void {
    this.#disputes.delete(name);
    this.#contested.delete(name);
  }
}

/** When a dispute is over if nothing happens any more. */
function endOf(dispute: Dispute): number {
  return Math.max(dispute.lastWrite, dispute.pauseUntil) + undoneWithinMs;
}
