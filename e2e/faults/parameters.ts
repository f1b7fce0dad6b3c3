// How much of the fault suite is run: `make test` runs what fits ten minutes, `make test-long` (FAULTS=full) all of it.
// FAULT_LAG and FAULT_SEED ask for one lag and one seed, to repeat what failed.

/** Whether everything is to be run. */
export const isFull = process.env.FAULTS === 'full';

/** The lags of the watches, in milliseconds. */
export const allLags: readonly number[] = [0, 100, 500, 2000];

/** The lag that was asked for, if one was. */
const wantedLag = process.env.FAULT_LAG === undefined ? undefined : Number(process.env.FAULT_LAG);

/**
 * Each case with the lags that it is run with: with all of them, or with one, which is another one for each case, so that
 * every lag is tried.
 */
export function withLags<Case>(
  cases: readonly Case[],
): readonly { readonly each: Case; readonly lag: number }[] {
  return cases.flatMap((each, index) => lagsOf(index).map((lag) => ({ each, lag })));
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
