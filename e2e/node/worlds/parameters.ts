// How many random worlds are tried: `make test` tries a few, `make test-long` (FAULTS=full) many. Their seeds are new in each run, and in
// the names of the tests; SEED repeats one of them.
import { randomInt } from 'node:crypto';
import { isFull } from '../../faults/parameters.ts';

/** The seeds of `full` worlds, or of a few. */
export function worldSeeds(full: number, few: number): readonly number[] {
  if (process.env.SEED !== undefined) return [Number(process.env.SEED)];
  return Array.from({ length: isFull ? full : few }, () => randomInt(1_000_000_000));
}
