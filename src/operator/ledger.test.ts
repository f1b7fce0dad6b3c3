import { beforeEach, describe, expect, test } from '@jest/globals';
import { Ledger, type NamespaceRecord } from './ledger.ts';

const record: NamespaceRecord = {
  uid: 'uid-1',
  state: 'Enforced',
  madeFrom: 'uid-of-platform/1',
  routes: [],
  policies: 2,
  findings: [],
  failure: undefined,
};
let ledger: Ledger;

beforeEach(() => {
  ledger = new Ledger();
});

describe('where a namespace stands', () => {
  test('is news when it is new or differs, and none when it is the same', () => {
    expect(ledger.record('shop', record)).toBe(true);
    expect(ledger.record('shop', { ...record, findings: [] })).toBe(false);
    expect(ledger.record('shop', { ...record, madeFrom: 'uid-of-platform/2' })).toBe(true);
    expect(ledger.record('shop', { ...record, madeFrom: 'uid-of-platform/2', state: 'Changing' })).toBe(true);
    expect(ledger.records.get('shop')?.state).toBe('Changing');
  });

  test('is nowhere without a platform profile, while what is known of the namespace itself stays', () => {
    ledger.record('shop', record);
    ledger.wrote('shop', 1_000);
    ledger.unrecord('shop');
    expect(ledger.records.size).toBe(0);
    expect(ledger.lastWrite('shop', 9_000)).toBe(1_000);
  });

  test('is forgotten with it, which is news where it was known', () => {
    ledger.record('shop', record);
    expect(ledger.forget('shop')).toBe(true);
    expect(ledger.forget('shop')).toBe(false);
    expect(ledger.records.size).toBe(0);
  });
});

describe('for how long a namespace fails', () => {
  test('counts from its first failure, until it no longer fails', () => {
    const failure = { reason: 'Refused', message: 'no' };
    expect(ledger.failed('shop', 1_000)).toBe(0);
    ledger.record('shop', { ...record, state: 'Failing', failure });
    expect(ledger.failed('shop', 4_000)).toBe(3_000);
    expect(ledger.failed('pay', 4_000)).toBe(0);
    ledger.record('shop', record);
    expect(ledger.failed('shop', 9_000)).toBe(0);
    ledger.forget('shop');
    expect(ledger.failed('shop', 12_000)).toBe(0);
  });
});

describe('the directions that are held closed', () => {
  test('are none of a namespace that was there before the operator', () => {
    expect(ledger.heldClosed('shop', 'uid-1', 1_000)).toEqual([]);
  });

  test('are both of a namespace that was born just now', () => {
    ledger.bornEmpty('shop', 'uid-1', 0);
    expect(ledger.heldClosed('shop', 'uid-1', 1_000)).toEqual(['Ingress', 'Egress']);
  });

  test('are none of a namespace that was born a while ago and could not be closed since: pods may be connected', () => {
    ledger.bornEmpty('shop', 'uid-1', 0);
    expect(ledger.heldClosed('shop', 'uid-1', 29_999)).toEqual(['Ingress', 'Egress']);
    expect(ledger.heldClosed('shop', 'uid-1', 30_000)).toEqual([]);
  });

  test('are none of a namespace that nobody kept closed for a time', () => {
    ledger.holdClosed('shop', 'uid-1', ['Ingress']);
    ledger.letGo('shop');
    expect(ledger.heldClosed('shop', 'uid-1', 1_000)).toEqual([]);
  });

  test('are those in which it was isolated as wanted, however long ago', () => {
    ledger.bornEmpty('shop', 'uid-1', 0);
    ledger.holdClosed('shop', 'uid-1', ['Ingress']);
    expect(ledger.heldClosed('shop', 'uid-1', 1e12)).toEqual(['Ingress']);
    ledger.holdClosed('shop', 'uid-1', []);
    expect(ledger.heldClosed('shop', 'uid-1', 1_000)).toEqual([]);
  });

  test('are both of a namespace that was born just now, also when its ring is written and its profile comes next', () => {
    ledger.bornEmpty('shop', 'uid-1', 0);
    ledger.holdClosed('shop', 'uid-1', ['Ingress']);
    expect(ledger.heldClosed('shop', 'uid-1', 1_000)).toEqual(['Ingress', 'Egress']);
    ledger.letGo('shop');
    expect(ledger.heldClosed('shop', 'uid-1', 1_000)).toEqual([]);
  });

  test('are not those of another namespace that had the same name', () => {
    ledger.holdClosed('shop', 'uid-1', ['Ingress']);
    expect(ledger.heldClosed('shop', 'uid-2', 1_000)).toEqual([]);
  });

  test('are forgotten with the namespace', () => {
    ledger.bornEmpty('shop', 'uid-1', 0);
    ledger.forget('shop');
    expect(ledger.heldClosed('shop', 'uid-1', 1_000)).toEqual([]);
  });
});

describe('the last write that a transition covers', () => {
  test('is when it was written', () => {
    ledger.wrote('shop', 1_000);
    ledger.wrote('shop', 2_000);
    expect(ledger.lastWrite('shop', 9_000)).toBe(2_000);
  });

  test('counts from when the transition is found, where that is after a restart, and does not move on', () => {
    expect(ledger.lastWrite('shop', 5_000)).toBe(5_000);
    expect(ledger.lastWrite('shop', 9_000)).toBe(5_000);
  });

  test('is over with the transition, and with the namespace', () => {
    ledger.wrote('shop', 1_000);
    ledger.settled('shop');
    expect(ledger.lastWrite('shop', 9_000)).toBe(9_000);
    ledger.forget('shop');
    expect(ledger.lastWrite('shop', 10_000)).toBe(10_000);
  });
});

describe('the routes that are left out elsewhere', () => {
  const route = (namespace: string, name: string) => ({ namespace, profile: 'team', route: name });

  test('are known by their sender, of each receiver', () => {
    ledger.capped('shop', [route('evil', 'a'), route('evil', 'b'), route('late', 'a')]);
    ledger.capped('pay', [route('evil', 'b')]);
    expect(ledger.cappingReceivers('evil')).toEqual([
      { namespace: 'shop', cappedRoutes: [route('evil', 'a'), route('evil', 'b')] },
      { namespace: 'pay', cappedRoutes: [route('evil', 'b')] },
    ]);
    expect(ledger.cappingReceivers('shop')).toEqual([]);
  });

  test('are news for the senders for which they have changed, and for nobody else', () => {
    expect(ledger.capped('shop', [])).toEqual([]);
    expect(ledger.capped('shop', [route('evil', 'a'), route('late', 'a')])).toEqual(['evil', 'late']);
    expect(ledger.capped('shop', [route('evil', 'a'), route('late', 'a')])).toEqual([]);
    expect(ledger.capped('shop', [route('evil', 'a'), route('late', 'b')])).toEqual(['late']);
    expect(ledger.capped('shop', [route('new', 'a'), route('late', 'b')])).toEqual(['evil', 'new']);
    expect(ledger.capped('shop', [])).toEqual(['new', 'late']);
    expect(ledger.cappingReceivers('late')).toEqual([]);
  });
});
