import { describe, expect, test } from '@jest/globals';
import { formatEndpoint } from '../../analyze/endpoints.ts';
import type { AnalysisInput, PolicyFacts, PolicySpec } from '../../analyze/facts.ts';
import { changesBetween, isEmptyChange } from './difference.ts';

const deny: PolicySpec = { podSelector: {}, policyTypes: ['Ingress'] };
const from = (peers: NonNullable<PolicySpec['ingress']>): PolicySpec => ({ podSelector: {}, ingress: peers });

/** Workloads of one pod each, labelled with their names, in the namespace `shop`. */
function input(names: readonly string[], policies: Readonly<Record<string, PolicySpec>>): AnalysisInput {
  return {
    namespaces: [{ name: 'shop', labels: {} }],
    workloads: names.map((name) => ({
      ...{ kind: 'Deployment', namespace: 'shop', name },
      pods: [{ labels: { app: name }, ports: [], addresses: [], hostNetwork: false }],
    })),
    services: [],
    policies: Object.entries(policies).map(
      ([name, spec]): PolicyFacts => ({ namespace: 'shop', name, spec }),
    ),
  };
}

function told(before: AnalysisInput, after: AnalysisInput): readonly string[] {
  return changesBetween(before, after).connections.map(
    ({ change, from, to, dangers, because }) =>
      `${change} ${from.map(formatEndpoint)} > ${to.map(formatEndpoint)}: ${[...dangers, because].join(' ')}`,
  );
}

describe('what changes', () => {
  test('is nothing where nothing does, whatever the order', () => {
    const before = input(['web', 'mongo'], { a: deny, b: from([{ from: [{ podSelector: {} }] }]) });
    const after = {
      ...before,
      policies: before.policies.toReversed(),
      workloads: before.workloads.toReversed(),
    };
    expect(isEmptyChange(changesBetween(before, after))).toBe(true);
  });

  test('of policies is reported by name, and only if their content differs', () => {
    const spec = from([{ ports: [{ port: 80 }] }]);
    const before = input(['web'], { a: deny, b: spec, c: spec });
    const after = input(['web'], {
      b: from([{ ports: [{ port: 81 }] }]),
      c: { ...spec, egress: [] },
      d: deny,
    });
    expect(
      changesBetween(before, after).policies.map(({ change, policy }) => `${change} ${policy.name}`),
    ).toEqual(['removed a', 'changed b', 'added d']);
  });

  test('of a policy that another one takes the place of is reported once, by what both say', () => {
    const of = (name: string, number: number, more: Partial<PolicyFacts> = {}): PolicyFacts => ({
      namespace: 'shop',
      name,
      owner: { kind: 'AppNetworkProfile', name: 'shop' },
      spec: {
        podSelector: { matchLabels: { app: name.split('-')[0] ?? '' } },
        ingress: [{ ports: [{ port: number }] }],
      },
      ...more,
    });
    const world = input(['web'], {});
    const told = (before: readonly PolicyFacts[], after: readonly PolicyFacts[]) =>
      changesBetween({ ...world, policies: before }, { ...world, policies: after }).policies.map(
        ({ change, policy, before }) => `${change} ${before?.name ?? ''}>${policy.name}`,
      );
    expect(told([of('web-1', 80), of('db-1', 90)], [of('web-2', 80), of('db-2', 91)])).toEqual([
      'changed db-1>db-2',
      'renamed web-1>web-2',
    ]);
    expect(told([of('web-1', 80)], [of('web-2', 80), of('web-3', 81)])).toEqual([
      'removed >web-1',
      'added >web-2',
      'added >web-3',
    ]);
    const { owner: _, ...foreign } = of('web-2', 80);
    expect(told([of('web-1', 80)], [foreign])).toEqual(['removed >web-1', 'added >web-2']);
  });

  test('is dangerous where addresses come in, and where somebody is cut off', () => {
    const before = input(['web', 'mongo'], {
      a: deny,
      b: from([{ from: [{ podSelector: { matchLabels: { app: 'web' } } }] }]),
    });
    const after = input(['web', 'mongo'], {
      a: deny,
      b: from([{ from: [{ ipBlock: { cidr: '203.0.113.0/24' } }] }]),
    });
    expect(told(before, after)).toEqual([
      'gained 203.0.113.0/24 > shop/mongo,shop/web: FromOutside Policies',
      'lost shop/web > shop/mongo,shop/web: Lost Policies',
    ]);
  });

  test('is most dangerous where everybody comes in: the namespace is not isolated any more', () => {
    const changes = changesBetween(input(['web'], { a: deny }), input(['web'], {}));
    expect(changes.connections[0]).toMatchObject({ change: 'gained', dangers: ['FromAnywhere'] });
    expect(changes.isolation).toEqual([{ namespace: 'shop', direction: 'Ingress', isolated: false }]);
  });

  test('because an end comes or goes is distinguished from changes of policies', () => {
    const allow = from([{ from: [{ podSelector: {} }] }]);
    const before = input(['web', 'old'], { a: allow });
    const after = input(['web', 'new'], { a: deny });
    const changed = told(before, after).filter((line) => !line.includes('0.0.0.0/0'));
    expect(changed).toEqual([
      'lost shop/web > shop/web: Lost Policies',
      expect.stringMatching(/EndGone$/),
      expect.stringMatching(/EndGone$/),
    ]);
  });
});
