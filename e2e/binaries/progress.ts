// Tells a person who waits for minutes that something still happens: which step, and for how long.
// On a terminal one line that counts; elsewhere (a log of a build server) a new line every ten seconds.

/** Where progress goes; `isTTY` decides between one counting line and many lines. */
export interface Terminal {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const minutesAndSeconds = (milliseconds: number): string => {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
};

/**
 * Runs `work` and keeps `terminal` informed while it lasts.
 * @param step what is being done, as in `building etcd (1 of 2)`
 * @param everyMs pause between two signs of life; the default is a second on a TTY and ten elsewhere
 */
export async function withProgress<Result>(
  terminal: Terminal,
  step: string,
  work: () => Promise<Result>,
  everyMs = terminal.isTTY ? 1000 : 10_000,
): Promise<Result> {
  const started = performance.now();
  const elapsed = () => minutesAndSeconds(performance.now() - started);
  const counting = terminal.isTTY === true;
  terminal.write(counting ? step : `${step}\n`);
  const ticker = setInterval(
    () => terminal.write(counting ? `\r${step}: ${elapsed()} ` : `${step}: ${elapsed()} so far\n`),
    everyMs,
  );
  let outcome = 'failed after';
  try {
    const result = await work();
    outcome = 'took';
    return result;
  } finally {
    clearInterval(ticker);
    terminal.write(`${counting ? '\r' : ''}${step}: ${outcome} ${elapsed()}\n`);
  }
}
