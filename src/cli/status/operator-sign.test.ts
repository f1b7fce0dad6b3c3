// What the lease of an operator says of it.
import { describe, expect, test } from '@jest/globals';
import { signOf } from './operator-sign.ts';

const renewTime = '2026-01-01T10:00:00.000000Z';
const renewedAt = Date.parse('2026-01-01T10:00:00Z');
const lease = (spec: object) => ({ metadata: { resourceVersion: '1' }, spec });
const held = lease({ holderIdentity: 'pod-1', leaseDurationSeconds: 15, renewTime });

describe('an operator', () => {
  test('is active as long as its lease lasts', () => {
    expect(signOf(held, renewedAt + 15_000)).toEqual({ state: 'Active', renewed: renewTime });
  });

  test('is silent once its lease is over', () => {
    expect(signOf(held, renewedAt + 15_001)).toEqual({ state: 'Silent', renewed: renewTime });
  });

  test.each([
    ['has given it back', { holderIdentity: '', leaseDurationSeconds: 1, renewTime }],
    ['never had it', {}],
  ])('is silent if it %s', (_, spec) => {
    expect(signOf(lease(spec), renewedAt)).toEqual({ state: 'Silent' });
  });
});
