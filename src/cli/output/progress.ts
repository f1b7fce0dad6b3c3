// Reports progress on stderr, for work that takes longer than a second.
// Must not know which work it is.

/** Where progress is reported. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const quietMs = 1_000;
const everyMs = 250;

/** Reports the progress of one step after another. */
export class Progress {
  readonly #open: () => ProgressStream;
  readonly #now: () => number;
  readonly #started: number;
  #toldAt = 0;
  #told = '';

  /**
   * @param open called for the stream when something is reported: Node takes some milliseconds to open stderr
   * @param now milliseconds of a clock
   */
  constructor(open: () => ProgressStream, now: () => number) {
    this.#open = open;
    this.#now = now;
    this.#started = now();
  }

  /**
   * Records the current progress. Call it as often as you like.
   *
   * @param stage the current step, as in `reading files`; a log gets one line for each
   * @param detail the progress within it, for a terminal
   */
  tell(stage: string, detail = ''): void {
    const now = this.#now();
    if (now - this.#started < quietMs) return;
    const stream = this.#open();
    if (stream.isTTY) {
      if (now - this.#toldAt < everyMs) return;
      stream.write(`\r\u001b[K${stage}${detail === '' ? '' : ` ${detail}`} …`);
    } else if (this.#told !== stage) {
      stream.write(`ringfence: ${stage} …\n`);
    }
    this.#toldAt = now;
    this.#told = stage;
  }

  /** Removes the line, before something else is written. */
  done(): void {
    if (this.#told !== '' && this.#open().isTTY) this.#open().write('\r\u001b[K');
    this.#told = '';
  }
}
