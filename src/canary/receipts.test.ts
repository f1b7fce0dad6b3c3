// Reports as they come in from clients with clocks of any kind, and from people who write Leases themselves.
import { describe, expect, test } from '@jest/globals';
import { effectsSince, type Receipts, receive, type StoredReport } from './receipts.ts';
import type { CanaryReport } from './report.ts';

const none: Receipts = new Map();

const stored = (number: number, more: Partial<CanaryReport> = {}, ageMs?: number): StoredReport => ({
  ...{ name: 'client-x', node: 'n1' },
  report: { version: 1, number, checks: [], capabilities: {}, ...more },
  ...(ageMs === undefined ? {} : { ageMs }),
});

const receiptOf = (receipts: Receipts) => receipts.get('client-x');

describe('a report', () => {
  test('is as old as it is known, whatever clocks say', () => {
    const first = receive(none, [stored(1)], 1000);
    expect(receiptOf(first)?.sinceMs).toBe(1000);
    // It is read again and again, an hour long.
    expect(receiptOf(receive(first, [stored(1)], 3_601_000))?.sinceMs).toBe(1000);
    expect(receiptOf(receive(first, [stored(2)], 61_000))?.sinceMs).toBe(61_000);
  });

  test('that was there before the operator was started is as old as the API server says', () => {
    const first = receive(none, [stored(1, {}, 700_000)], 1000);
    expect(receiptOf(first)?.sinceMs).toBe(-699_000);
    // From then on, no time that is stored counts.
    expect(receiptOf(receive(first, [stored(2, {}, 700_000)], 2000))?.sinceMs).toBe(2000);
  });

  test('that is put back refreshes nothing, and does not replace the newer one', () => {
    const now = receive(receive(none, [stored(7)], 0), [stored(8)], 1000);
    const replayed = receive(now, [stored(7)], 2000);
    expect(receiptOf(replayed)).toEqual(receiptOf(now));
    expect(receiptOf(receive(replayed, [stored(9)], 3000))).toMatchObject({ sinceMs: 3000 });
  });

  test('is forgotten with its Lease', () => {
    expect(receive(receive(none, [stored(1)], 0), [], 1000).size).toBe(0);
  });
});

describe('what a client measured', () => {
  test('is not told of a marker that it did not see come', () => {
    const first = receive(none, [stored(1)], 0);
    expect(effectsSince(first, receive(first, [stored(2, { marker: { number: 3 } })], 1000))).toEqual([]);
  });

  const marked = (number: number, marker: number) =>
    stored(number, { marker: { number: marker, ms: marker * 10 } });

  test('is told once, and not if it may be from before', () => {
    const first = receive(none, [marked(1, 3)], 0);
    const second = receive(first, [marked(2, 4)], 1000);
    expect(effectsSince(none, first)).toEqual([]);
    expect(effectsSince(first, second)).toEqual([40]);
    expect(effectsSince(second, receive(second, [marked(3, 4)], 2000))).toEqual([]);
    expect(effectsSince(second, receive(second, [marked(1, 3)], 2000))).toEqual([]);
  });
});
