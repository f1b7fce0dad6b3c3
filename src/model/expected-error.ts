// Errors that are expected to happen: the message of one is for people, while any other error is a mistake in ringfence itself.
// Must not know what went wrong.

/** Something that a person, or the world, is to blame for. */
export class ExpectedError extends Error {
  /** Marks it, also for code that has not loaded this class. */
  readonly expected = true;
}

/** Whether an error was expected. */
export function isExpected(error: unknown): error is ExpectedError {
  return error instanceof Error && 'expected' in error && error.expected === true;
}
