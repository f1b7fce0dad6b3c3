// The wall clock, which people and operating systems set: for what people read, and for nothing else.
// It may jump by hours at any moment, so that waits and ages are measured with `performance.now()`. The linter lets no other
// file of the shell use `Date`.

/** Now, as statuses hold it: RFC 3339 with milliseconds. */
export function wallTime(): string {
  return new Date().toISOString();
}

/** Now, as Leases and Events hold it: RFC 3339 with microseconds, as `metav1.MicroTime` is. */
export function wallMicroTime(): string {
  return wallTime().replace('Z', '000Z');
}

/** A time that somebody else wrote (RFC 3339 or RFC 9110), in milliseconds since the epoch; `undefined` where it is none. */
export function parseWallTime(text: string | undefined): number | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : time;
}
