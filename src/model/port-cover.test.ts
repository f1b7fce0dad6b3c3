import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { PolicyPort } from './network-policy.ts';
import { portsContain, portsMayContain } from './port-cover.ts';
import { protocols } from './ports.ts';

const tcp = (port?: number | string, endPort?: number): PolicyPort => ({
  protocol: 'TCP',
  ...(port === undefined ? {} : { port }),
  ...(endPort === undefined ? {} : { endPort }),
});

describe('the ports of a rule contain those of another', () => {
  test('where none are written, which means every port of every protocol', () => {
    expect(portsContain(undefined, undefined)).toBe(true);
    expect(portsContain(undefined, [tcp('http')])).toBe(true);
    expect(portsContain([tcp()], undefined)).toBe(false);
    expect(
      portsContain(
        protocols.map((protocol) => ({ protocol })),
        undefined,
      ),
    ).toBe(true);
  });

  test('where ranges that touch cover a range together', () => {
    expect(portsContain([tcp(8000, 8049), tcp(8050, 8100)], [tcp(8020, 8080)])).toBe(true);
    expect(portsContain([tcp(8000, 8049), tcp(8051, 8100)], [tcp(8020, 8080)])).toBe(false);
  });

  test('where a name is the same name of the same protocol, or every number is open', () => {
    expect(portsContain([tcp('http')], [tcp('http')])).toBe(true);
    expect(portsContain([{ protocol: 'UDP', port: 'http' }], [tcp('http')])).toBe(false);
    expect(portsContain([tcp(1, 100), tcp(101, 65535)], [tcp('http')])).toBe(true);
    expect(portsContain([tcp(80)], [tcp('http')])).toBe(false);
    expect(portsContain([tcp('http')], [tcp(80)])).toBe(false);
  });
});

describe('the ports of a rule may contain those of another', () => {
  test('where a name of the same protocol may be the number', () => {
    expect(portsMayContain([tcp('http')], [tcp(8080)])).toBe(true);
    expect(portsMayContain([tcp(8080)], [tcp('http')])).toBe(true);
    expect(portsMayContain([tcp('web')], [tcp('http')])).toBe(false);
    expect(portsMayContain([tcp(8080)], [tcp(8080), tcp('http')])).toBe(true);
    expect(portsMayContain([{ protocol: 'UDP', port: 'http' }], [tcp(8080)])).toBe(false);
  });

  test('but a name is one number: no range, and not every port', () => {
    expect(portsMayContain([tcp('http')], [tcp(8080, 8081)])).toBe(false);
    expect(portsMayContain([tcp('http')], [tcp()])).toBe(false);
    expect(portsMayContain([tcp('http')], undefined)).toBe(false);
    expect(portsMayContain([tcp(80)], [tcp(8080)])).toBe(false);
  });
});

/** Where anything generated below begins or ends. */
const ends = [1, 2, 3, 4, 65533, 65534, 65535];
/** Nothing begins or ends from 5 to 65532, so that 5 stands for all of these. */
const numbers = [...ends, 5];
const number = fc.constantFrom(...ends);
const range = fc
  .tuple(number, number)
  .map(([a, b]) => ({ port: Math.min(a, b), endPort: Math.max(a, b) }) as const);
const port: fc.Arbitrary<PolicyPort> = fc
  .tuple(
    fc.constantFrom(...protocols),
    fc.oneof(
      fc.constant({}),
      number.map((single) => ({ port: single })),
      range,
      fc.constantFrom({ port: 'http' }, { port: 'metrics' }),
    ),
  )
  .map(([protocol, what]) => ({ protocol, ...what }));
const ports = fc.option(fc.array(port, { minLength: 1, maxLength: 5 }), { nil: undefined });

/** What a pod says that its names mean. */
type Meaning = Readonly<Record<string, number>>;

function allows(rule: readonly PolicyPort[] | undefined, protocol: string, at: number, meaning: Meaning) {
  return (
    rule === undefined ||
    rule.some((candidate) => {
      if (candidate.protocol !== protocol) return false;
      if (candidate.port === undefined) return true;
      const first = typeof candidate.port === 'string' ? meaning[candidate.port] : candidate.port;
      return first !== undefined && first <= at && at <= (candidate.endPort ?? first);
    })
  );
}

/** Port by port, for pods whose names mean any numbers. */
function containsNaively(outer: readonly PolicyPort[] | undefined, inner: readonly PolicyPort[] | undefined) {
  return numbers.every((http) =>
    numbers.every((metrics) =>
      protocols.every((protocol) =>
        numbers.every((at) => {
          const meaning = { http, metrics };
          return !allows(inner, protocol, at, meaning) || allows(outer, protocol, at, meaning);
        }),
      ),
    ),
  );
}

test('portsContain agrees with a check port by port', () => {
  let contained = 0;
  fc.assert(
    fc.property(ports, ports, (outer, inner) => {
      const naive = containsNaively(outer, inner);
      const said = portsContain(outer, inner);
      if (said) contained += 1;
      expect(said).toBe(naive);
    }),
    { numRuns: 300 },
  );
  expect(contained).toBeGreaterThan(10);
});
