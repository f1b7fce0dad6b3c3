import { beforeEach, describe, expect, test } from '@jest/globals';
import { type NamespaceRecord, NamespaceStates } from './namespace-states.ts';

const record: NamespaceRecord = {
  uid: 'uid-1',
  state: 'Enforced',
  madeFrom: 'uid-of-platform/1',
  routes: [],
  policies: 2,
  findings: [],
  failure: undefined,
};
let states: NamespaceStates;

beforeEach(() => {
  states = new NamespaceStates();
});

describe('the state of a namespace', () => {
  test('is news when it is new or differs, and none when it is the same', () => {
    expect(states.record('shop', record)).toBe(true);
    expect(states.record('shop', { ...record, findings: [] })).toBe(false);
    expect(states.record('shop', { ...record, madeFrom: 'uid-of-platform/2' })).toBe(true);
    expect(states.record('shop', { ...record, madeFrom: 'uid-of-platform/2', state: 'Changing' })).toBe(true);
    expect(states.records.get('shop')?.state).toBe('Changing');
  });

  test('is nowhere without a platform profile, while what is known of the namespace itself stays', () => {
    states.record('shop', record);
    states.wrote('shop', 1_000);
    states.clearRecord('shop');
    expect(states.records.size).toBe(0);
    expect(states.lastWrite('shop', 9_000)).toBe(1_000);
  });

  test('is forgotten with it, which is news where it was known', () => {
    states.record('shop', record);
    expect(states.forget('shop')).toBe(true);
    expect(states.forget('shop')).toBe(false);
    expect(states.records.size).toBe(0);
  });
});

describe('for how long a namespace fails', () => {
  test('counts from its first failure, until it no longer fails', () => {
    const failure = { reason: 'Refused', message: 'no' };
    expect(states.failed('shop', 1_000)).toBe(0);
    states.record('shop', { ...record, state: 'Failing', failure });
    expect(states.failed('shop', 4_000)).toBe(3_000);
    expect(states.failed('pay', 4_000)).toBe(0);
    states.record('shop', record);
    expect(states.failed('shop', 9_000)).toBe(0);
    states.forget('shop');
    expect(states.failed('shop', 12_000)).toBe(0);
  });
});

describe('the directions that are held closed', () => {
  test('are none of a namespace that was there before the operator', () => {
    expect(states.keptIsolated('shop', 'uid-1', 1_000)).toEqual([]);
  });

  test('are both of a namespace that was created just now', () => {
    states.markCreated('shop', 'uid-1', 0);
    expect(states.keptIsolated('shop', 'uid-1', 1_000)).toEqual(['Ingress', 'Egress']);
  });

  test('are none of a namespace that was created a while ago and could not be closed since: pods may be connected', () => {
    states.markCreated('shop', 'uid-1', 0);
    expect(states.keptIsolated('shop', 'uid-1', 29_999)).toEqual(['Ingress', 'Egress']);
    expect(states.keptIsolated('shop', 'uid-1', 30_000)).toEqual([]);
  });

  test('are none of a namespace that nobody kept closed for a time', () => {
    states.markIsolated('shop', 'uid-1', ['Ingress']);
    states.clearIsolated('shop');
    expect(states.keptIsolated('shop', 'uid-1', 1_000)).toEqual([]);
  });

  test('are those in which it was isolated as wanted, however long ago', () => {
    states.markCreated('shop', 'uid-1', 0);
    states.markIsolated('shop', 'uid-1', ['Ingress']);
    expect(states.keptIsolated('shop', 'uid-1', 1e12)).toEqual(['Ingress']);
    states.markIsolated('shop', 'uid-1', []);
    expect(states.keptIsolated('shop', 'uid-1', 1_000)).toEqual([]);
  });

  test('are both of a namespace that was created just now, also when its ring is written and its profile comes next', () => {
    states.markCreated('shop', 'uid-1', 0);
    states.markIsolated('shop', 'uid-1', ['Ingress']);
    expect(states.keptIsolated('shop', 'uid-1', 1_000)).toEqual(['Ingress', 'Egress']);
    states.clearIsolated('shop');
    expect(states.keptIsolated('shop', 'uid-1', 1_000)).toEqual([]);
  });

  test('are not those of another namespace that had the same name', () => {
    states.markIsolated('shop', 'uid-1', ['Ingress']);
    expect(states.keptIsolated('shop', 'uid-2', 1_000)).toEqual([]);
  });

  test('are forgotten with the namespace', () => {
    states.markCreated('shop', 'uid-1', 0);
    states.forget('shop');
    expect(states.keptIsolated('shop', 'uid-1', 1_000)).toEqual([]);
  });
});

describe('the last write that a transition covers', () => {
  test('is when it was written', () => {
    states.wrote('shop', 1_000);
    states.wrote('shop', 2_000);
    expect(states.lastWrite('shop', 9_000)).toBe(2_000);
  });

  test('counts from when the transition is found, where that is after a restart, and does not move on', () => {
    expect(states.lastWrite('shop', 5_000)).toBe(5_000);
    expect(states.lastWrite('shop', 9_000)).toBe(5_000);
  });

  test('is over with the transition, and with the namespace', () => {
    states.wrote('shop', 1_000);
    states.settled('shop');
    expect(states.lastWrite('shop', 9_000)).toBe(9_000);
    states.forget('shop');
    expect(states.lastWrite('shop', 10_000)).toBe(10_000);
  });
});

describe('the routes that are left out elsewhere', () => {
  const route = (namespace: string, name: string) => ({ namespace, profile: 'team', route: name });

  test('are known by their sender, of each receiver', () => {
    states.capped('shop', [route('evil', 'a'), route('evil', 'b'), route('late', 'a')]);
    states.capped('pay', [route('evil', 'b')]);
    expect(states.cappingReceivers('evil')).toEqual([
      { namespace: 'shop', cappedRoutes: [route('evil', 'a'), route('evil', 'b')] },
      { namespace: 'pay', cappedRoutes: [route('evil', 'b')] },
    ]);
    expect(states.cappingReceivers('shop')).toEqual([]);
  });

  test('are news for the senders for which they have changed, and for nobody else', () => {
    expect(states.capped('shop', [])).toEqual([]);
    expect(states.capped('shop', [route('evil', 'a'), route('late', 'a')])).toEqual(['evil', 'late']);
    expect(states.capped('shop', [route('evil', 'a'), route('late', 'a')])).toEqual([]);
    expect(states.capped('shop', [route('evil', 'a'), route('late', 'b')])).toEqual(['late']);
    expect(states.capped('shop', [route('new', 'a'), route('late', 'b')])).toEqual(['evil', 'new']);
    expect(states.capped('shop', [])).toEqual(['new', 'late']);
    expect(states.cappingReceivers('late')).toEqual([]);
  });
});
