// Loaded into an operator: a wall clock that jumps an hour every 50 ms, back or forth as CLOCK says. Monotonic time goes on.
const hour = 60 * 60 * 1000;
const RealDate = Date;
const realNow = Date.now.bind(Date);
const direction = process.env.CLOCK === 'back' ? -1 : 1;
const now = () => realNow() + direction * hour * Math.floor(performance.now() / 50);

Date.now = now;
globalThis.Date = new Proxy(RealDate, {
  construct: (target, words, newTarget) =>
    Reflect.construct(target, words.length === 0 ? [now()] : words, newTarget),
});
