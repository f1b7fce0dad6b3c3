import { beforeEach, expect, test } from '@jest/globals';
import pino from 'pino';
import type { Drift } from '../plan/drift.ts';
import type { EventDraft } from '../plan/events.ts';
import { type DriftedNamespace, DriftReporter } from './drift-reporter.ts';

const deny = 'ringfence-default-deny-ingress';
const by = { manager: 'kubectl-edit', operation: 'Update', time: '2026-01-02T15:04:05Z' };
const changed: Drift = { what: 'changed', uid: 'uid-1', by };
const deleted: Drift = { what: 'deleted', uid: 'uid-1' };
const second = 1_000;

let lines: Record<string, unknown>[];
let events: EventDraft[];
let version: number;
let reporter: DriftReporter;
let shop: DriftedNamespace;

beforeEach(() => {
  lines = [];
  events = [];
  version = 1;
  shop = { name: 'shop' };
  reporter = new DriftReporter({
    log: pino({ base: null }, { write: (line: string) => lines.push(JSON.parse(line)) }),
    find: () => {
      version += 1;
      return { uid: 'uid-2', resourceVersion: String(version) };
    },
    send: async (news) => {
      events.push(...news);
    },
  });
});

/** Corrects a drift at each of these times, in seconds. */
async function correct(times: readonly number[], drift = changed, namespace = shop): Promise<void> {
  for (const time of times) reporter.corrected(namespace, deny, drift, time * second);
  await reporter.send(namespace);
}

test('a drift that is corrected is reported in the log and with an Event: what was done to which policy, and by whom', async () => {
  await correct([0]);
  expect(lines).toEqual([
    expect.objectContaining({ namespace: 'shop', policy: deny, drift: 'changed', ...by }),
  ]);
  expect(events).toEqual([
    expect.objectContaining({
      namespace: 'shop',
      reason: 'DriftCorrected',
      note: 'somebody changed it, and the operator restored it; according to its managedFields, `kubectl-edit` did it (Update) at 2026-01-02T15:04:05Z',
      regarding: expect.objectContaining({ kind: 'NetworkPolicy', name: deny, uid: 'uid-2' }),
    }),
  ]);
});

test('a deletion is reported as made by somebody unknown', async () => {
  await correct([0], deleted);
  expect(lines[0]).not.toHaveProperty('manager');
  expect(events[0]?.note).toMatch(/^somebody deleted it, and the operator restored it; .* audit log$/);
});

test('a drift that comes again has an Event of its own', async () => {
  await correct([0, 60]);
  expect(new Set(events.map(({ name }) => name)).size).toBe(2);
});

test('many drifts of a namespace have few Events, and the next one says how many had none', async () => {
  await correct([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(lines).toHaveLength(8);
  expect(events).toHaveLength(5);
  await correct([31]);
  expect(events).toHaveLength(6);
  expect(events.at(-1)?.note).toMatch(
    / \(3 more in this namespace since the last such Event are in the log\)$/,
  );
  await correct([32, 1_000, 1_001, 1_002, 1_003, 1_004, 1_005]);
  expect(events).toHaveLength(6 + 5);
});

test('each namespace has its own', async () => {
  await correct([0, 1, 2, 3, 4, 5]);
  await correct([6], changed, { name: 'pay' });
  expect(events.at(-1)?.namespace).toBe('pay');
});
