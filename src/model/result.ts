// A value, or the reason why there is none, for input that a user can get wrong.
// A programmer's mistake throws instead; a failure of the environment is an error of the shell.

/** The outcome of reading something that a person wrote. */
export type Result<T, E> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E };

/** A successful outcome. */
export function success<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

/** A failed outcome with its reason. */
export function failure<E>(error: E): { readonly ok: false; readonly error: E } {
  return { ok: false, error };
}

/** The values of those that succeeded. */
export function valuesIn<T>(results: readonly Result<T, unknown>[]): readonly T[] {
  return results.flatMap((result) => (result.ok ? [result.value] : []));
}
