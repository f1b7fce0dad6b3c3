// Loaded into an operator before anything else: a wall clock that is wrong, while monotonic time stays right. With CLOCK=back
// or CLOCK=forth it jumps an hour every 50 ms, as NTP or a resumed machine makes it; SIGUSR2 sets it back by an hour, and SIGPIPE
// ahead by one, as a person does.
const hour = 3_600_000;
const RealDate = Date;
const direction = { back: -1, forth: 1 }[process.env.CLOCK ?? ''] ?? 0;
let offset = 0;
process.on('SIGUSR2', () => {
  offset -= hour;
});
process.on('SIGPIPE', () => {
  offset += hour;
});

const now = () => RealDate.now() + offset + direction * hour * Math.floor(performance.now() / 50);
globalThis.Date = new Proxy(RealDate, {
  construct: (target, words, newTarget) =>
    Reflect.construct(target, words.length === 0 ? [now()] : words, newTarget),
  get: (target, property, receiver) => (property === 'now' ? now : Reflect.get(target, property, receiver)),
});
