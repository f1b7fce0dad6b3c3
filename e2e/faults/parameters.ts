// How much of the fault suite is run: `make test` runs what fits into ten minutes, `make test-long` (FAULTS=full) all of it.
// FAULT_LAG, FAULT_SEED and FAULT_PART select one lag, one seed and one part of the cases, to repeat a failure.

/** Whether everything is to be run. */
export const isFull = process.env.FAULTS === 'full';

/** The lags of the watches, in milliseconds. */
export const allLags: readonly number[] = [0, 100, 500, 2000];

/** The selected lag, if there is one. */
const wantedLag = process.env.FAULT_LAG === undefined ? undefined : Number(process.env.FAULT_LAG);

/**
 * Each case with its lags: all of them, or one, which differs from case to case, so that every lag is tested.
 */
export function withLags<Case>(
  cases: readonly Case[],
): readonly { readonly each: Case; readonly lag: number }[] {
  return cases.flatMap((each, index) => lagsOf(index).map((lag) => ({ each, lag })));
}

/** Of cases that rarely fail, `make test` runs one part in three: another one each day (by UTC). */
const partCount = 3;
const part = Number(process.env.FAULT_PART ?? Math.floor(Date.now() / 86_400_000)) % partCount;

/** The cases that are run today; all where there are fewer than parts. */
export function casesOfToday<Case>(cases: readonly Case[]): readonly Case[] {
  return isFull || cases.length < partCount ? cases : cases.filter((_, index) => index % partCount === part);
}

function lagsOf(index: number): readonly number[] {
  if (wantedLag !== undefined) return [wantedLag];
  return isFull ? allLags : [allLags[index % allLags.length] ?? 0];
}

/** The seeds of random runs: `full` of them, or the first few. */
export function seeds(full: number, few: number): readonly number[] {
  if (process.env.FAULT_SEED !== undefined) return [Number(process.env.FAULT_SEED)];
  return Array.from({ length: isFull ? full : few }, (_, index) => index + 1);
}
