import { expect, test } from '@jest/globals';
import type { LabelSelector } from '../../model/selectors.ts';
import type { Mirror } from '../across/mirrors-across.ts';
import { bucketOf } from './buckets.ts';
import { mirrorPolicies } from './mirror-policies.ts';

const owner = { kind: 'PlatformNetworkProfile', name: 'default', uid: 'platform' } as const;

function mirror(origin: string, pods: LabelSelector): Mirror {
  const [destination = ''] = origin.split('/');
  const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': destination } };
  return {
    allowRule: { direction: 'Egress', pods, rule: { peers: [{ namespaceSelector, podSelector: {} }] } },
    destination,
    origin,
  };
}

test('mirrors are the same in whatever order they are found, also where the same pods are written in two ways', () => {
  const mirrors = [mirror('pay/team/in', { matchLabels: {} }), mirror('audit/team/in', {})];
  const made = mirrorPolicies('shop', owner, mirrors);
  expect(JSON.stringify(mirrorPolicies('shop', owner, mirrors.toReversed()))).toBe(JSON.stringify(made));
  expect(made.map(({ spec }) => spec.podSelector)).toEqual([{}]);
});

test('mirrors stay in policies that etcd takes, also where their askers have names that lead to one bucket', () => {
  const port = { protocol: 'TCP', port: 80 } as const;
  const large = (origin: string): Mirror => {
    const { allowRule, destination } = mirror(origin, {});
    const matchLabels = Object.fromEntries(
      Array.from({ length: 2000 }, (_, at) => [
        `k${at}`,
        origin.slice(-63).replaceAll('/', '-').padEnd(63, 'x'),
      ]),
    );
    const [{ namespaceSelector }] = allowRule.rule.peers as [{ namespaceSelector: LabelSelector }];
    return {
      destination,
      origin,
      allowRule: {
        ...allowRule,
        rule: { peers: [{ namespaceSelector, podSelector: { matchLabels } }], ports: [port] },
      },
    };
  };
  // Whatever the number of buckets, these are in the first one.
  const first: string[] = [];
  for (let at = 0; first.length < 20; at += 1) {
    if (bucketOf(`evil/p/r${at}`, 64) === 0) first.push(`evil/p/r${at}`);
  }
  const made = mirrorPolicies('shop', owner, [...first.map(large), mirror('pay/team/in', {})]);
  expect(made.length).toBeGreaterThan(3);
  expect(Math.max(...made.map((policy) => JSON.stringify(policy).length))).toBeLessThan(1_200_000);
  expect(new Set(made.map(({ name }) => name)).size).toBe(made.length);
  const asking = made.flatMap(({ origins }) => origins ?? []).flat();
  expect(new Set(asking)).toEqual(new Set([...first, 'pay/team/in']));
});
