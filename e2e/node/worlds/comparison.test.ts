// Packets against the tool: a difference is told so that one can repeat it, and excused only by a fault that predicts just this.
import { describe, expect, test } from '@jest/globals';
import { readAnalysisInput } from '../../../src/objects/analysis-input.ts';
import type { Manifest } from '../../cluster.ts';
import { servedBy } from './cast.ts';
import { type Circumstances, differencesOf, type Seen, tellDifference } from './comparison.ts';
import { enforcerFaults } from './enforcer-faults.ts';
import { faultProofs } from './fault-proofs.ts';
import { listedCast } from './listed-objects.ts';
import { type Probe, probesOf } from './probes.ts';

function circumstances(policies: readonly Manifest[], enforcer: Circumstances['enforcer']): Circumstances {
  const { input, problems } = readAnalysisInput([...listedCast({}), ...policies]);
  expect(problems).toEqual([]);
  return { facts: input, family: 4, enforcer };
}

function probeOf(fault: string): Probe {
  const proof = faultProofs[fault];
  if (proof === undefined) throw new Error(`no proof of ${fault}`);
  const { from, to, port } = proof;
  const targets = [{ end: { pod: to }, port }];
  return { from: { pod: from }, to: `${to.namespace}/${to.name}`, address: '10.244.0.4', port, targets };
}

describe('a known fault', () => {
  test.each(enforcerFaults)(
    '$name predicts what its proof shows, and is what excuses it',
    ({ name, enforcer }) => {
      const world = circumstances(faultProofs[name]?.policies ?? [], enforcer);
      const probe = probeOf(name);
      const outcomes = (['reached', 'refused'] as const).map((seen) =>
        differencesOf([{ probe, seen }], world),
      );
      const different = outcomes.flat();
      expect(different.map(({ faults }) => faults)).toEqual([[name]]);
    },
  );

  test('excuses nothing under another enforcer', () => {
    const world = circumstances(faultProofs['mixed-directions']?.policies ?? [], 'kube-network-policies');
    const [difference] = differencesOf([{ probe: probeOf('mixed-directions'), seen: 'reached' }], world);
    expect(difference?.faults).toEqual([]);
  });

  test('excuses nothing that it does not predict', () => {
    const world = circumstances(faultProofs['mixed-directions']?.policies ?? [], 'kube-router');
    const probe: Probe = {
      ...probeOf('mixed-directions'),
      from: { pod: { namespace: 'shop', name: 'api' } },
    };
    const [difference] = differencesOf([{ probe, seen: 'reached' }], world);
    expect(difference).toMatchObject({ expected: 'denied', faults: [] });
  });

  test('has a proof, and each proof a fault', () => {
    expect(Object.keys(faultProofs)).toEqual(enforcerFaults.map(({ name }) => name));
  });
});

describe('a difference', () => {
  const denyAll: Manifest = {
    ...{ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' },
    metadata: { namespace: 'shop', name: 'deny' },
    spec: { podSelector: {}, policyTypes: ['Ingress'] },
  };
  const service: Manifest = {
    ...{ apiVersion: 'v1', kind: 'Service', metadata: { namespace: 'shop', name: 'web' } },
    spec: {
      clusterIPs: ['10.96.0.7'],
      selector: { 'app.kubernetes.io/name': 'web' },
      ports: [{ port: 80, targetPort: 'http' }],
    },
  };
  const world = circumstances([denyAll, service], 'kube-router');
  const probes = probesOf(
    {
      facts: world.facts,
      isClient: () => true,
      portsOf: servedBy,
      outside: [],
      outsideClients: ['93.184.216.34'],
    },
    4,
  );
  const tell = (from: string, to: string, seen: Seen) => {
    const found = probes.filter(
      (probe) => to === probe.to && JSON.stringify(probe.from) === JSON.stringify(endOf(from)),
    );
    return differencesOf(
      found.map((probe) => ({ probe, seen })),
      world,
    ).map(tellDifference);
  };
  const endOf = (text: string) => {
    const [namespace = '', name = ''] = text.split('/');
    return name === '' ? { address: text } : { pod: { namespace, name } };
  };

  test('says who dialled what, what the tool says and why, and what was seen', () => {
    expect(tell('pay/api', 'shop/web', 'reached')).toEqual([
      'pay/api -> shop/web at 10.244.0.2:8080/TCP: expected denied (egress allowed: Open; ingress denied by shop/deny), seen reached',
      'pay/api -> shop/web at 10.244.0.2:9000/TCP: expected denied (egress allowed: Open; ingress denied by shop/deny), seen reached',
    ]);
    expect(tell('shop/web', 'pay/web', 'timeout')).toEqual([
      'shop/web -> pay/web at 10.244.1.7:8080/TCP: expected reached (egress allowed: Open; ingress allowed: Open), seen timeout',
    ]);
  });

  test('is none where packets do what the tool says, whatever way they are denied', () => {
    expect(tell('pay/api', 'shop/web', 'timeout')).toEqual([]);
    expect(tell('pay/api', 'shop/web', 'refused')).toEqual([]);
    expect(tell('shop/web', 'pay/web', 'reached')).toEqual([]);
  });

  test('is found behind a Service, and from addresses outside', () => {
    expect(tell('pay/api', 'service/shop/web', 'reached')[0]).toMatch(
      /^pay\/api -> service\/shop\/web at 10\.96\.0\.7:80\/TCP: expected denied/,
    );
    expect(tell('93.184.216.34', 'shop/mongo', 'reached')[0]).toMatch(
      /^93\.184\.216\.34 -> shop\/mongo at .*27017\/TCP: expected denied/,
    );
    expect(tell('93.184.216.34', 'pay/till', 'reached')).toEqual([]);
  });

  test('of a Service whose pods differ is none: its packets go to any of them', () => {
    const mongo = {
      ...denyAll,
      spec: { podSelector: { matchLabels: { 'app.kubernetes.io/name': 'mongo' } }, policyTypes: ['Ingress'] },
    };
    const both = {
      ...service,
      spec: { clusterIPs: ['10.96.0.8'], selector: { tier: 'back' }, ports: [{ port: 1, targetPort: 'db' }] },
    };
    const labels = { podLabels: { 'shop/mongo': { 'app.kubernetes.io/name': 'mongo', tier: 'back' } } };
    const { input } = readAnalysisInput([...listedCast(labels), mongo, both]);
    const [probe] = probesOf(
      { facts: input, isClient: () => true, portsOf: servedBy, outside: [], outsideClients: [] },
      4,
    ).filter(({ to }) => to === 'service/shop/web');
    expect(probe?.targets).toHaveLength(3);
    const results = (['reached', 'refused'] as const).flatMap((seen) =>
      probe === undefined ? [] : [{ probe, seen }],
    );
    expect(differencesOf(results, { ...world, facts: input })).toEqual([]);
  });
});
