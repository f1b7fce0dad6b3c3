import { describe, expect, test } from '@jest/globals';
import {
  app,
  cluster,
  company,
  denyEgress,
  denyIngress,
  from,
  letIn,
  shop,
  workload,
} from '../../../test/drawn-clusters.ts';
import { analyze } from '../../analyze/analysis.ts';
import type { AnalysisInput } from '../../analyze/facts.ts';
import { shown } from '../escape.ts';
import { modelOf } from '../from-analysis.ts';
import { type Scene, sceneOf } from '../scene.ts';
import { type LayoutBox, overlap } from './boxes.ts';
import { layoutOf } from './layout.ts';

function roomsOf(input: AnalysisInput): readonly (readonly [string, Scene])[] {
  const model = modelOf(analyze(input));
  return model.rooms.map(({ name }, room) => [name, sceneOf(model, { open: new Set([room]), only: true })]);
}

function isWithin(inner: LayoutBox, outer: LayoutBox): boolean {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  );
}

function expectApart(boxes: readonly LayoutBox[]): void {
  for (const [index, box] of boxes.entries())
    for (const other of boxes.slice(index + 1)) expect(overlap(box, other)).toBe(false);
}

describe('a picture without Graphviz', () => {
  test.each([...roomsOf(company()), ...roomsOf(shop())])('of %s keeps its parts apart', (_, scene) => {
    const { nodes, room, arrows, labels, width, height } = layoutOf(scene, shown);
    const inner = scene.openRooms.flatMap((each) => each.nodes.map(({ id }) => id));
    const all = [...inner, ...scene.nodes.map(({ id }) => id)];
    expect([...nodes.keys()].sort()).toEqual([...all].sort());
    for (const box of nodes.values()) expect(isWithin(box, { x: 0, y: 0, width, height })).toBe(true);
    expectApart([...nodes.values()]);
    if (room === undefined) throw new Error('there is an open room');
    for (const [id, box] of nodes) {
      expect(inner.includes(id) ? isWithin(box, room) : !overlap(box, room)).toBe(true);
    }
    for (const { id } of scene.arrows) {
      expect(arrows.get(id)?.length).toBeGreaterThanOrEqual(2);
      expect(labels.get(id)).toBeDefined();
    }
  });

  test('leads arrows from the border of one node to the border of another that faces it', () => {
    const [, scene] = roomsOf(shop()).find(([name]) => name === 'shop') ?? [];
    if (scene === undefined) throw new Error('the shop has a room');
    const { nodes, arrows } = layoutOf(scene, shown);
    const boxOf = (id: string) => nodes.get(id) ?? { x: -1, y: -1, width: 0, height: 0 };
    for (const { id, from, to } of scene.arrows) {
      const [start, end] = [boxOf(from), boxOf(to)];
      const facing = start.x < end.x ? [start.x + start.width, end.x] : [start.x, end.x + end.width];
      const points = arrows.get(id) ?? [];
      expect([points[0]?.x, points.at(-1)?.x]).toEqual(facing);
    }
  });

  test('is the same every time', () => {
    const [first] = roomsOf(company());
    const [again] = roomsOf(company());
    expect(first && layoutOf(first[1], shown)).toEqual(again && layoutOf(again[1], shown));
  });

  test('tells two opposite arrows apart: neither their ends nor their labels meet', () => {
    const there = [from(app('pay', 'web'), 80)];
    const back = [from(app('pay', 'api'), 81)];
    const policies = [
      denyIngress('pay'),
      letIn('pay/api', 'api', there),
      letIn('pay/web', 'web', back),
      denyEgress('pay'),
      {
        namespace: 'pay',
        name: 'within',
        spec: {
          podSelector: {},
          policyTypes: ['Egress' as const],
          egress: [{ to: [app('pay', 'api'), app('pay', 'web')] }],
        },
      },
    ];
    const [, scene] = roomsOf(cluster([workload('pay', 'api'), workload('pay', 'web')], policies))[0] ?? [];
    if (scene === undefined) throw new Error('there is a room');
    expect(scene.arrows.map(({ label }) => label).sort()).toEqual(['80', '81']);
    const { arrows, labels } = layoutOf(scene, shown);
    const [one = [], other = []] = [...arrows.values()];
    const heightsAt = (points: typeof one) => new Map(points.map(({ x, y }) => [x, y]));
    for (const [x, y] of heightsAt(one))
      expect(Math.abs((heightsAt(other).get(x) ?? 0) - y)).toBeGreaterThan(8);
    const [a, b] = [...labels.values()];
    expect(Math.hypot((a?.x ?? 0) - (b?.x ?? 0), (a?.y ?? 0) - (b?.y ?? 0))).toBeGreaterThan(12);
  });
});
