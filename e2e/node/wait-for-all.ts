// Waits for things that are made side by side in a directory that is deleted when one of them fails: none may still write there then.

/**
 * As `Promise.all`, but nothing is at work any more when it returns.
 * @throws the first error, in the order of `promises`, once all have ended
 */
export async function waitForAll<const Promises extends readonly Promise<unknown>[]>(
  promises: Promises,
): Promise<{ -readonly [Index in keyof Promises]: Awaited<Promises[Index]> }> {
  await Promise.allSettled(promises);
  return await Promise.all(promises);
}
