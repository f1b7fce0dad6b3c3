// Shifts the wall clock of the process that loads it; monotonic time goes on as it is. Must not know when or how far.
const RealDate = Date;

/** @param offsetMs by how much the clock is wrong now, asked each time that somebody looks at it */
export function shiftWallClock(offsetMs: () => number): void {
  const now = () => RealDate.now() + offsetMs();
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, words, newTarget) =>
      Reflect.construct(target, words.length === 0 ? [now()] : words, newTarget),
    get: (target, property, receiver) => (property === 'now' ? now : Reflect.get(target, property, receiver)),
  });
}
