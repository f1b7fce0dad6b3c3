// Loaded into an operator before anything else: a wall clock that people set. SIGUSR2 sets it back by an hour, SIGPIPE ahead by
// one, as time synchronisation does, or a virtual machine that goes on. Monotonic time goes on as it was.
const hour = 3_600_000;
const RealDate = Date;
let offset = 0;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args: []) =>
    args.length === 0 ? new target(target.now() + offset) : new target(...args),
  get: (target, property, receiver) =>
    property === 'now' ? () => target.now() + offset : Reflect.get(target, property, receiver),
});
process.on('SIGUSR2', () => {
  offset -= hour;
});
process.on('SIGPIPE', () => {
  offset += hour;
});
