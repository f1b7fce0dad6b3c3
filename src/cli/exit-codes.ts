// What the tool ends with: the only list, which `--help` and the reference print.
// Must not know which verb ends with what: each verb says so beside its flags.

/** The exit codes of every verb; what `found` means, each verb says itself. As `diff` does. */
export const exitCodes = {
  /** Done, and there is nothing that a script should stop at. */
  ok: 0,
  /** Done, and the answer is the other one: something changes, is denied, or is wrong. */
  found: 1,
  /** Not done: bad input, an unknown flag, no cluster. Nothing was written. */
  error: 2,
  /** Ended by a mistake in ringfence itself; `EX_SOFTWARE` of sysexits.h. */
  mistake: 70,
} as const;

/** An exit code of the tool. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
