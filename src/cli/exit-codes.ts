// The exit codes of the tool: the only list, which `--help` and the reference print.
// Must not know what a code means for a verb: each verb says so in its help.

/** The exit codes of every verb, as `diff` has them; each verb says what `found` means. */
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
