// Random strings that are ports, or nearly: what a property test needs to tell one from the other.
// Must not know which of them are valid.
import fc from 'fast-check';

const number = fc.oneof(
  fc.integer({ min: 0, max: 70_000 }).map(String),
  fc.integer({ min: 0, max: 120 }).map(String),
  fc.integer({ min: 0, max: 99 }).map((digits) => `0${digits}`),
);
const range = fc.tuple(number, number).map(([first, last]) => `${first}-${last}`);
const ascending = fc
  .tuple(fc.integer({ min: 1, max: 65_535 }), fc.integer({ min: 1, max: 65_535 }))
  .map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
const name = fc.stringMatching(/^[a-z0-9-]{1,17}$/);
const protocol = fc.constantFrom('', '', '', '/TCP', '/UDP', '/SCTP', '/tcp', '/', '/ICMP');

/** A string that is a port, or would like to be one. */
export const portText: fc.Arbitrary<string> = fc
  .tuple(fc.oneof(number, range, ascending, name), protocol)
  .map(([port, suffix]) => `${port}${suffix}`);
