// Tells on stderr what takes longer than a second; whatever is done before that is not worth a word.
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
  readonly #stream: ProgressStream;
  readonly #now: () => number;
  readonly #started: number;
  #toldAt = 0;
  #told = '';

  /** @param now milliseconds of a clock */
  constructor(stream: ProgressStream, now: () => number) {
    this.#stream = stream;
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
    if (this.#stream.isTTY) {
      if (now - this.#toldAt < everyMs) return;
      this.#stream.write(`\r\u001b[K${stage}${detail === '' ? '' : ` ${detail}`} …`);
    } else if (this.#told !== stage) {
      this.#stream.write(`ringfence: ${stage} …\n`);
    }
    this.#toldAt = now;
    this.#told = stage;
  }

  /** Takes the line away, before something else is written. */
  done(): void {
    if (this.#stream.isTTY && this.#told !== '') this.#stream.write('\r\u001b[K');
    this.#told = '';
  }
}
