import { expect, test } from '@jest/globals';
import type { AnalysisInput, PolicyRule } from './facts.ts';
import { withoutStandIns } from './stand-ins.ts';

function rulesOf(rules: readonly PolicyRule[]): readonly (readonly PolicyRule[] | undefined)[] {
  const input: AnalysisInput = {
    namespaces: [],
    workloads: [],
    services: [],
    policies: [
      { namespace: 'shop', name: 'in', spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: rules } },
      { namespace: 'shop', name: 'out', spec: { podSelector: {}, policyTypes: ['Egress'], egress: rules } },
    ],
  };
  const { policies } = withoutStandIns(input);
  return policies.map(({ spec }) => spec.ingress ?? spec.egress);
}

test('a port that stands beside names is not looked at, in both directions', () => {
  const names = [{ port: 'http' }, { port: 'metrics', protocol: 'UDP' }] as const;
  const rules = [{ ports: [...names, { port: 1, protocol: 'UDP' }] as const }, { ports: [{ port: 80 }] }];
  const seen = [{ ports: names }, { ports: [{ port: 80 }] }];
  expect(rulesOf(rules)).toEqual([seen, seen]);
});

test('a port that somebody asked for stays, above all where the rule would allow every port without it', () => {
  const rules = [{ ports: [{ port: 1 }] }, { ports: [{ port: 'http' }, { port: 1 }, { port: 2 }] }, {}];
  expect(rulesOf(rules)).toEqual([rules, rules]);
});
