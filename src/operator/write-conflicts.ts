// Notices that something else undoes our writes, and decides how long to leave an object alone.
// A mutating webhook shows in the answer to a write; another tool shows when a write is undone soon afterwards.
// Only the same write of the same object counts: a recreated object with an old name starts without a history.
// Must not know clients: others report writes to it, and ask it.
import { backoffMs } from '../kube/backoff.ts';
import { formatKey, type ObjectKey } from '../model/object-key.ts';

/** This many writes without effect in a row make a contest. */
const writesUntilContest = 3;
/** A write that is undone within this time, in milliseconds, was undone by a program; a person is slower. */
export const undoneWithinMs = 10_000;
const patience = { baseMs: 10_000, capMs: 300_000 } as const;

/** The written object, within something that can be recreated under the same name, such as its namespace. */
export interface WriteTarget extends ObjectKey {
  /** The uid of that something: with another uid, earlier writes do not matter. */
  readonly within: string;
}

interface WriteHistory {
  readonly key: WriteTarget;
  readonly intent: string;
  readonly lastWrite: number;
  readonly ineffective: number;
  readonly pauseUntil: number;
}

/** The objects whose writes don't last. Times are in milliseconds, by one clock of the caller's choice. */
export class WriteConflicts {
  readonly #histories = new Map<string, WriteHistory>();
  /** Those of them whose writes don't last: few, while every write is remembered for a while. */
  readonly #contested = new Map<string, WriteHistory>();

  /**
   * A write of `key` was answered at `now`.
   *
   * @param intent the desired content, and the owner: only repeating the same write shows that the previous one was undone
   * @param effective whether the answer has this content
   */
  wrote(key: WriteTarget, intent: string, effective: boolean, now: number): void {
    const name = formatKey(key);
    const last = this.#histories.get(name);
    const undone = this.wasWritten(key, intent, now);
    const ineffective = (undone ? (last?.ineffective ?? 0) : 0) + (undone || !effective ? 1 : 0);
    const pause =
      ineffective < writesUntilContest ? 0 : backoffMs(ineffective - writesUntilContest + 1, patience);
    this.#forgetOld(now);
    // Deleted first, so that the map stays in the order of writes.
    this.#forget(name);
    const history = { key, intent, lastWrite: now, ineffective, pauseUntil: pause === 0 ? 0 : now + pause };
    this.#histories.set(name, history);
    if (ineffective >= writesUntilContest) this.#contested.set(name, history);
  }

  /** Whether `intent` was written to `key` a short while ago: writing it again shows that something undid it. */
  wasWritten(key: WriteTarget, intent: string, now: number): boolean {
    const last = this.#last(key, intent);
    return last !== undefined && now - Math.max(last.lastWrite, last.pauseUntil) < undoneWithinMs;
  }

  /** How long `intent` should not be written to `key`, in milliseconds; 0 if it may be. Another intent has no history. */
  pauseOf(key: WriteTarget, intent: string, now: number): number {
    return Math.max(0, (this.#last(key, intent)?.pauseUntil ?? 0) - now);
  }

  /** The objects in a namespace whose writes don't last: until one has stayed for a while. */
  contestedIn(place: Omit<WriteTarget, 'name'>, now: number): readonly ObjectKey[] {
    return this.#contestedIn(place)
      .filter((history) => now < endOf(history))
      .map(({ key: { namespace, name } }) => ({ namespace, name }));
  }

  /**
   * Everything in a namespace is as it was written, at `now`. Returns after how many milliseconds the last
   * of the contested objects will have stayed for a while; 0 if all have.
   */
  confirm(place: Omit<WriteTarget, 'name'>, now: number): number {
    const waits = this.#contestedIn(place).map(({ key, lastWrite }) => {
      const wait = lastWrite + undoneWithinMs - now;
      if (wait <= 0) this.#forget(formatKey(key));
      return wait;
    });
    return Math.max(0, ...waits);
  }

  #last(key: WriteTarget, intent: string): WriteHistory | undefined {
    const last = this.#histories.get(formatKey(key));
    return last?.key.within === key.within && last.intent === intent ? last : undefined;
  }

  #contestedIn({ namespace, within }: Omit<WriteTarget, 'name'>): readonly WriteHistory[] {
    return [...this.#contested.values()].filter(
      ({ key }) => key.namespace === namespace && key.within === within,
    );
  }

  #forgetOld(now: number): void {
    for (const [name, history] of this.#histories) {
      if (now < endOf(history)) return;
      this.#forget(name);
    }
  }

  #forget(name: string): void {
    this.#histories.delete(name);
    this.#contested.delete(name);
  }
}

/** When a write no longer matters, if nothing happens. */
function endOf(history: WriteHistory): number {
  return Math.max(history.lastWrite, history.pauseUntil) + undoneWithinMs;
}
