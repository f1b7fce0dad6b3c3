// The operator where it is expected to end by itself: what a person sees in the terminal.
// Must not know why it ends.
import { execFile } from 'node:child_process';

/** How a process ended. */
export interface Ended {
  readonly code: number | string | null | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs `ringfence operator` with these words until it ends. One that does not end is stopped when the test has long failed.
 *
 * @param env what the environment has besides
 */
export function runToEnd(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['src/main.ts', 'operator', ...words],
      { env: { ...process.env, ...env }, timeout: 300_000 },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : error.code, stdout, stderr }),
    );
  });
}
