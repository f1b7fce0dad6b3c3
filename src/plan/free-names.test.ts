import { expect, test } from '@jest/globals';
import { secondName } from '../model/policy-names.ts';
import { freeName } from './free-names.ts';

test('the first free name is found however many of them somebody else has taken', () => {
  const taken = new Set<string>();
  let name = 'ringfence-default-deny-ingress';
  for (let count = 0; count < 20_000; count += 1) {
    taken.add(name);
    name = secondName(name);
  }
  expect(freeName('ringfence-default-deny-ingress', taken)).toBe(name);
});
