// A value that is made when it is first asked for: a constant that takes work and that most starts do without.
// Must not be used for what may change: it is made once.

/** A function that gives what `make` makes, and makes it once. */
export function once<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
