import { describe, expect, test } from '@jest/globals';
import type { CanaryCheck } from '../../canary/report.ts';
import { nodeRows } from './node-rows.ts';

const check = (
  direction: CanaryCheck['direction'],
  node: string,
  outcome: CanaryCheck['outcome'] = 'holds',
) => ({ direction, node, outcome, family: 'IPv4', confirmed: true }) as const;

const report = (node: string, ...checks: readonly CanaryCheck[]) => ({
  ...{ name: `client-${node}`, node, ageMs: 12_345 },
  report: { version: 1, number: 1, checks, capabilities: {}, marker: { number: 3, ms: 40 } } as const,
});

describe('a row', () => {
  test('has the ingress that others tried, and the egress that its own client tried', () => {
    const [one, two] = nodeRows([
      report('n1', check('Ingress', 'n2', 'open'), check('Egress', 'n2')),
      report('n2', check('Ingress', 'n1'), check('Egress', 'n1', 'cut')),
    ]);
    expect(one).toEqual({
      node: 'n1',
      ingress: 'InForce',
      egress: 'InForce',
      effectMs: 40,
      reportedMs: 12_345,
    });
    expect(two).toMatchObject({ node: 'n2', ingress: 'NotInForce', egress: 'CutOff' });
  });

  test('is there for a node without a client', () => {
    expect(nodeRows([report('n1', check('Ingress', 'n2'))])).toMatchObject([
      { node: 'n1', ingress: 'Untried', egress: 'Untried' },
      { node: 'n2', ingress: 'InForce', egress: 'Untried' },
    ]);
  });

  test('says nothing where a client reported long ago, and when that was', () => {
    const old = { ...report('n1', check('Ingress', 'n2', 'open'), check('Egress', 'n2')), ageMs: 3_600_000 };
    expect(nodeRows([old, report('n2', check('Egress', 'n1'))])).toEqual([
      { node: 'n1', ingress: 'Untried', egress: 'Untried', reportedMs: 3_600_000 },
      { node: 'n2', ingress: 'Untried', egress: 'InForce', effectMs: 40, reportedMs: 12_345 },
    ]);
  });

  test('is that of the client which reported last, where another one left its report', () => {
    const left = { ...report('n1', check('Egress', 'n2', 'open')), ageMs: 60_000 };
    expect(nodeRows([left, report('n1', check('Egress', 'n2'))])).toMatchObject([
      { node: 'n1', egress: 'InForce', reportedMs: 12_345 },
      {},
    ]);
  });

  test('is unclear while nothing bad is certain', () => {
    const open = { ...check('Egress', 'n2', 'open'), confirmed: false };
    expect(nodeRows([report('n1', open)])).toMatchObject([{ node: 'n1', egress: 'Unclear' }, {}]);
  });
});
