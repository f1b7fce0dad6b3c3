import { beforeEach, describe, expect, test } from '@jest/globals';
import type { NamespaceRecord } from './namespace-record.ts';
import { TrackedNamespace } from './tracked-namespace.ts';

const record: NamespaceRecord = {
  uid: 'uid-1',
  state: 'Enforced',
  madeFrom: 'uid-of-platform/1',
  routes: [],
  policies: 2,
  findings: [],
  failure: undefined,
};
let shop: TrackedNamespace;

beforeEach(() => {
  shop = new TrackedNamespace('shop', 'uid-1');
});

describe('what came of a namespace', () => {
  test('is news when it is new or differs, and none when it is the same', () => {
    expect(shop.setRecord(record)).toBe(true);
    expect(shop.setRecord({ ...record, findings: [] })).toBe(false);
    expect(shop.setRecord({ ...record, madeFrom: 'uid-of-platform/2' })).toBe(true);
    expect(shop.setRecord({ ...record, madeFrom: 'uid-of-platform/2', state: 'Changing' })).toBe(true);
    expect(shop.record?.state).toBe('Changing');
  });

  test('is dropped without a platform profile, while the facts about the namespace itself stay', () => {
    shop.setRecord(record);
    shop.wrote(1_000);
    shop.clearRecord();
    expect(shop.record).toBeUndefined();
    expect(shop.lastWrite(9_000)).toBe(1_000);
  });
});

describe('for how long a namespace fails', () => {
  test('counts from its first failure, until it no longer fails', () => {
    const failure = { reason: 'Refused', message: 'no' };
    expect(shop.failed(1_000)).toBe(0);
    shop.setRecord({ ...record, state: 'Failing', failure });
    expect(shop.failed(4_000)).toBe(3_000);
    shop.setRecord(record);
    expect(shop.failed(9_000)).toBe(0);
  });
});

describe('for how long writes are refused as conflicts', () => {
  test('counts from the first one, until there is a result', () => {
    expect(shop.conflicted(1_000)).toBe(0);
    expect(shop.conflicted(31_000)).toBe(30_000);
    shop.setRecord(record);
    expect(shop.conflicted(40_000)).toBe(0);
  });
});

describe('the directions that are kept isolated', () => {
  test('are none for a namespace that was there before the operator', () => {
    expect(shop.keptIsolated(1_000)).toEqual([]);
  });

  test('are those in which it still was isolated after nobody had watched it for a while', () => {
    shop.markIsolated(['Ingress', 'Egress']);
    shop.keepIsolated(['Egress']);
    expect(shop.keptIsolated(1_000)).toEqual(['Egress']);
  });

  test('are both for a namespace that was created just now', () => {
    shop.markCreated('uid-1', 0);
    expect(shop.keptIsolated(1_000)).toEqual(['Ingress', 'Egress']);
  });

  test('are none for a namespace that was created a while ago and could not be closed since: pods may be connected', () => {
    shop.markCreated('uid-1', 0);
    expect(shop.keptIsolated(29_999)).toEqual(['Ingress', 'Egress']);
    expect(shop.keptIsolated(30_000)).toEqual([]);
  });

  test('are none for a namespace that was not kept closed for a time', () => {
    shop.markIsolated(['Ingress']);
    shop.clearIsolated();
    expect(shop.keptIsolated(1_000)).toEqual([]);
  });

  test('are those in which it was isolated as wanted, however long ago', () => {
    shop.markCreated('uid-1', 0);
    shop.markIsolated(['Ingress']);
    expect(shop.keptIsolated(1e12)).toEqual(['Ingress']);
    shop.markIsolated([]);
    expect(shop.keptIsolated(1_000)).toEqual([]);
  });

  test('are both for a namespace that was created just now, also when its ring is written and its profile comes next', () => {
    shop.markCreated('uid-1', 0);
    shop.markIsolated(['Ingress']);
    expect(shop.keptIsolated(1_000)).toEqual(['Ingress', 'Egress']);
    shop.clearIsolated();
    expect(shop.keptIsolated(1_000)).toEqual([]);
  });
});

describe('the last write that a transition covers', () => {
  test('is when it was written', () => {
    shop.wrote(1_000);
    shop.wrote(2_000);
    expect(shop.lastWrite(9_000)).toBe(2_000);
  });

  test('counts, after a restart, from when the transition is found, and does not move on', () => {
    expect(shop.lastWrite(5_000)).toBe(5_000);
    expect(shop.lastWrite(9_000)).toBe(5_000);
  });

  test('is over with the transition', () => {
    shop.wrote(1_000);
    shop.settled();
    expect(shop.lastWrite(9_000)).toBe(9_000);
  });
});

describe('the time to a ring', () => {
  test('is from the creation to the first time that all is written', () => {
    shop.markCreated('uid-1', 1_000);
    expect(shop.timeToRing('Failing', 3_000)).toBeUndefined();
    expect(shop.timeToRing('Changing', 3_500)).toBeUndefined();
    expect(shop.timeToRing('Enforced', 4_000)).toBe(3_000);
    expect(shop.timeToRing('Enforced', 5_000)).toBeUndefined();
  });

  test('is none if a namespace is ringed later than it was created, or was there before', () => {
    expect(shop.timeToRing('Enforced', 1_000)).toBeUndefined();
    shop.markCreated('uid-1', 0);
    expect(shop.timeToRing('Outside', 1_000)).toBeUndefined();
    expect(shop.timeToRing('Enforced', 2_000)).toBeUndefined();
    shop.markCreated('uid-1', 0);
    shop.clearRecord();
    expect(shop.timeToRing('Enforced', 2_000)).toBeUndefined();
  });
});

describe('a namespace that another one of its name follows', () => {
  test('leaves it nothing of its own', () => {
    shop.setRecord(record);
    shop.markIsolated(['Ingress']);
    shop.wrote(1_000);
    shop.failed(1_000);
    shop.emitted = new Set(['an event']);
    shop.driftEvents = { left: 0, since: 0, unreported: 3, pending: [] };
    const successor = shop.succeededBy('uid-2');
    expect(successor).toMatchObject({ name: 'shop', uid: 'uid-2' });
    expect(successor.record).toBeUndefined();
    expect(successor.keptIsolated(2_000)).toEqual([]);
    expect(successor.lastWrite(9_000)).toBe(9_000);
    expect(successor.failed(9_000)).toBe(0);
    expect([successor.emitted, successor.driftEvents]).toEqual([undefined, undefined]);
  });

  test('does not share its creation, which may be seen before the first one is gone', () => {
    shop.markCreated('uid-2', 0);
    shop.markIsolated([]);
    expect(shop.keptIsolated(1_000)).toEqual([]);
    expect(shop.timeToRing('Enforced', 1_000)).toBeUndefined();
    const successor = shop.succeededBy('uid-2');
    expect(successor.keptIsolated(1_000)).toEqual(['Ingress', 'Egress']);
    expect(successor.timeToRing('Enforced', 1_000)).toBe(1_000);
  });
});
