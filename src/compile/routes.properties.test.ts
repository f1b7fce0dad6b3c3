// Properties of compiled routes and exposures, over clusters of every shape: what holds whatever people declare.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { runs } from '../../test/property-runs.ts';
import { type Cluster, cluster, route, shuffle, viewOf } from '../../test/random-cluster.ts';
import { canonicalJson, type EgressRule, type IngressRule } from '../model/network-policy.ts';
import type { DesiredPolicy } from '../model/policies.ts';
import { compile } from './compile.ts';

/** The labels of every selector in another order. */
function turned<T>(value: T): T {
  if (Array.isArray(value)) return value.map(turned) as T;
  if (value === null || typeof value !== 'object') return value;
  const members = Object.entries(value).map(([key, member]) => [key, turned(member)]);
  return Object.fromEntries(members.reverse()) as T;
}

/** The rules of a policy in both directions: their other ends, and their ports. */
function rulesOf({ spec: { ingress, egress } }: DesiredPolicy) {
  return [
    ...(ingress ?? []).map(({ from, ports }) => ({ direction: 'Ingress', peers: from, ports })),
    ...(egress ?? []).map(({ to, ports }) => ({ direction: 'Egress', peers: to, ports })),
  ];
}

/** Everything that is allowed, as direction, pods, peer and port. */
function allowances(given: Cluster): ReadonlySet<string> {
  const all = compile(viewOf(given)).policies.flatMap((policy) =>
    rulesOf(policy).flatMap(({ direction, peers = [], ports: some = [{ protocol: 'every' }] }) =>
      peers.flatMap((peer) =>
        some.map((port) => canonicalJson([policy.namespace, direction, policy.spec.podSelector, peer, port])),
      ),
    ),
  );
  return new Set(all);
}

describe('compiled routes', () => {
  test('are the same whatever the order of profiles, routes, objects and labels', () => {
    const shuffled = cluster.chain((given) =>
      fc.record({
        given: fc.constant(given),
        spec: fc.constant(given.spec),
        discovered: fc.constant(given.discovered ?? {}),
        objects: shuffle(given.objects),
        profiles: fc
          .tuple(
            ...given.profiles.map(({ key, routes: some }) =>
              shuffle(some).map((each) => ({ key, routes: turned(each) })),
            ),
          )
          .chain((all) => shuffle(all)),
      }),
    );
    fc.assert(
      fc.property(shuffled, ({ given, ...other }) => {
        expect(canonicalJson(compile(viewOf(other)).policies)).toBe(
          canonicalJson(compile(viewOf(given)).policies),
        );
      }),
      runs(100),
    );
  });

  test('are the same, with their findings, whatever the order in which objects came', () => {
    const shuffled = cluster.chain((given) => fc.tuple(fc.constant(given), shuffle(given.objects)));
    fc.assert(
      fc.property(shuffled, ([given, objects]) => {
        expect(compile(viewOf({ ...given, objects }))).toEqual(compile(viewOf(given)));
      }),
      runs(100),
    );
  });

  test('lose no allowance when a route is added', () => {
    fc.assert(
      fc.property(cluster, route, fc.constantFrom('shop/a', 'shop/b', 'pay/a'), (before, added, key) => {
        const others = before.profiles.filter((each) => each.key !== key);
        const mine = before.profiles.find((each) => each.key === key)?.routes ?? [];
        fc.pre(mine.every(({ name }) => name !== added.name));
        const after = allowances({ ...before, profiles: [...others, { key, routes: [...mine, added] }] });
        expect([...allowances(before)].filter((allowance) => !after.has(allowance))).toEqual([]);
      }),
      runs(100),
    );
  });

  test('lose no allowance when a route is added to very many', () => {
    const first = Array.from({ length: 120 }, (_, index) => ({
      name: `r${index}`,
      from: { app: `a${index}` },
      to: { app: 'web' },
    }));
    fc.assert(
      fc.property(fc.nat({ max: 119 }), route, (count, added) => {
        const base = {
          spec: { egress: 'Restricted' as const },
          objects: [],
          profiles: [{ key: 'shop/a', routes: first.slice(0, count) }],
        };
        fc.pre(!/^r\d+$/.test(added.name));
        const more = { ...base, profiles: [{ key: 'shop/a', routes: [added, ...first.slice(0, count)] }] };
        const after = allowances(more);
        expect([...allowances(base)].filter((allowance) => !after.has(allowance))).toEqual([]);
      }),
      runs(30),
    );
  });

  test('never have a rule with an empty list of peers or of ports, nor one without peers: these mean everyone', () => {
    fc.assert(
      fc.property(cluster, (given) => {
        for (const policy of compile(viewOf(given)).policies) {
          for (const { peers, ports: some } of rulesOf(policy)) {
            expect(peers?.length).toBeGreaterThan(0);
            expect(some?.length).not.toBe(0);
          }
          expect(policy.spec.ingress?.length).not.toBe(0);
          expect(policy.spec.egress?.length).not.toBe(0);
        }
      }),
      runs(100),
    );
  });

  test('have each name once in a namespace', () => {
    fc.assert(
      fc.property(cluster, (given) => {
        const names = compile(viewOf(given)).policies.map((each) => `${each.namespace}/${each.name}`);
        expect(new Set(names).size).toBe(names.length);
      }),
      runs(100),
    );
  });
});

describe('a rule', () => {
  test('with an empty list of peers does not type-check', () => {
    // @ts-expect-error an empty list would mean everyone
    const ingress: IngressRule = { from: [] };
    // @ts-expect-error an empty list would mean everyone
    const egress: EgressRule = { to: [] };
    // @ts-expect-error a list that may be empty is none that is not
    const unknown: IngressRule = { from: [{ podSelector: {} }].filter(() => true) };
    expect([ingress, egress, unknown]).toHaveLength(3);
  });
});
