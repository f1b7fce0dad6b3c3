// Loaded into an operator before anything else: a wall clock that people set. SIGUSR2 sets it back by an hour, SIGPIPE ahead by
// one, as time synchronisation does, or a virtual machine that goes on. Monotonic time goes on as it was.
import { shiftWallClock } from './shifted-clock.ts';

const hour = 3_600_000;
let offset = 0;
shiftWallClock(() => offset);
process.on('SIGUSR2', () => {
  offset -= hour;
});
process.on('SIGPIPE', () => {
  offset += hour;
});
