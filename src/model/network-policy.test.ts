import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fingerprint, isolates } from './network-policy.ts';

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

describe('a policy isolates', () => {
  test('the directions of its policyTypes', () => {
    const egress = { podSelector: {}, policyTypes: ['Egress'] } as const;
    expect(isolates(egress, 'Egress')).toBe(true);
    expect(isolates(egress, 'Ingress')).toBe(false);
  });
});
