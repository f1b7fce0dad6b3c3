// What the command lines of benchmarks share: building what is measured, ending early, and numbers as words.
// Must not know what is measured.
import { spawnSync } from 'node:child_process';
import { InvalidArgumentError } from 'commander';

/** Builds the bundle. @throws Error if that fails */
export function buildBundle(): void {
  const { status } = spawnSync('npm', ['run', '-s', 'build'], { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error('the bundle could not be built');
}

/** Rejects when a person or a supervisor ends the benchmark: then everything that was started is stopped. */
export function interrupted(): Promise<never> {
  return new Promise((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => reject(new Error(`ended by ${signal}`)));
    }
  });
}

/** Says how far it is, apart from the results. */
export function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** @throws InvalidArgumentError if the word is not such a number */
export function parseCount(text: string): number {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('write a whole number from 1 to 99999');
}
