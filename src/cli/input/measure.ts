// The size of a value, measured without recursion, so that a malicious value can't overflow the stack.
// Must not know the meaning of the value.

/** The size of a value. */
export interface Size {
  /** The number of values in it, including itself, each as often as it is reached; at most the given limit. */
  readonly values: number;
  /** The depth of the innermost value. */
  readonly depth: number;
}

/** Measures `value`; stops at `limit`. */
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
