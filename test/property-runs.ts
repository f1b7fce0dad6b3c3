// How many random cases the expensive properties try: all of them in `make test`, a quarter in the fast loop, whose next
// run tries others anyway. Cheap properties keep fast-check's own number.

/** The parameters for fast-check of a property that should try `full` cases. */
export function runs(full: number): { readonly numRuns: number } {
  return { numRuns: process.env.PROPERTIES === 'full' ? full : Math.ceil(full / 4) };
}
