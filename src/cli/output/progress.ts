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
  #shownAt = 0;
  #shown = '';

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
   * Shows the current progress. Call it as often as you like.
   *
   * @param stage the current step, as in `reading files`; a log gets one line for each
   * @param detail the progress within it, for a terminal
   */
  show(stage: string, detail = ''): void {
    const now = this.#now();
    if (now - this.#started < quietMs) return;
    const stream = this.#open();
    if (stream.isTTY) {
      if (now - this.#shownAt < everyMs) return;
      stream.write(`\r\u001b[K${stage}${detail === '' ? '' : ` ${detail}`} …`);
    } else if (this.#shown !== stage) {
      stream.write(`ringfence: ${stage} …\n`);
    }
    this.#shownAt = now;
    this.#shown = stage;
  }

  /** Removes the line, before something else is written. */
  done(): void {
    if (this.#shown !== '' && this.#open().isTTY) this.#open().write('\r\u001b[K');
    this.#shown = '';
  }
}
