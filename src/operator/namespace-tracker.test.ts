import { beforeEach, describe, expect, test } from '@jest/globals';
import { denying, written } from '../../test/fixtures.ts';
import type { NamespaceRecord } from './namespace-record.ts';
import { NamespaceTracker } from './namespace-tracker.ts';

const record: NamespaceRecord = {
  uid: 'uid-1',
  state: 'Enforced',
  madeFrom: 'uid-of-platform/1',
  routes: [{ state: 'Active', reason: 'Active', count: 5 }],
  policies: 2,
  findings: [],
  failure: undefined,
};
let tracker: NamespaceTracker;

beforeEach(() => {
  tracker = new NamespaceTracker();
});

describe('a namespace', () => {
  test('is one entry, which is deleted with it', () => {
    const shop = tracker.of('shop', 'uid-1');
    shop.setRecord(record);
    tracker.setCapped(shop, [{ namespace: 'evil', profile: 'team', route: 'a' }]);
    expect(tracker.of('shop', 'uid-1')).toBe(shop);
    expect(tracker.forget('shop')).toBe(shop);
    expect(tracker.forget('shop')).toBeUndefined();
    expect(tracker.get('shop')).toBeUndefined();
    expect([tracker.states(), tracker.routes(), tracker.cappingReceivers('evil')]).toEqual([[], [], []]);
  });

  test('is counted when something came of it', () => {
    tracker.of('shop', 'uid-1').setRecord(record);
    tracker.of('pay', 'uid-2').setRecord({ ...record, state: 'Failing' });
    tracker.of('new', 'uid-3');
    expect([...tracker.records().keys()]).toEqual(['shop', 'pay']);
    expect(tracker.states()).toEqual(['Enforced', 'Failing']);
    expect(tracker.routes()).toEqual([...record.routes, ...record.routes]);
  });
});

describe('a drift', () => {
  const policy = denying('ringfence-deny', 'Ingress');
  const stored = written(policy);
  const create = { action: 'create', policy, fingerprint: stored.fingerprint } as const;
  const remove = () => tracker.named('shop').drifts.changed({ previous: stored, next: undefined });

  test('is known also if it came before the namespace was first reconciled', () => {
    remove();
    expect(tracker.of('shop', 'uid-1').drifts.corrects(create)).toBeDefined();
  });

  test('is none if the policy went with a namespace that was then created anew', () => {
    tracker.of('shop', 'uid-1');
    remove();
    expect(tracker.of('shop', 'uid-2').drifts.corrects(create)).toBeUndefined();
  });
});

describe('the routes that other namespaces leave out', () => {
  const route = (namespace: string, name: string) => ({ namespace, profile: 'team', route: name });
  const capped = (receiver: string, routes: ReturnType<typeof route>[]) =>
    tracker.setCapped(tracker.named(receiver), routes);

  test('are known by their sender, of each receiver', () => {
    capped('shop', [route('evil', 'a'), route('evil', 'b'), route('late', 'a')]);
    capped('pay', [route('evil', 'b')]);
    expect(tracker.cappingReceivers('evil')).toEqual([
      { namespace: 'shop', cappedRoutes: [route('evil', 'a'), route('evil', 'b')] },
      { namespace: 'pay', cappedRoutes: [route('evil', 'b')] },
    ]);
    expect(tracker.cappingReceivers('shop')).toEqual([]);
  });

  test('are news for the senders for which they have changed, and for nobody else', () => {
    expect(capped('shop', [])).toEqual([]);
    expect(capped('shop', [route('evil', 'a'), route('late', 'a')])).toEqual(['evil', 'late']);
    expect(capped('shop', [route('evil', 'a'), route('late', 'a')])).toEqual([]);
    expect(capped('shop', [route('evil', 'a'), route('late', 'b')])).toEqual(['late']);
    expect(capped('shop', [route('new', 'a'), route('late', 'b')])).toEqual(['evil', 'new']);
    expect(capped('shop', [])).toEqual(['new', 'late']);
    expect(tracker.cappingReceivers('late')).toEqual([]);
  });

  test('are news for their senders also if the receiver is created anew and leaves none out any more', () => {
    capped('shop', [route('evil', 'a')]);
    expect(tracker.setCapped(tracker.of('shop', 'uid-2'), [])).toEqual(['evil']);
  });
});
