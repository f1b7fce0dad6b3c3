// The wall clock, which people and operating systems set: only for what people read or write.
// It may jump by hours at any moment, so `performance.now()` measures waits and ages. The linter forbids `Date` in every other
// file of the shell.

/** Now, in the format of statuses: RFC 3339 with milliseconds. */
export function wallTime(): string {
  return new Date().toISOString();
}

/** A moment in milliseconds since the epoch, as people write it: RFC 3339 in UTC, in whole seconds. */
export function wallTimeOf(ms: number): string {
  return new Date(ms).toISOString().replace(/[.]\d+Z$/, 'Z');
}

/** Now, in milliseconds since the epoch: to compare with a time that a person wrote. */
export function wallMs(): number {
  return Date.now();
}

/** Now, in the format of Leases and Events: RFC 3339 with microseconds, as in `metav1.MicroTime`. */
export function wallMicroTime(): string {
  return wallTime().replace('Z', '000Z');
}

/** A time that somebody else wrote (RFC 3339 or RFC 9110), in milliseconds since the epoch; `undefined` if it is invalid. */
export function parseWallTime(text: string | undefined): number | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : time;
}
