// What Ctrl-C means for a run that has made something: it ends early, and still takes away what it made.

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** From now on these signals no longer end the process; the first one aborts, with an error that names it as the reason. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const name of signals) process.on(name, () => controller.abort(new Error(`ended by ${name}`)));
  return controller.signal;
}

/**
 * Waits for some work, but not once it is interrupted.
 * @throws the reason of the interruption
 */
export async function unlessInterrupted<Result>(
  interrupted: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  interrupted.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const give = () => reject(interrupted.reason);
  interrupted.addEventListener('abort', give);
  try {
    return await Promise.race([promise, work()]);
  } finally {
    interrupted.removeEventListener('abort', give);
  }
}
