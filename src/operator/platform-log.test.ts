import { beforeEach, describe, expect, test } from '@jest/globals';
import pino from 'pino';
import type { PlatformNetworkProfileStatus } from '../api/platform-status.ts';
import { PlatformLog } from './platform-log.ts';

let lines: Record<string, unknown>[];
let log: PlatformLog;

beforeEach(() => {
  lines = [];
  log = new PlatformLog(pino({ base: null }, { write: (line) => void lines.push(JSON.parse(line)) }));
});

function status(reason: string, message: string, observedGeneration = 1): PlatformNetworkProfileStatus {
  const condition = { type: 'Ready', status: 'True', reason, message, observedGeneration } as const;
  return {
    observedGeneration,
    counts: { enforced: 3, dryRun: 0, off: 0, transitioning: 0, failing: 0, policies: 9, planned: 0 },
    conditions: [{ ...condition, lastTransitionTime: '2026-01-02T15:04:05Z' }],
  };
}

const told = () => lines.map(({ level, msg }) => [level, msg]);

describe('what came of the platform profile', () => {
  test('is reported when it is done, with the counts, and not on the way', () => {
    log.report(status('Progressing', '3 namespaces left to process'));
    log.report(status('Transitioning', '2 live namespaces being closed or opened'));
    log.report(status('Enforced', '9 policies written in 3 namespaces'));
    expect(told()).toEqual([[30, 'the platform profile: 9 policies written in 3 namespaces']]);
    expect(lines[0]).toMatchObject({ reason: 'Enforced', generation: 1, enforced: 3, policies: 9 });
  });

  test('is reported once for each version of it, whatever comes and goes in the cluster', () => {
    log.report(status('Enforced', '9 policies written in 3 namespaces'));
    log.report(status('Progressing', '1 namespace left to process'));
    log.report(status('Enforced', '12 policies written in 4 namespaces'));
    log.report(status('Enforced', '12 policies written in 4 namespaces', 2));
    expect(told()).toHaveLength(2);
  });

  test('is reported again if it comes back', () => {
    log.report(status('Off', 'no policy of Ringfence is left'));
    log.report(undefined);
    log.report(status('Off', 'no policy of Ringfence is left'));
    expect(told()).toHaveLength(2);
  });

  test('is a warning if it cannot be read', () => {
    log.report(status('InvalidProfile', '`spec.colour` is not known; everything stays as it is'));
    expect(told()).toEqual([
      [40, 'the platform profile: `spec.colour` is not known; everything stays as it is'],
    ]);
  });
});
