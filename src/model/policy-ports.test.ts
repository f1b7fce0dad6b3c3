import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { policyPorts, writtenPorts } from './policy-ports.ts';

describe('the ports of a rule', () => {
  test.each([
    [9090, { protocol: 'TCP', port: 9090 }],
    ['9090', { protocol: 'TCP', port: 9090 }],
    ['53/UDP', { protocol: 'UDP', port: 53 }],
    ['metrics', { protocol: 'TCP', port: 'metrics' }],
    ['8000-8100', { protocol: 'TCP', port: 8000, endPort: 8100 }],
    ['8000-8000', { protocol: 'TCP', port: 8000 }],
    ['8000-8100/SCTP', { protocol: 'SCTP', port: 8000, endPort: 8100 }],
  ])('have %j with its protocol, and `endPort` only for a range', (written, port) => {
    expect(policyPorts([written])).toEqual([port]);
  });

  test('are in the order in which they are written', () => {
    expect(policyPorts([9091, 'metrics', 80])?.map(({ port }) => port)).toEqual([9091, 'metrics', 80]);
  });

  test('are absent if there are none, since an empty list would mean every port', () => {
    expect(policyPorts([])).toBeUndefined();
    expect(policyPorts(['not a port'])).toBeUndefined();
  });

  test('always name a number or a name, since a port without either would mean every port', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.integer())), (written) => {
        for (const { port } of policyPorts(written) ?? []) expect(port).toBeDefined();
      }),
    );
  });
});

describe('ports as a person would write them', () => {
  test('are read back as what they are', () => {
    const port = fc.oneof(
      fc.integer({ min: 1, max: 65535 }),
      fc.constantFrom('metrics', '8000-8100', '53/UDP', '8000-8100/SCTP', 'dns/UDP'),
    );
    fc.assert(
      fc.property(fc.array(port, { minLength: 1 }), (written) => {
        const ports = policyPorts(written);
        expect(policyPorts(writtenPorts(ports) ?? [])).toEqual(ports);
      }),
    );
  });

  test('are every number if a port names none, and are left out if all are meant', () => {
    expect(writtenPorts([{ protocol: 'UDP' }])).toEqual(['1-65535/UDP']);
    expect(writtenPorts(undefined)).toBeUndefined();
  });
});
