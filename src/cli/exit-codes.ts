// The exit codes of the tool: the only list, which `--help` and the reference print.
// Must not know what a code means for a verb: each verb says so in its help.

/** The exit codes of every verb, like those of `diff`; each verb says what `found` means. */
export const exitCodes = {
  /** Done, and a script can continue. */
  ok: 0,
  /** Done, but something changes, is denied, or is wrong. */
  found: 1,
  /** Not done: bad input, an unknown flag, no cluster. Nothing was written. */
  error: 2,
  /** Done, but the network does not do what the policies say. */
  disagrees: 3,
  /** Ended by a bug in ringfence; `EX_SOFTWARE` of sysexits.h. */
  mistake: 70,
} as const;

/** An exit code of the tool. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
