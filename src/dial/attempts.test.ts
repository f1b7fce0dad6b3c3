import { describe, expect, test } from '@jest/globals';
import {
  type Attempt,
  type AttemptResult,
  isSettled,
  mostAttempts,
  readReport,
  readTarget,
  writeReport,
  writeTarget,
} from './attempts.ts';

function attempts(...results: readonly AttemptResult[]): readonly Attempt[] {
  return results.map((result, index) => ({ afterMs: index * 1000, result }));
}

describe('attempts', () => {
  test('are settled as soon as two in a row are as expected', () => {
    expect(isSettled(attempts('connected'), 'allowed')).toBe(false);
    expect(isSettled(attempts('connected', 'connected'), 'allowed')).toBe(true);
    expect(isSettled(attempts('refused', 'dropped'), 'denied')).toBe(true);
  });

  test('go on while the first moments of the pod may explain what is not as expected', () => {
    expect(isSettled(attempts('connected', 'connected', 'refused'), 'denied')).toBe(false);
    expect(isSettled(attempts('connected', 'connected', 'refused', 'refused'), 'denied')).toBe(true);
  });

  test('end when all are used up, whatever came of them', () => {
    const all = Array.from({ length: mostAttempts }, (): AttemptResult => 'connected');
    expect(isSettled(attempts(...all.slice(1)), 'denied')).toBe(false);
    expect(isSettled(attempts(...all), 'denied')).toBe(true);
  });

  test('that prove nothing settle nothing', () => {
    expect(isSettled(attempts('failed', 'failed'), 'denied')).toBe(false);
  });
});

test.each(['TCP:10.0.0.1:8080', 'UDP:[fd00::53]:53'])('the target %s is written as it is read', (word) => {
  const target = readTarget(word);
  expect(target && writeTarget(target)).toBe(word);
});

test.each([
  '10.0.0.1:8080',
  'SCTP:10.0.0.1:80',
  'TCP:10.0.0.1:0',
  'TCP:10.0.0.1:65536',
  'TCP:web:80',
  'TCP:::1:80',
])('%s is no target', (word) => {
  expect(readTarget(word)).toBeUndefined();
});

test('a report is read as it is written, and any other line is none', () => {
  const report = {
    target: { protocol: 'TCP' as const, address: '10.0.0.1', port: 8080 },
    attempts: [...attempts('refused')],
  };
  expect(readReport(writeReport(report).trimEnd())).toEqual(report);
  for (const line of ['', 'hello', '{', '{}', '{"target":1}', JSON.stringify({ ...report, attempts: [] })]) {
    expect(readReport(line)).toBeUndefined();
  }
});
