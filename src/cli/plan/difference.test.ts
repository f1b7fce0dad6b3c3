import { describe, expect, test } from '@jest/globals';
import { formatEndpoint } from '../../analyze/endpoints.ts';
import type { AnalysisInput, PolicyFacts, PolicySpec } from '../../analyze/facts.ts';
import { formatPortSet } from '../../model/port-set.ts';
import { endNames } from '../output/end-names.ts';
import { changesBetween, isEmptyChange } from './difference.ts';
import { lostByTeam } from './lost-by-team.ts';

const http = { protocol: 'TCP', number: 80 } as const;
const deny: PolicySpec = { podSelector: {}, policyTypes: ['Ingress'] };
const from = (peers: NonNullable<PolicySpec['ingress']>): PolicySpec => ({ podSelector: {}, ingress: peers });

/** Workloads of one pod each, labelled with their names, which offers port 80, in the namespace `shop`. */
function input(names: readonly string[], policies: Readonly<Record<string, PolicySpec>>): AnalysisInput {
  return {
    namespaces: [{ name: 'shop', labels: {} }],
    workloads: names.map((name) => ({
      ...{ kind: 'Deployment', namespace: 'shop', name },
      pods: [{ labels: { app: name }, ports: [http], addresses: [], hostNetwork: false }],
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
    const named = (name: string, more: Partial<PolicySpec> = {}): PolicyFacts => ({
      ...of(name, 80),
      spec: { podSelector: {}, policyTypes: ['Ingress'], ...more },
    });
    const pause = named('ringfence-pause', { ingress: [{}] });
    expect(told([pause], [named('ringfence-default-deny-ingress')])).toEqual([
      'added >ringfence-default-deny-ingress',
      'removed >ringfence-pause',
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
      'lost shop/old > shop/old: EndGone',
    ]);
  });

  test('is not dangerous if nobody is likely to use what is lost: no container and no Service offers its ports', () => {
    const only = (port: number) => input(['web'], { a: from([{ ports: [{ port }] }]) });
    const lost = (port: number) =>
      changesBetween(only(port), input(['web'], { a: deny })).connections.map(({ to, dangers, offered }) => [
        to.map(formatEndpoint).join(),
        offered && formatPortSet(offered),
        ...dangers,
      ]);
    expect(lost(80)).toEqual([
      ['shop/web', '80', 'Lost'],
      ['shop/web', '80', 'Lost'],
    ]);
    expect(lost(81)).toEqual([
      ['shop/web', 'none'],
      ['shop/web', 'none'],
    ]);
  });

  test('in one namespace is what begins or ends there', () => {
    const before = input(['web'], {});
    const after = input(['web'], { a: deny });
    expect(changesBetween(before, after, 'shop')).toEqual(changesBetween(before, after));
    expect(isEmptyChange(changesBetween(before, after, 'pay'))).toBe(true);
  });
});

describe('what is lost', () => {
  test('is grouped by the namespace that would add the route, with a count of what nobody is likely to use', () => {
    const before = input(['web'], {});
    const after = input(['web'], { a: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] } });
    const [silent] = input(['silent'], {}).workloads;
    const shy = silent && { ...silent, pods: silent.pods.map((pod) => ({ ...pod, ports: [] })) };
    const with2 = (facts: AnalysisInput) => ({
      ...facts,
      workloads: [...facts.workloads, ...(shy ? [shy] : [])],
    });
    const teams = lostByTeam(changesBetween(with2(before), with2(after)).connections);
    expect(
      teams.map(({ namespace, used, others }) => ({
        namespace,
        used: used.flat().map(({ from, to }) => `${endNames(from)} > ${endNames(to)}`),
        others,
      })),
    ).toEqual([
      {
        namespace: 'shop',
        used: ['shop/silent,shop/web,any address > shop/web', 'shop/silent,shop/web > any address'],
        others: 3,
      },
    ]);
  });

  test('belongs to the namespace of the source where only the source denies it', () => {
    const denied = (direction: 'Ingress' | 'Egress', ...namespaces: readonly string[]): AnalysisInput => {
      const {
        workloads: [web],
      } = input(['web'], {});
      return {
        namespaces: ['pay', 'shop'].map((name) => ({ name, labels: {} })),
        workloads: web === undefined ? [] : [web, { ...web, namespace: 'pay' }],
        services: [],
        policies: namespaces.map((namespace) => ({
          ...{ namespace, name: 'deny' },
          spec: { podSelector: {}, policyTypes: [direction] },
        })),
      };
    };
    const teamsOf = (after: AnalysisInput) =>
      lostByTeam(
        changesBetween(denied('Ingress'), after).connections.filter(({ to }) =>
          to.some((end) => formatEndpoint(end).includes('/web')),
        ),
      ).flatMap(({ namespace, used }) =>
        used.flat().map(({ from, to }) => `${namespace}: ${endNames(from)} > ${endNames(to)}`),
      );
    expect(teamsOf(denied('Egress', 'shop'))).toEqual(['shop: shop/web > pay/web,shop/web']);
    expect(teamsOf(denied('Ingress', 'pay'))).toEqual(['pay: pay/web,shop/web,any address > pay/web']);
    const both = {
      ...denied('Ingress'),
      policies: [...denied('Ingress', 'pay').policies, ...denied('Egress', 'shop').policies],
    };
    expect(teamsOf(both)).toEqual([
      'pay: pay/web,shop/web,any address > pay/web',
      'shop: shop/web > shop/web',
    ]);
  });
});
