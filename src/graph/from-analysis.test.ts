import { describe, expect, test } from '@jest/globals';
import { cluster, company, denyIngress, from, letIn, shop, workload } from '../../test/drawn-clusters.ts';
import { analyze } from '../analyze/analysis.ts';
import { readRange } from '../analyze/endpoints.ts';
import type { AnalysisInput, WorkloadFacts } from '../analyze/facts.ts';
import { noPorts } from '../model/port-set.ts';
import { portTexts } from '../model/port-texts.ts';
import { modelOf } from './from-analysis.ts';
import { type GraphModel, holesOf, portLabels, ringOf } from './model.ts';

function told(input: AnalysisInput): readonly string[] {
  const model = modelOf(analyze(input));
  return model.arrows.map(({ from: source, to }, index) => {
    return `${nameOf(model, source)} -> ${nameOf(model, to)}: ${portLabels(model, [index]).join(', ')}`;
  });
}

function nameOf({ places, rooms }: GraphModel, index: number): string {
  const place = places[index];
  return `${rooms[place?.room ?? -1]?.name}/${place?.name}`;
}

describe('the model', () => {
  test('has a room for each namespace, and one for the outside', () => {
    const { rooms, places } = modelOf(analyze(shop()));
    expect(rooms.map((room) => [room.name, room.places.map((place) => places[place]?.name)])).toEqual([
      ['ingress-nginx', ['ingress-nginx']],
      ['monitoring', ['prometheus']],
      ['shop', ['mongo', 'nosqlclient', 'web-console']],
      ['shop-admin', ['admin-console']],
      ['outside the cluster', ['any address']],
    ]);
  });

  test('has an arrow for each connection but those of a workload with itself', () => {
    const arrows = told(shop());
    expect(arrows).toContain('shop/web-console -> shop/mongo: 27017');
    expect(arrows).toContain('monitoring/prometheus -> shop/mongo: 9100');
    expect(arrows).toContain('shop/mongo -> outside the cluster/any address: all ports');
    expect(arrows.filter((arrow) => arrow.startsWith('shop-admin/admin-console -> shop'))).toEqual([
      'shop-admin/admin-console -> shop/mongo: 27017',
    ]);
    expect(arrows.some((arrow) => /^(\S+) -> \1:/.test(arrow))).toBe(false);
  });

  test('gives the reason: the rules that let a connection in, their owners and their origins', () => {
    const model = modelOf(analyze(shop()));
    const index = told(shop()).indexOf('shop/web-console -> shop/mongo: 27017');
    const arrow = model.arrows[index];
    const [rule, ...more] = model.reasons[arrow?.ingress ?? -1] ?? [];
    expect(more).toEqual([]);
    expect(rule).toMatchObject({ rule: 2 });
    expect(portTexts(model.ports[rule?.ports ?? -1] ?? noPorts)).toEqual(['27017']);
    expect(model.policies[rule?.policy ?? -1]?.origins?.[2]).toEqual(['web-console-to-mongo']);
    expect(model.policies[rule?.policy ?? -1]).toMatchObject({
      namespace: 'shop',
      owner: 'AppNetworkProfile shop',
    });
    expect(model.reasons[arrow?.egress ?? -1]).toEqual([]);
    expect(model.places[arrow?.from ?? -1]?.egress).toEqual({ kind: 'Open', policies: [] });
    expect(model.places[arrow?.to ?? -1]?.ingress.kind).toBe('Isolated');
  });

  test('splits the outside where policies do', () => {
    const block = { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } };
    const policy = letIn('shop/web', 'from-office', [from(block, 443)]);
    const input = cluster([workload('shop', 'web')], [policy]);
    const { places } = modelOf(analyze(input));
    expect(told(input)).toEqual([
      'shop/web -> outside the cluster/any address: all ports',
      'outside the cluster/10.0.0.0/8 -> shop/web: 443',
    ]);
    expect(places.at(-1)?.detail).toBe('except 10.1.0.0/16');
  });

  test('puts the ranges of the cluster into a room of their own, with what has them', () => {
    const inside = { cidr: '10.244.3.0/24' };
    const policy = letIn('shop/web', 'from-outside', [
      from({ ipBlock: inside }, 443),
      from({ ipBlock: { cidr: '10.0.0.0/8' } }, 80),
    ]);
    const input = cluster([workload('shop', 'web')], [policy]);
    const ranges = { Services: [readRange('10.96.0.0/12')], pods: [readRange('10.244.0.0/16')] };
    const { rooms, places } = modelOf(analyze(input), { ranges });
    expect(rooms.map(({ name, places: own }) => [name, own.map((place) => places[place]?.name)])).toEqual([
      ['shop', ['web']],
      ['addresses of the cluster', ['10.244.3.0/24']],
      ['outside the cluster', ['any address', '10.0.0.0/8']],
    ]);
    expect(places.find(({ name }) => name === inside.cidr)?.detail).toBe('pods');
    for (const [room, { places: own }] of rooms.entries())
      for (const place of own) expect(places[place]?.room).toBe(room);
  });

  test('does not depend on the order of the input', () => {
    const input = company();
    const turned = {
      ...input,
      workloads: [...input.workloads].reverse(),
      policies: [...input.policies].reverse(),
    };
    const [one, other] = [modelOf(analyze(input)), modelOf(analyze(turned))];
    expect(other).toEqual(one);
  });
});

describe('a ring', () => {
  const allowAll = letIn('shop', 'allow-all', [{}]);
  const onHost: WorkloadFacts = {
    ...workload('shop', 'agent', 'DaemonSet'),
    pods: [{ labels: {}, ports: [], addresses: [], hostNetwork: true }],
  };

  function ringIn(input: AnalysisInput, planned: readonly string[] = []) {
    const model = modelOf(analyze(input), { planned });
    const places = model.rooms[0]?.places ?? [];
    return [ringOf(model, places), ...holesOf(model, places)];
  }

  test.each([
    ['closed', ['closed'], [denyIngress('shop')], []],
    ['planned in a dry run', ['planned'], [denyIngress('shop')], ['shop']],
    ['open without policies', ['open'], [], []],
    [
      'open if a policy of anybody lets in everyone on every port',
      ['open', '2 open to everyone'],
      [denyIngress('shop'), allowAll],
      ['shop'],
    ],
    [
      'closed if a port is open to everyone',
      ['closed'],
      [denyIngress('shop'), letIn('shop', 'http', [{ ports: [{ port: 80 }] }])],
      [],
    ],
    ['open if it leaves out a workload', ['open', '1 not isolated'], [letIn('shop/web', 'web', [])], []],
  ])('is %s', (_, ring, policies, planned) => {
    const workloads = [workload('shop', 'api'), workload('shop', 'web')];
    expect(ringIn(cluster(workloads, policies), planned)).toEqual(ring);
  });

  test('is open if a workload is in the host network', () => {
    const input = cluster([workload('shop', 'api'), onHost], [denyIngress('shop')]);
    expect(ringIn(input)).toEqual(['open', '1 in the host network']);
  });
});
