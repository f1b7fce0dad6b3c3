// Reports progress on stderr, for work that takes longer than a second.
// Must not know what is being done.

/** Where progress is told. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const quietMs = 1_000;
const everyMs = 250;

/** Tells of one piece of work after another. */
export class Progress {
  readonly #open: () => ProgressStream;
  readonly #now: () => number;
  readonly #started: number;
  #toldAt = 0;
  #told = '';

  /**
   * @param open asked for the stream when something is told: Node takes some milliseconds to open stderr
   * @param now milliseconds of a clock
   */
  constructor(open: () => ProgressStream, now: () => number) {
    this.#open = open;
    this.#now = now;
    this.#started = now();
  }

  /**
   * Takes note of what is being done. Call it as often as you like.
   *
   * @param stage what is done, as in `reading files`; a log gets one line for each
   * @param detail how far that is, for a terminal
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

  /** Takes the line away, before something else is written. */
  done(): void {
    if (this.#told !== '' && this.#open().isTTY) this.#open().write('\r\u001b[K');
    this.#told = '';
  }
}
