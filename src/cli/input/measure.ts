// How large a value is, found without recursion, so that a value that is made to break its readers can't.
// Must not know what the value is.

/** The size of a value. */
export interface Size {
  /** It and all that it holds, each as often as it is reached; at most the limit that was given. */
  readonly values: number;
  /** How many values are around the innermost one. */
  readonly depth: number;
}

/** Measures `value`; stops where it has counted to `limit`. */
export function measure(value: unknown, limit: number): Size {
  const waiting: { readonly value: unknown; readonly depth: number }[] = [{ value, depth: 0 }];
  let values = 0;
  let deepest = 0;
  for (let next = waiting.pop(); next !== undefined && values < limit; next = waiting.pop()) {
    const { value: current, depth } = next;
    values += 1;
    deepest = Math.max(deepest, depth);
    if (typeof current !== 'object' || current === null) continue;
    for (const member of Object.values(current)) waiting.push({ value: member, depth: depth + 1 });
  }
  return { values, depth: deepest };
}
