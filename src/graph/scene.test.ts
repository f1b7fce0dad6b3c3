import { describe, expect, test } from '@jest/globals';
import {
  app,
  cluster,
  company,
  denyIngress,
  from,
  letIn,
  shop,
  workload,
} from '../../test/drawn-clusters.ts';
import { analyze } from '../analyze/analysis.ts';
import type { AnalysisInput } from '../analyze/facts.ts';
import { modelOf } from './from-analysis.ts';
import { pictureOf } from './picture.ts';
import { readableScene, type Scene, sceneOf } from './scene.ts';

const large = modelOf(analyze(company()));

function everything(input: AnalysisInput): Scene {
  const model = modelOf(analyze(input));
  return sceneOf(model, { open: new Set(model.rooms.keys()), only: false });
}

function overview(): Scene {
  return sceneOf(large, { open: new Set(), only: false });
}

function room(name: string): Scene {
  return sceneOf(large, { open: new Set([large.rooms.findIndex((each) => each.name === name)]), only: true });
}

function nodesOf({ openRooms, nodes }: Scene) {
  return [...openRooms.flatMap((each) => each.nodes), ...nodes];
}

/** As in `web -> api: 80`; with `~>` where nothing fences it. */
function arrowsOf(scene: Scene): readonly string[] {
  const names = new Map(nodesOf(scene).map(({ id, name }) => [id, name]));
  return scene.arrows
    .map(
      (arrow) =>
        `${names.get(arrow.from)} ${arrow.unfenced ? '~>' : '->'} ${names.get(arrow.to)}: ${arrow.label}`,
    )
    .sort();
}

function marksOf(scene: Scene): Readonly<Record<string, readonly string[]>> {
  const marked = [...nodesOf(scene), ...scene.openRooms].filter(({ marks }) => marks.length > 0);
  return Object.fromEntries(marked.map(({ name, marks }) => [name, marks.flatMap(({ lines }) => lines)]));
}

const abc = ['a', 'b', 'c', 'd'].flatMap((namespace) => [
  workload(namespace, 'one'),
  workload(namespace, 'two'),
]);

describe('a picture of everything', () => {
  test('has an arrow for each route, and marks instead of arrows from and to everywhere', () => {
    const scene = everything(shop());
    expect(arrowsOf(scene)).toEqual([
      'admin-console -> mongo: 27017',
      'ingress-nginx -> admin-console: 8081',
      'ingress-nginx -> nosqlclient: 3000',
      'ingress-nginx -> web-console: 8080',
      'nosqlclient -> mongo: 27017',
      'web-console -> mongo: 27017',
    ]);
    expect(marksOf(scene)).toEqual({
      'ingress-nginx': ['← everyone · all ports'],
      prometheus: ['← everyone · all ports', '→ every namespace · 9100'],
      'any address': ['← every namespace · all ports'],
    });
  });

  test('without a policy is nothing but marks', () => {
    const scene = everything(cluster(abc, []));
    expect(scene.arrows).toEqual([]);
    for (const name of ['one', 'two']) expect(marksOf(scene)[name]).toEqual(['← everyone · all ports']);
  });

  test('bundles what every workload of a namespace has in common', () => {
    const names = ['api', 'db', 'web'];
    const input = cluster(
      [...names.map((name) => workload('shop', name)), workload('tools', 'scanner')],
      [
        denyIngress('shop'),
        denyIngress('tools'),
        letIn('shop', 'scan', [from(app('tools', 'scanner'), 443)]),
      ],
    );
    const scene = everything(input);
    expect(arrowsOf(scene)).toEqual(['scanner -> every workload: 443']);
    const bundle = scene.arrows.find(({ label }) => label === '443');
    expect(bundle?.members).toHaveLength(3);
  });

  test('does not bundle what only looks alike: another port is another arrow', () => {
    const names = ['api', 'db', 'web'];
    const input = cluster(
      [...names.map((name) => workload('shop', name)), workload('tools', 'scanner')],
      [
        denyIngress('shop'),
        letIn('shop/api', 'scan-1', [from(app('tools', 'scanner'), 80)]),
        letIn('shop/db', 'scan-2', [from(app('tools', 'scanner'), 443)]),
        letIn('shop/web', 'scan-3', [from(app('tools', 'scanner'), 443)]),
      ],
    );
    expect(arrowsOf(everything(input)).filter((arrow) => arrow.includes('->'))).toEqual([
      'scanner -> api: 80',
      'scanner -> db: 443',
      'scanner -> web: 443',
    ]);
  });
});

