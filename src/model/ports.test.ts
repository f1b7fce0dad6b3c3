import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  everyPort,
  isPortName,
  type PortSpec,
  parsePort,
  protocols,
  withPortName,
  withProtocol,
} from './ports.ts';

describe('a port as a person writes it', () => {
  test.each<[number | string, PortSpec]>([
    [27017, { protocol: 'TCP', interval: { first: 27017, last: 27017 } }],
    ['27017', { protocol: 'TCP', interval: { first: 27017, last: 27017 } }],
    ['8000-8100', { protocol: 'TCP', interval: { first: 8000, last: 8100 } }],
    ['53/UDP', { protocol: 'UDP', interval: { first: 53, last: 53 } }],
    ['8000-8100/SCTP', { protocol: 'SCTP', interval: { first: 8000, last: 8100 } }],
    ['1-65535', { protocol: 'TCP', interval: everyPort }],
    ['metrics', { protocol: 'TCP', name: 'metrics' }],
    ['dns/UDP', { protocol: 'UDP', name: 'dns' }],
    ['8080-tcp', { protocol: 'TCP', name: '8080-tcp' }],
  ])('%j is read', (written, spec) => {
    expect(parsePort(written)).toEqual({ ok: true, value: spec });
  });

  test.each<[number | string, string]>([
    [0, 'outside 1 to 65535'],
    [65536, 'outside 1 to 65535'],
    ['1-65536', 'outside 1 to 65535'],
    ['0-80', 'outside 1 to 65535'],
    ['8100-8000', 'write `8000-8100`'],
    [-1, 'is not a port'],
    [80.5, 'is not a port'],
    ['', 'is not a port'],
    ['080', 'is not a port'],
    ['80/tcp', 'is not a port'],
    ['80/', 'is not a port'],
    ['/TCP', 'is not a port'],
    ['80 ', 'is not a port'],
    ['Metrics', 'is not a port'],
    ['sixteen-letters0', 'is not a port'],
  ])('%j is refused, and the message says what to write', (written, reason) => {
    const parsed = parsePort(written);
    expect(parsed).toEqual({ ok: false, error: expect.stringContaining(reason) });
  });

  const number = fc.integer({ min: 1, max: 65535 });
  const spec = fc.oneof(
    fc.record({
      protocol: fc.constantFrom(...protocols),
      interval: fc.tuple(number, number).map(([a, b]) => ({ first: Math.min(a, b), last: Math.max(a, b) })),
    }),
    fc.record({
      protocol: fc.constantFrom(...protocols),
      name: fc.stringMatching(/^[a-z][a-z0-9]{0,6}(-[a-z0-9]{1,6})?$/),
    }),
  );
  const write = (port: PortSpec): string => {
    const { first, last } = 'interval' in port ? port.interval : { first: port.name, last: port.name };
    return `${first === last ? first : `${first}-${last}`}/${port.protocol}`;
  };

  test('reads back as what was written', () => {
    fc.assert(fc.property(spec, (port) => expect(parsePort(write(port))).toEqual({ ok: true, value: port })));
  });

  test('is read or refused, and never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => typeof parsePort(text).ok === 'boolean'));
  });
});

describe('the name of a port', () => {
  test.each(['metrics', 'a', 'http-web', '8080-tcp', 'exactly15-chars'])('can be `%s`', (name) => {
    expect(isPortName(name)).toBe(true);
  });

  test.each(['', '8080', '1-2', '-web', 'web-', 'a--b', 'Web', 'web_1', 'sixteen-chars-xx'])(
    'cannot be `%s` (RFC 6335)',
    (name) => {
      expect(isPortName(name)).toBe(false);
    },
  );
});

test.each([
  [80, 'TCP', undefined, '80'],
  [53, 'UDP', 'dns', '53/UDP (dns)'],
  ['8000-8100', 'SCTP', undefined, '8000-8100/SCTP'],
] as const)('%s of %s with the name %s is told as `%s`', (port, protocol, name, told) => {
  const written = withProtocol(port, protocol);
  expect(withPortName(written, name)).toBe(told);
  expect(parsePort(written)).toMatchObject({ ok: true, value: { protocol } });
});
