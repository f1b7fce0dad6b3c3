import { describe, expect, test } from '@jest/globals';
import { cluster, company, from, letIn, shop, workload } from '../../test/drawn-clusters.ts';
import { analyze } from '../analyze/analysis.ts';
import type { AnalysisInput } from '../analyze/facts.ts';
import { modelOf } from './from-analysis.ts';
import { type GraphModel, portLabels } from './model.ts';

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
    expect(rule).toMatchObject({ ports: '27017', rule: 2, origins: ['web-console-to-mongo'] });
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
