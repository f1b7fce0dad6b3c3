import { expect, test } from '@jest/globals';
import type { FindingCode } from '../model/findings.ts';
import { mostWithFindings, namespaceFindings } from './namespace-findings.ts';
import type { NamespaceRecord } from './namespace-record.ts';

const calm: NamespaceRecord = {
  uid: 'u',
  state: 'Enforced',
  madeFrom: 'spec',
  policies: 3,
  findings: [],
  routes: [{ state: 'Active', reason: 'Active', count: 4 }],
  failure: undefined,
};

function having(...codes: readonly FindingCode[]): NamespaceRecord {
  const subject = { kind: 'Namespace', name: 'shop' } as const;
  return { ...calm, findings: codes.map((code) => ({ code, subject, message: 'so', hint: 'do' })) };
}

const linesOf = (records: Readonly<Record<string, NamespaceRecord>>) =>
  namespaceFindings(new Map(Object.entries(records))).map(
    ({ labels: { namespace, severity }, value }) => `${namespace} ${severity} ${value}`,
  );

test('a namespace without an error or a warning is not named', () => {
  expect(linesOf({ calm, remarked: having('ForeignPolicy') })).toEqual([]);
});

test('findings, the reasons of routes and a failure count', () => {
  const failing = {
    ...having('Contested', 'ForeignAllowAll'),
    routes: [
      { state: 'Pending', reason: 'ServiceMissing', count: 2 },
      { state: 'Rejected', reason: 'BeyondGuardrails', count: 1 },
    ],
    failure: { reason: 'QuotaExceeded', message: 'exceeded quota' },
  } as const;
  expect(linesOf({ failing })).toEqual(['failing error 3', 'failing warning 3']);
});

test('the worst are named if there are too many', () => {
  const many = Array.from({ length: mostWithFindings + 20 }, (_, index) => [
    `warned-${String(index).padStart(3, '0')}`,
    having('ForeignAllowAll'),
  ]);
  const lines = linesOf({ ...Object.fromEntries(many), zoo: having('Contested') });
  expect(lines).toHaveLength(2 * mostWithFindings);
  expect(lines.slice(0, 4)).toEqual([
    'zoo error 1',
    'zoo warning 0',
    'warned-000 error 0',
    'warned-000 warning 1',
  ]);
});
