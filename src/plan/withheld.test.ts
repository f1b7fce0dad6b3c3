// What waits for a fact is not written, and is not removed where it is enforced already.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  namespace,
  ownedBy,
  platform,
  platformOwner,
  profile,
  type Routes,
  view,
  written,
} from '../../test/fixtures.ts';
import { runs } from '../../test/property-runs.ts';
import type { Discovered } from '../api/platform-status.ts';
import { compile } from '../compile/compile.ts';
import type { DesiredPolicy, OwnedPolicy } from '../model/policies.ts';
import type { ClusterView } from '../view/cluster-view.ts';
import { desiredState, type Plan, plan } from './plan.ts';

const known: Discovered = {
  kubernetesAPI: { endpoints: [{ address: '192.168.9.9', port: 6443 }] },
  cluster: { podRanges: ['10.244.0.0/16'], serviceRanges: ['10.96.0.0/16'], nodeRanges: ['172.18.0.0/28'] },
};
const withoutPods: Discovered = {
  ...known,
  cluster: { serviceRanges: ['10.96.0.0/16'], nodeRanges: ['172.18.0.0/28'] },
};

const partner = (name: string, cidr: string, except: readonly string[] = []): Routes[number] => ({
  name,
  from: { app: 'web' },
  to: { cidr: { cidr: cidr, ...(except.length === 0 ? {} : { except: [...except] }) } },
});
const database: Routes[number] = {
  name: 'database',
  from: { app: 'web' },
  to: { namespace: { name: 'data' } },
};
const internet: Routes[number] = { name: 'internet', from: { app: 'web' }, to: { internet: {} } };

function shop(routes: Routes, discovered: Discovered, uncertain: ClusterView['uncertain'] = []) {
  const rules = [
    {
      name: 'prod',
      namespaces: { names: ['shop'] },
      allow: { ends: ['app' as const, 'namespace' as const, 'cidr' as const, 'internet' as const] },
    },
  ];
  const given = view({
    discovered,
    platform: platform({ egress: 'Restricted', rules }),
    namespaces: [namespace('shop'), namespace('data')],
    profiles: [profile('shop/team', { routes })],
  });
  const compiled = compile({ ...given, uncertain }).namespaces.find((each) => each.namespace === 'shop');
  if (compiled === undefined) throw new Error('the shop is compiled');
  return compiled;
}

function planned(compiled: ReturnType<typeof shop>, owned: readonly OwnedPolicy[]): Plan {
  return plan({
    namespace: 'shop',
    ...desiredState(compiled),
    actual: { owned, foreign: [] },
    transitionOwner: platformOwner,
    keptIsolated: ['Ingress', 'Egress'],
  });
}

/** What is there after a plan was carried out. */
function after(owned: readonly OwnedPolicy[], { phases }: Plan): readonly OwnedPolicy[] {
  const there = new Map(owned.map((policy) => [policy.name, policy]));
  for (const change of phases.flatMap(({ changes }) => changes)) {
    if (change.action === 'delete') there.delete(change.key.name);
    else there.set(change.policy.name, stored(change.policy));
  }
  return [...there.values()];
}

const stored = (policy: DesiredPolicy) => ownedBy(policy.owner.uid, written(policy));
const enforced = (compiled: ReturnType<typeof shop>) => after([], planned(compiled, []));
const texts = (made: Plan) =>
  made.phases.flatMap(({ changes }) =>
    changes.map(
      (change) =>
        `${change.action} ${change.action === 'delete' ? change.key.name : JSON.stringify(change.policy.spec.egress)}`,
    ),
  );

