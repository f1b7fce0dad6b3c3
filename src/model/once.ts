// A value that is computed when it is first needed: a constant that takes work and that most starts do not need.
// Must not be used for a value that may change: it is computed only once.

/** A function that returns what `make` returns, and calls it once. */
export function once<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
