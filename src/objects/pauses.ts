// The NetworkPauses by the namespace that they pause, with what the clock says of each: whether it is over, and when the next one ends.
// Must not know what a pause opens, nor whose clock it is.

import type { ChangeListener } from '../kube/store.ts';
import { parseWallTime } from '../kube/wall-time.ts';
import { compareKeys } from '../model/object-key.ts';
import type { PauseFacts } from '../view/cluster-view.ts';
import type { StoredPause } from './policy-resources.ts';

/** The time now, in milliseconds since the epoch, as people write it. */
export type WallClock = () => number;

/** A wait is cut to this: clocks are set, and a longer wait would be measured by the time before. In milliseconds. */
const longestWaitMs = 60_000;

/** The store of NetworkPauses, as far as it is needed. */
interface PauseStore {
  all(): Iterable<StoredPause>;
  onChange(listener: ChangeListener<StoredPause>): void;
}

/**
 * The pauses. A pause that was once over stays over until somebody edits it: if a clock is set back, nothing opens again. The
 * status remembers that over restarts.
 */
export class Pauses {
  readonly #store: Pick<PauseStore, 'all'>;
  readonly #clock: WallClock;
  /** By uid, the generation that is over. */
  readonly #over = new Map<string, number>();

  constructor(store: PauseStore, clock: WallClock) {
    this.#store = store;
    this.#clock = clock;
    store.onChange(({ previous, next }) => {
      if (previous !== undefined && previous.uid !== next?.uid) this.#over.delete(previous.uid);
    });
  }

  /** The pauses of each namespace, ordered by name. One whose namespace can't be read is in none. */
  byNamespace(): ReadonlyMap<string, readonly PauseFacts[]> {
    const now = this.#clock();
    const known = [...this.#store.all()].filter(({ paused }) => paused !== '').sort(compareKeys);
    const facts = known.map((pause) => ({ ...pause, isOver: this.#isOver(pause, now) }));
    return Map.groupBy(facts, ({ paused }) => paused);
  }

  /**
   * When to look at the pauses of a namespace again, in milliseconds: when the next of them ends, or earlier, because the clock may
   * have been set in the meantime. `undefined` if all of them are over.
   */
  checkAgainMs(namespace: string): number | undefined {
    const now = this.#clock();
    const open = [...this.#store.all()].filter(
      (pause) => pause.paused === namespace && !this.#isOver(pause, now),
    );
    const waits = open.map((pause) => (untilOf(pause) ?? now) - now + 1);
    return waits.length === 0 ? undefined : Math.min(longestWaitMs, ...waits);
  }

  /** When the last of the pauses of a namespace ends, whether it is over or not, in milliseconds since the epoch; 0 if none names a time. */
  lastEndMs(namespace: string): number {
    const own = [...this.#store.all()].filter(({ paused }) => paused === namespace);
    return Math.max(0, ...own.map((pause) => untilOf(pause) ?? 0));
  }

  #isOver(pause: StoredPause, now: number): boolean {
    const { uid, generation, terminating, hasExpired } = pause;
    if (terminating || hasExpired || this.#over.get(uid) === generation) return true;
    const until = untilOf(pause);
    // Its end is not known: it must not open anything.
    if (until === undefined) return true;
    if (now < until) return false;
    this.#over.set(uid, generation);
    return true;
  }
}

function untilOf({ decoded }: StoredPause): number | undefined {
  return decoded.ok ? parseWallTime(decoded.value.spec.until) : undefined;
}
