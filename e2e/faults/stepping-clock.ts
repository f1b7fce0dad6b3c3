// Loaded into an operator: a wall clock that jumps an hour every 50 ms, back or forth as CLOCK says. Monotonic time goes on.
import { shiftWallClock } from '../support/shifted-clock.ts';

const hour = 60 * 60 * 1000;
const direction = process.env.CLOCK === 'back' ? -1 : 1;
shiftWallClock(() => direction * hour * Math.floor(performance.now() / 50));
