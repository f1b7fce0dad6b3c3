// Waits for something that another process brings about: asks again and again until a deadline.

/** How long to wait for something that takes a moment on a calm machine, in milliseconds: on a busy one it takes many times as long. */
export const patienceMs = 180_000;

export interface PollOptions {
  /** If unset: `patienceMs`. */
  readonly timeoutMs?: number | undefined;
  readonly everyMs?: number;
  /** Makes the error for when the time is over. */
  readonly expired: () => Error | Promise<Error>;
}

/** Calls `attempt` until it returns something other than undefined or false. An error that it throws ends the wait. */
export async function poll<Result>(
  attempt: () => Promise<Result | undefined | false>,
  { timeoutMs = patienceMs, everyMs = 50, expired }: PollOptions,
): Promise<Result> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const result = await attempt();
    if (result !== undefined && result !== false) return result;
    if (performance.now() > deadline) throw await expired();
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