describe('a rule that waits for a fact', () => {
  test('is not written', () => {
    const made = texts(planned(shop([partner('a', '203.0.113.0/24'), database], withoutPods), []));
    expect(made.join()).toContain('"data"');
    expect(made.join()).not.toContain('203.0.113.0');
  });

  test.each<[string, Routes]>([
    ['alone', [partner('a', '203.0.113.0/24')]],
    ['before and behind others', [partner('a', '203.0.113.0/24'), database, partner('z', '198.51.100.0/24')]],
  ])('stays where it is enforced already: %s', (_, routes) => {
    const owned = enforced(shop(routes, known));
    expect(planned(shop(routes, withoutPods), owned).phases).toEqual([]);
    expect(planned(shop(routes, known, ['nodeRanges']), owned).phases).toEqual([]);
  });

  test('stays under whatever name its policy had, and goes over to the one that it has now', () => {
    const routes = [partner('a', '203.0.113.0/24'), database];
    const owned = enforced(shop(routes, known)).map((policy) =>
      policy.name.includes('-team-web-out-') ? { ...policy, name: 'ringfence-of-an-older-version' } : policy,
    );
    const made = planned(shop(routes, withoutPods), owned);
    expect(made.phases.map(({ purpose }) => purpose)).toEqual(['allow', 'prune']);
    expect(texts(made)[0]).toContain('203.0.113.0');
    expect(planned(shop(routes, withoutPods), after(owned, made)).phases).toEqual([]);
  });

  test.each<[string, Routes[number]]>([
    ['its range', partner('a', '203.0.112.0/23')],
    ['its ports', { ...partner('a', '203.0.113.0/24'), ports: [443] }],
    ['its pods', { ...partner('a', '203.0.113.0/24'), from: { app: 'api' } }],
  ])('is another one where somebody changed %s: the old one goes and the new one waits', (_, changed) => {
    const owned = enforced(shop([partner('a', '203.0.113.0/24')], known));
    const made = planned(shop([changed], withoutPods), owned);
    expect(texts(made)).toEqual([expect.stringMatching(/^delete ringfence-team-web-out-/)]);
  });

  test('does not grow by an exception that is gone', () => {
    const owned = enforced(shop([partner('a', '203.0.113.0/24', ['203.0.113.7/32'])], known));
    const made = planned(shop([partner('a', '203.0.113.0/24')], withoutPods), owned);
    expect(texts(made)).toEqual([expect.stringMatching(/^delete /)]);
  });

  test('goes where it is known now that it is not allowed', () => {
    const routes = [partner('a', '203.0.113.0/24')];
    const owned = enforced(shop(routes, known));
    const beside = { ...withoutPods, cluster: { ...withoutPods.cluster, nodeRanges: ['203.0.113.9/32'] } };
    expect(texts(planned(shop(routes, beside), owned))).toEqual([expect.stringMatching(/^delete /)]);
  });

  test('of the internet stays while a range is old, and follows what is known of the others', () => {
    const owned = enforced(shop([internet], known));
    expect(planned(shop([internet], known, ['podRanges']), owned).phases).toEqual([]);
    const grown = { ...known, cluster: { ...known.cluster, nodeRanges: ['172.18.0.0/28', '20.5.5.5/32'] } };
    const made = texts(planned(shop([internet], grown, ['podRanges']), owned));
    expect(made).toEqual([expect.stringMatching(/^replace .*20\.5\.5\.5/)]);
    expect(texts(planned(shop([internet], grown, ['podRanges']), [])).join()).not.toContain('0.0.0.0/0');
  });
});

test('a lack of facts opens nothing and closes nothing, whatever the routes, and what was written before', () => {
  const routes = fc
    .subarray([
      partner('a', '203.0.113.0/24'),
      partner('b', '198.51.100.0/24'),
      { ...partner('c', '198.51.100.0/25'), ports: [443] },
      { ...partner('d', '192.0.0.0/24'), from: { app: 'api' } },
      database,
      internet,
    ])
    .chain((some) => fc.shuffledSubarray(some, { minLength: some.length }));
  const facts = fc.constantFrom<[Discovered, ClusterView['uncertain']]>(
    [known, ['nodeRanges']],
    [known, ['podRanges', 'kubernetesAPI']],
    [known, ['podRanges', 'serviceRanges', 'nodeRanges', 'kubernetesAPI']],
  );
  fc.assert(
    fc.property(routes, routes, facts, (before, now, [discovered, uncertain]) => {
      const owned = enforced(shop(before, known));
      // The same routes: nothing to do. Others: what is new waits, until the facts are there.
      expect(planned(shop(before, discovered, uncertain), owned).phases).toEqual([]);
      const made = planned(shop(now, discovered, uncertain), owned);
      const there = after(owned, made);
      expect(planned(shop(now, discovered, uncertain), there).phases).toEqual([]);
      const marks = new Set(owned.flatMap(({ addressRuleFingerprints }) => addressRuleFingerprints));
      expect(
        there
          .flatMap(({ addressRuleFingerprints }) => addressRuleFingerprints)
          .filter((mark) => !marks.has(mark)),
      ).toEqual([]);
      const settled = planned(shop(now, known), there);
      expect(
        after(there, settled)
          .map(({ name }) => name)
          .sort(),
      ).toEqual(
        enforced(shop(now, known))
          .map(({ name }) => name)
          .sort(),
      );
    }),
    runs(50),
  );
});