describe('a picture of namespaces', () => {
  test('has one node for each, with counts, whatever the number of workloads', () => {
    const scene = overview();
    expect(scene.nodes).toHaveLength(30);
    expect(scene.nodes.find(({ name }) => name === 'catalog-prod')?.details).toEqual(['11 workloads']);
    expect(scene.arrows.length).toBeLessThan(90);
  });

  test('names the exceptions of a mark', () => {
    expect(marksOf(overview())['media-staging']).toEqual([
      '← everyone · all ports',
      '  but not ledger-prod',
      '  but not payments-prod',
    ]);
  });

  test('distinguishes rings from namespaces that are not isolated', () => {
    const ringed = new Map(overview().nodes.map((node) => [node.name, node.ring]));
    expect(ringed.get('catalog-prod')).toBe('closed');
    expect(ringed.get('media-staging')).toBe('open');
  });
});

describe('a picture of one namespace', () => {
  test('shows its workloads, and of others only those that it has to do with', () => {
    const scene = room('payments-prod');
    expect(scene.openRooms.map(({ name }) => name)).toEqual(['payments-prod']);
    expect(scene.nodes.map(({ name, details }) => [name, ...details])).toEqual([
      ['ingress-nginx', 'controller'],
      ['kube-system', 'coredns'],
      ['monitoring', 'prometheus'],
      ['reviews-prod', 'worker'],
      ['shipping-prod', 'api'],
    ]);
    expect(arrowsOf(scene)).toContain('monitoring -> every workload: 9090');
    expect(arrowsOf(scene)).toContain('every workload -> kube-system: 53, 53/UDP');
  });

  test('joins namespaces with the same arrows in one node that names them', () => {
    const several = nodesOf(room('kube-system')).find(({ kind }) => kind === 'several');
    expect(several).toMatchObject({
      name: '3 namespaces',
      details: ['ingress-nginx', 'media-staging', 'monitoring'],
    });
  });

  test('holds every connection of its workloads exactly once', () => {
    for (const [index, { places }] of large.rooms.entries()) {
      const scene = sceneOf(large, { open: new Set([index]), only: true });
      const bundles = [
        ...scene.arrows,
        ...[...nodesOf(scene), ...scene.openRooms].flatMap(({ marks }) => marks),
      ];
      const mine = [...large.arrows.keys()].filter((arrow) => {
        const { from: source = -1, to = -1 } = large.arrows[arrow] ?? {};
        return places.includes(source) || places.includes(to);
      });
      expect(bundles.flatMap(({ members }) => members).sort((a, b) => a - b)).toEqual(mine);
    }
  });
});

describe('a large namespace', () => {
  const names = Array.from({ length: 40 }, (_, index) => `job-${String(index).padStart(2, '0')}`);
  const input = cluster(
    [...names.map((name) => workload('batch', name)), workload('tools', 'scheduler')],
    [denyIngress('batch'), letIn('batch/job-07', 'start', [from(app('tools', 'scheduler'), 80)])],
  );

  test('shows the workloads that something leads to, and the rest as one', () => {
    const scene = everything(input);
    const nodes = scene.openRooms.find(({ name }) => name === 'batch')?.nodes ?? [];
    expect(nodes.map(({ kind, name }) => [kind, name])).toEqual([
      ['rest', '39 workloads'],
      ['workload', 'job-07'],
    ]);
    expect(nodes[0]?.details).toEqual(['job-00', 'job-01', 'job-02', 'job-03', 'and 35 more']);
    expect(readableScene(modelOf(analyze(input)))).toEqual(scene);
  });
});

describe('where there is room for one picture', () => {
  test('it is everything while that can be read', () => {
    const { scene, note } = pictureOf(modelOf(analyze(shop())), []);
    expect(scene.openRooms).toHaveLength(5);
    expect(note).toBeUndefined();
  });

  test('it is the namespaces of a large cluster, and says so', () => {
    const { scene, note } = pictureOf(large, []);
    expect(scene.openRooms).toEqual([]);
    expect(note).toMatch(/^297 workloads, drawn by namespace/);
  });

  test('it is the namespaces that were asked for', () => {
    const { scene } = pictureOf(large, ['catalog-prod', 'media-prod']);
    expect(scene.openRooms.map(({ name }) => name)).toEqual(['catalog-prod', 'media-prod']);
  });
});
