// Namespaces that wait until the canary has seen their policies take effect, with clients that see markers early, late or never.
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { MarkerWitness } from '../canary/canary-verdict.ts';
import { MarkerBarrier } from './marker-barrier.ts';

let woken: Map<string, number>;
let wanted: number;
let warned: object[];
let barrier: MarkerBarrier;

beforeEach(() => {
  jest.useFakeTimers();
  jest.advanceTimersByTime(1_000_000);
  woken = new Map();
  wanted = 0;
  warned = [];
  barrier = new MarkerBarrier({
    queue: { addAfter: (key, ms) => void woken.set(key, ms) },
    log: { warn: (fields: object) => void warned.push(fields) },
    onWanted: () => {
      wanted += 1;
    },
  });
});
afterEach(() => {
  jest.useRealTimers();
});

const now = () => performance.now();
const pass = (seconds: number) => jest.advanceTimersByTime(seconds * 1000);
const rest = (namespace: string, writtenAt: number) =>
  Math.round(barrier.restMs(namespace, writtenAt) / 1000);
const seen = (...markers: readonly number[]): readonly MarkerWitness[] =>
  markers.map((marker, index) => ({ node: `n${index}`, marker }));

describe('without a canary', () => {
  test('five seconds are enough', () => {
    const written = now();
    expect(rest('shop', written)).toBe(5);
    pass(5);
    expect(rest('shop', written)).toBe(0);
    expect([barrier.isWaited, barrier.wantsMarker]).toEqual([false, false]);
  });

  test('they are, too, where it is removed meanwhile, or where nothing follows from it any more', () => {
    barrier.looked(seen(1, 1), undefined);
    expect(rest('shop', now())).toBe(300);
    pass(2);
    barrier.looked([], undefined);
    expect([...woken]).toEqual([['shop', 3_000]]);
    expect(barrier.isWaited).toBe(false);
  });
});

describe('with a canary', () => {
  let written: number;

  /** A namespace wrote, and the marker after it is written. */
  function startWaiting(): void {
    barrier.looked(seen(6, 6), undefined);
    written = now();
    wanted = 0;
    expect(rest('shop', written)).toBe(300);
    expect([wanted, barrier.wantsMarker]).toEqual([1, true]);
    pass(1);
    barrier.looked(seen(6, 6), { number: 7, sentAt: now() });
    expect(barrier.wantsMarker).toBe(false);
  }

  test('it takes as long as the last client needs, and five seconds more', () => {
    startWaiting();
    pass(10);
    barrier.looked(seen(7, 6), { number: 7, sentAt: written + 1000 });
    expect(woken.size).toBe(0);
    pass(10);
    barrier.looked(seen(7, 7), { number: 7, sentAt: written + 1000 });
    expect([...woken]).toEqual([['shop', 5_000]]);
    pass(5);
    expect(rest('shop', written)).toBe(0);
    expect(barrier.isWaited).toBe(false);
  });

  test('a marker from before says nothing, though all have seen it', () => {
    barrier.looked(seen(6, 6), { number: 6, sentAt: now() });
    pass(1);
    expect(rest('shop', now())).toBe(300);
    expect(barrier.wantsMarker).toBe(true);
  });

  test('who comes while a marker is on its way waits for the next one, with all who come until then', () => {
    startWaiting();
    const sentAt = now();
    pass(1);
    expect([rest('pay', now()), rest('bank', now())]).toEqual([300, 300]);
    expect(barrier.wantsMarker).toBe(false);
    pass(3);
    barrier.looked(seen(7, 7), { number: 7, sentAt });
    expect([...woken.keys()]).toEqual(['shop']);
    expect(barrier.wantsMarker).toBe(true);
    barrier.looked(seen(7, 7), { number: 8, sentAt: now() });
    pass(1);
    barrier.looked(seen(8, 8), { number: 8, sentAt: now() - 1000 });
    expect([...woken.keys()]).toEqual(['shop', 'pay', 'bank']);
  });

  test('it is never less than five seconds, nor more than five minutes', () => {
    startWaiting();
    barrier.looked(seen(7, 7), { number: 7, sentAt: now() });
    expect(woken.get('shop')).toBe(5_000);
    startWaiting();
    pass(298);
    expect(rest('shop', written)).toBe(1);
    pass(1);
    expect(rest('shop', written)).toBe(0);
    expect(warned).toEqual([{ namespace: 'shop', nodes: ['n0', 'n1'] }]);
  });

  test('a marker that some never see does not keep others from being written', () => {
    startWaiting();
    const sentAt = now();
    pass(200);
    const later = now();
    expect(rest('pay', later)).toBe(300);
    barrier.looked(seen(7, 6), { number: 7, sentAt });
    expect(barrier.wantsMarker).toBe(false);
    pass(101);
    barrier.looked(seen(7, 6), { number: 7, sentAt });
    expect(barrier.wantsMarker).toBe(true);
  });

  test('nobody waits for a client that is gone', () => {
    startWaiting();
    const sentAt = now();
    pass(3);
    barrier.looked(seen(7), { number: 7, sentAt });
    expect(woken.has('shop')).toBe(true);
  });
});
