import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { type PlatformSpec, type Routes, service, shopView } from '../../../test/fixtures.ts';
import type { KnownPod } from '../../view/cluster-view.ts';
import { compile } from '../compile.ts';

const spec: PlatformSpec = {
  appLabel: 'app',
  egress: 'Restricted',
  kubernetesAPI: { addresses: ['10.96.0.1', '172.18.0.2'], ports: [443, 6443] },
  cluster: { podRanges: ['10.244.0.0/16'], serviceRanges: ['10.96.0.0/16'], nodeRanges: ['172.18.0.0/16'] },
};
const objects = [
  service('shop/web', [{ port: 80, targetPort: 8080 }], { clusterIP: '10.96.0.7', selector: { app: 'web' } }),
  service('shop/manual', [{ port: 80 }], { clusterIP: '10.96.0.8' }),
  service('pay/api', [{ port: 443, targetPort: 8443 }], { clusterIP: '10.96.0.9', selector: { app: 'api' } }),
];
const pod = { labels: { app: 'cli' }, ports: [] };
/** The tool knows pods; the operator does not. */
const pods = new Map<string, readonly KnownPod[]>([
  [
    'shop',
    [
      { ...pod, name: 'cli-1', addresses: ['10.244.1.7'] },
      { ...pod, name: 'agent', addresses: ['172.18.0.3'], hostNetwork: true },
      { name: 'odd', labels: {}, ports: [], addresses: ['10.244.1.8'] },
    ],
  ],
]);

/** What is found in a route with this end, as the tool sees it. */
function found(route: Partial<Routes[number]>, allow: object = {}, known?: typeof pods) {
  const routes = [{ name: 'r', from: { app: 'cli' }, to: { app: 'web' }, ports: [443], ...route }] as Routes;
  const view = shopView({ spec: { ...spec, ...allow }, routes, objects });
  const { findings } = compile(known === undefined ? view : { ...view, pods: known });
  return findings.filter(({ code }) => code === 'ClusterAddress');
}

const to = (cidr: string) => ({ to: { cidr: { cidr } } });
const from = (cidr: string) => ({ from: { cidr: { cidr } } });

/** The route that a hint shows, without its name. */
function instead(route: Partial<Routes[number]>): unknown {
  const [{ hint = '' } = {}] = found(route, {}, pods);
  const [head, ...yaml] = hint.split('\n');
  expect(head).toBe('write this instead:');
  const [{ name: _, ...rest }] = parse(yaml.join('\n')) as [{ name: string }];
  return rest;
}

describe('a `cidr` inside the cluster', () => {
  test('is found at its field', () => {
    expect(found(to('10.96.0.7/32'), {}, pods)).toMatchObject([
      {
        path: 'spec.routes[r].to.cidr.cidr',
        message: expect.stringContaining('`10.96.0.7/32` is the ClusterIP of Service `shop/web`'),
      },
    ]);
  });

  test.each([
    ['10.96.0.1/32', { to: { kubernetesAPI: {} } }],
    ['172.18.0.2/32', { to: { kubernetesAPI: {} } }],
    ['10.96.0.7/32', { to: { service: 'web' }, ports: [443] }],
    [
      '10.96.0.9/32',
      { to: { namespace: { name: 'pay', pods: { matchLabels: { app: 'api' } } } }, ports: [8443] },
    ],
    ['10.244.1.7/32', { to: { app: 'cli' }, ports: [443] }],
  ])('as a destination: instead of %s a hint shows what has it', (cidr, meant) => {
    expect(instead(to(cidr))).toEqual({ from: { app: 'cli' }, ...meant });
  });

  test.each([
    ['172.18.0.2/32', { kubernetesAPI: {} }],
    ['10.96.0.7/32', { service: 'web' }],
    ['10.244.1.7/32', { app: 'cli' }],
  ])('as a source: instead of %s a hint shows what has it', (cidr, meant) => {
    expect(instead(from(cidr))).toEqual({ from: meant, to: { app: 'web' }, ports: [443] });
  });

  test.each([
    [to('10.96.0.8/32'), 'name the addresses of its endpoints'],
    [to('10.96.0.77/32'), 'name the pods of the Service'],
    [from('10.96.0.0/24'), 'name the pods that open the connections'],
    [to('10.244.2.0/24'), 'name the pods with `app`'],
    [to('10.244.1.8/32'), 'select pods by their labels'],
  ])('whose owner no route names has a hint in words: %j', (route, hint) => {
    expect(found(route, {}, pods)).toMatchObject([{ hint: expect.stringContaining(hint) }]);
  });

  test.each(['203.0.113.7/32', '10.0.0.0/8', '172.18.0.3/32', '172.18.0.0/16'])(
    'is not what %s is: outside, wider, or the addresses of nodes, where a route may mean them',
    (cidr) => {
      expect(found(to(cidr), {}, pods)).toEqual([]);
    },
  );

  test('is not the API server on a port of something else on its node', () => {
    expect(found({ ...to('172.18.0.2/32'), ports: [2379] }, {}, pods)).toEqual([]);
    expect(found({ ...to('172.18.0.2/32'), ports: ['6000-7000'] }, {}, pods)).toHaveLength(1);
  });

  test('is named by the operator only where its own namespace has the Service: it is compiled again if that changes', () => {
    expect(found(to('10.96.0.7/32'))[0]?.message).toContain('Service `shop/web`');
    expect(found(to('10.96.0.9/32'))[0]?.message).toContain('is in the range of Services');
    expect(found(to('10.244.1.7/32'))[0]?.message).toContain('is in the range of pods');
  });

  test('has no hint that guardrails refuse', () => {
    const rules = [{ name: 'teams', namespaces: { selector: {} }, allow: { ends: ['app', 'cidr'] } }];
    const [{ hint = '' } = {}] = found(to('10.96.0.1/32'), { rules });
    expect(hint).toContain(
      'it reaches `kubernetesAPI`, which rule `teams` of the platform profile does not allow',
    );
    expect(hint).not.toContain('- name:');
  });
});
