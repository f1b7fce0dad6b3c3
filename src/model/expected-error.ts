// Expected errors have a message for people; any other error is a bug in ringfence itself.
// Must not know what went wrong.

/** An error that a person or the environment causes. */
export class ExpectedError extends Error {
  /** Marks the error, also for code that has not loaded this class. */
  readonly expected = true;
}

/** Whether an error was expected. */
export function isExpected(error: unknown): error is ExpectedError {
  return error instanceof Error && 'expected' in error && error.expected === true;
}
