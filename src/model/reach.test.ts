// Sets of addresses and ports: what is removed is gone on the ports that were meant, and on these alone.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { runs } from '../../test/property-runs.ts';
import { addressSets } from './address-set.ts';
import type { PolicyPort } from './network-policy.ts';
import { addressesIn, type Reach, reachesMeet, reachOfRule, withoutReach } from './reach.ts';

const rule = (cidr: string, ...ports: readonly PolicyPort[]) =>
  reachOfRule({ peers: [{ ipBlock: { cidr } }], ports: ports.length === 0 ? undefined : ports });
const tcp = (port: number | string, endPort?: number): PolicyPort => ({
  protocol: 'TCP',
  port,
  ...(endPort === undefined ? {} : { endPort }),
});

/** Whether 10.0.0.`last` is reached on a TCP port. */
function has(reach: Reach, last: number, port: number): boolean {
  return reachesMeet(reach, rule(`10.0.0.${last}/32`, tcp(port)));
}

test('an address without one of its ports is still reached on the others', () => {
  const rest = withoutReach(rule('10.0.0.10/32'), rule('10.0.0.0/24', tcp(6443)));
  expect([22, 6442, 6443, 6444].map((port) => has(rest, 10, port))).toEqual([true, true, false, true]);
  expect(withoutReach(rule('10.0.0.10/32', tcp(6443)), rule('10.0.0.0/24', tcp(6000, 7000)))).toEqual([]);
});

test('a port that has a name may be any', () => {
  expect(has(rule('10.0.0.1/32', tcp('web')), 1, 2379)).toBe(true);
  expect(withoutReach(rule('10.0.0.1/32', tcp('web')), rule('10.0.0.1/32', tcp(80)))).not.toEqual([]);
});

test('without addresses nothing is reached', () => {
  expect(reachOfRule({ peers: [{ namespaceSelector: {} }], ports: [tcp(80)] })).toEqual([]);
});

test('what is removed is gone, and nothing else', () => {
  const part = fc.record({
    last: fc.integer({ min: 0, max: 3 }),
    prefix: fc.constantFrom(30, 31, 32),
    first: fc.integer({ min: 1, max: 6 }),
    size: fc.integer({ min: 0, max: 3 }),
  });
  const reach = fc.array(part, { maxLength: 4 }).map((parts) =>
    parts.flatMap(({ last, prefix, first, size }) => {
      const start = last - (last % 2 ** (32 - prefix));
      return rule(`10.0.0.${start}/${prefix}`, tcp(first, first + size));
    }),
  );
  fc.assert(
    fc.property(reach, reach, (all, less) => {
      const rest = withoutReach(all, less);
      for (const last of [0, 1, 2, 3]) {
        for (let port = 1; port < 10; port += 1) {
          expect(has(rest, last, port)).toBe(has(all, last, port) && !has(less, last, port));
        }
      }
      expect(addressSets.isEmpty(addressesIn(rest))).toBe(rest.length === 0);
    }),
    runs(100),
  );
});
