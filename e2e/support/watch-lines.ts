// Passes the lines of watches on as slowly as a test wants: all of them late, some not before they are released, some never.
// It keeps their order. Must not know what the lines say.
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

/** How the lines of all watches of a proxy travel. */
export class WatchLines {
  /** How long each line takes, in milliseconds. */
  lagMs = 0;
  readonly #held = new Set<{
    readonly path: RegExp;
    readonly released: Promise<void>;
    readonly release: () => void;
  }>();

  readonly #losses: { readonly path: RegExp; readonly line: RegExp; isDone: boolean }[] = [];

  /** Loses the next such line of watches of such a path. Returns whether it has happened. */
  lose(path: RegExp, line: RegExp): () => boolean {
    const loss = { path, line, isDone: false };
    this.#losses.push(loss);
    return () => loss.isDone;
  }

  /** Holds the lines of all watches of such a path from now on. Returns what releases them, in their order. */
  hold(path: RegExp): () => void {
    const { promise: released, resolve } = Promise.withResolvers<void>();
    const release = () => {
      this.#held.delete(entry);
      resolve();
    };
    const entry = { path, released, release };
    this.#held.add(entry);
    return release;
  }

  /** Releases everything, and lets nothing lag any more. */
  reset(): void {
    this.lagMs = 0;
    for (const { release } of [...this.#held]) release();
  }

  /**
   * Passes a watch's answer on until it ends.
   *
   * @param isDead whether nothing may come through any more
   */
  pass(path: string, from: Readable, to: Writable, isDead: () => boolean): void {
    const waiting: { readonly line: string; readonly due: number }[] = [];
    let rest = '';
    let ended = false;
    let pumping = false;
    const pump = async () => {
      if (pumping) return;
      pumping = true;
      for (let next = waiting[0]; next !== undefined && !to.destroyed; next = waiting[0]) {
        await sleep(Math.max(0, next.due - performance.now()));
        await this.#released(path);
        if (isDead()) return;
        to.write(`${next.line}\n`);
        waiting.shift();
      }
      pumping = false;
      // What is torn off stays torn off.
      if (ended) to.end(rest);
    };
    from.setEncoding('utf8');
    from.on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      const left = lines.filter((line) => !this.#isLost(path, line));
      const due = performance.now() + this.lagMs;
      waiting.push(...left.map((line) => ({ line, due })));
      void pump();
    });
    from.on('end', () => {
      ended = true;
      void pump();
    });
  }

  #isLost(path: string, line: string): boolean {
    const loss = this.#losses.find((each) => !each.isDone && each.path.test(path) && each.line.test(line));
    if (loss !== undefined) loss.isDone = true;
    return loss !== undefined;
  }

  async #released(path: string): Promise<void> {
    for (const { path: held, released } of [...this.#held]) if (held.test(path)) await released;
  }
}
