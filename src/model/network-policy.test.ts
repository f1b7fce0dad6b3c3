import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { allowing, fingerprint, isStandIn, type NonEmpty, type PolicyPort } from './network-policy.ts';

describe('the spec of an allow policy', () => {
  const pods = { podSelector: {} };
  const written = (direction: 'Ingress' | 'Egress', ports?: NonEmpty<PolicyPort>) => {
    const rule = { peers: [pods] as const, ...(ports === undefined ? {} : { ports }) };
    const { ingress, egress } = allowing({}, direction, [rule]);
    return (ingress ?? egress)?.[0].ports;
  };
  const metrics = { protocol: 'TCP', port: 'metrics' } as const;
  const statsd = { protocol: 'UDP', port: 'statsd' } as const;

  test.each(['Ingress', 'Egress'] as const)(
    'has a number beside names that stand alone (%s)',
    (direction) => {
      expect(written(direction, [metrics])).toEqual([metrics, { protocol: 'TCP', port: 1 }]);
      expect(written(direction, [statsd, metrics])).toEqual([statsd, metrics, { protocol: 'UDP', port: 1 }]);
    },
  );

  test.each<[string, NonEmpty<PolicyPort> | undefined]>([
    ['has a number', [metrics, { protocol: 'TCP', port: 9090 }]],
    ['has every port of a protocol', [metrics, { protocol: 'UDP' }]],
    ['is about every port', undefined],
  ])('has none where a rule %s', (_, ports) => {
    expect(written('Ingress', ports)).toEqual(ports);
  });

  test('tells the number that stands beside names from one that somebody asked for', () => {
    const [, number] = written('Ingress', [metrics]) ?? [];
    const one = { protocol: 'TCP', port: 1 } as const;
    expect(number && isStandIn(number, { ports: [metrics, number] })).toBe(true);
    expect(isStandIn(metrics, { ports: [metrics, one] })).toBe(false);
    expect(isStandIn(one, { ports: [one] })).toBe(false);
    expect(isStandIn(one, { ports: [metrics, one, { port: 2 }] })).toBe(false);
    expect(isStandIn({ ...one, endPort: 9 }, { ports: [metrics, one] })).toBe(false);
  });
});

describe('the fingerprint of a spec', () => {
  const deny = { podSelector: {}, policyTypes: ['Ingress'] };

  test('is the same whatever the order of keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (spec) => {
        const reversed = Object.fromEntries(Object.entries(spec).toReversed());
        expect(fingerprint(reversed)).toBe(fingerprint(spec));
      }),
    );
  });

  test.each([
    ['an empty list of rules', { ...deny, ingress: [] }, deny],
    ['an empty list of peers', { ...deny, ingress: [{ from: [] }] }, { ...deny, ingress: [{}] }],
    ['empty matchLabels', { ...deny, podSelector: { matchLabels: {} } }, deny],
    ['a field that is undefined', { ...deny, egress: undefined }, deny],
  ])('does not see %s, which the API server drops', (_, one, other) => {
    expect(fingerprint(one)).toBe(fingerprint(other));
  });

  test.each([
    ['a rule that allows everything and no rule', { ...deny, ingress: [{}] }, deny],
    [
      'every pod of the namespace and everyone',
      { ...deny, ingress: [{ from: [{ podSelector: {} }] }] },
      { ...deny, ingress: [{ from: [{}] }] },
    ],
    [
      'pods of every namespace and pods of this one',
      { ...deny, ingress: [{ from: [{ namespaceSelector: {}, podSelector: {} }] }] },
      { ...deny, ingress: [{ from: [{ podSelector: {} }] }] },
    ],
    [
      'the order of policyTypes, which is kept',
      { ...deny, policyTypes: ['Ingress', 'Egress'] },
      { ...deny, policyTypes: ['Egress', 'Ingress'] },
    ],
    [
      'a port number and a port name',
      { ...deny, ingress: [{ ports: [{ port: 80 }] }] },
      { ...deny, ingress: [{ ports: [{ port: '80' }] }] },
    ],
    ['a label that is empty and none', { podSelector: { matchLabels: { a: '' } } }, { podSelector: {} }],
  ])('tells apart %s', (_, one, other) => {
    expect(fingerprint(one)).not.toBe(fingerprint(other));
  });

  test('is there for an object that has none yet, and differs from that of an empty one', () => {
    expect(fingerprint(undefined)).toMatch(/^[\w-]{22}$/);
    expect(fingerprint(undefined)).not.toBe(fingerprint({}));
    expect(fingerprint(undefined)).not.toBe(fingerprint(null));
  });

  test('is the same for the same value in another object', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(fingerprint(structuredClone(value))).toBe(fingerprint(value));
      }),
    );
  });
});
