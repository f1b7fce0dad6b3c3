import { describe, expect, test } from '@jest/globals';
import { canonicalJson, type Peer } from '../../model/network-policy.ts';
import type { DesiredPolicy } from '../../model/policies.ts';
import { namespacesNamed, onlyNamesIn } from '../../model/selectors.ts';
import type { RequestedAllowRule } from '../local/allow-rule.ts';
import { allowPolicies, type PolicyOutline } from './allow-policies.ts';

const about: PolicyOutline = {
  namespace: 'shop',
  owner: { kind: 'AppNetworkProfile', name: 'team', uid: 'uid-of-team' },
  stem: 'team',
  describe: (direction, pods, origins) => `${direction}: ${pods} for ${origins}`,
};

function allowRule(origin: string, pod: string, port: number): RequestedAllowRule {
  return {
    origin,
    direction: 'Ingress',
    pods: { matchLabels: { app: pod } },
    rule: { peers: [{ podSelector: {} }], ports: [{ protocol: 'TCP', port }] },
  };
}

const many = (count: number) =>
  Array.from({ length: count }, (_, index) => allowRule(`r${index}`, 'web', index + 1));

/** Which rules are in which policy. */
function contents(policies: readonly DesiredPolicy[]): ReadonlyMap<string, string> {
  return new Map(policies.map(({ name, spec }) => [name, canonicalJson(spec)]));
}

describe('openings', () => {
  test('on the same pods share one policy, a rule for each', () => {
    const [policy, ...more] = allowPolicies(about, [allowRule('b', 'web', 2), allowRule('a', 'web', 1)]);
    expect(more).toEqual([]);
    expect(policy?.spec.policyTypes).toEqual(['Ingress']);
    expect(policy?.spec.ingress?.map(({ ports }) => ports?.[0].port)).toEqual([1, 2]);
    expect(policy).toMatchObject({ origins: [['a'], ['b']], description: 'Ingress: web for a, b' });
  });

  test('on other pods have a policy of their own', () => {
    expect(allowPolicies(about, [allowRule('a', 'web', 1), allowRule('b', 'mongo', 1)])).toHaveLength(2);
  });

  test('that say the same are one rule, which names everyone who asks for it', () => {
    const [policy] = allowPolicies(about, [
      allowRule('b', 'web', 1),
      allowRule('a', 'web', 1),
      allowRule('b', 'web', 1),
    ]);
    expect(policy?.spec.ingress).toHaveLength(1);
    expect(policy).toMatchObject({ origins: [['a', 'b']], description: 'Ingress: web for a, b' });
  });

  test('on pods whose labels are written in another order are on the same pods', () => {
    const one = { ...allowRule('a', 'web', 1), pods: { matchLabels: { app: 'web', tier: 'front' } } };
    const other = { ...allowRule('b', 'web', 1), pods: { matchLabels: { tier: 'front', app: 'web' } } };
    expect(allowPolicies(about, [one, other])).toHaveLength(1);
    expect(allowPolicies(about, [one])[0]?.name).toBe(allowPolicies(about, [other])[0]?.name);
  });

  test('make the same policies in whatever order', () => {
    expect(allowPolicies(about, many(120).toReversed())).toEqual(allowPolicies(about, many(120)));
  });

  test('in the other direction have a policy of their own, which isolates its pods in that direction only', () => {
    const out = { ...allowRule('a', 'web', 1), direction: 'Egress' } as const;
    const policies = allowPolicies(about, [out, allowRule('a', 'web', 1)]);
    expect(policies.map(({ spec }) => spec)).toEqual([
      {
        podSelector: out.pods,
        policyTypes: ['Egress'],
        egress: [{ to: out.rule.peers, ports: out.rule.ports }],
      },
      {
        podSelector: out.pods,
        policyTypes: ['Ingress'],
        ingress: [{ from: out.rule.peers, ports: out.rule.ports }],
      },
    ]);
    expect(policies.map(({ description }) => description)).toEqual([
      'Egress: web for a',
      'Ingress: web for a',
    ]);
  });

  test('on every pod say so', () => {
    const all = { ...allowRule('a', 'web', 1), pods: {} };
    expect(allowPolicies(about, [all])[0]?.description).toBe('Ingress: every pod for a');
  });
});

describe('more than 50 rules', () => {
  test('are split over policies with different names, and none is lost', () => {
    for (const count of [50, 51, 200]) {
      const policies = allowPolicies(about, many(count));
      const rules = policies.flatMap(({ spec }) => spec.ingress ?? []);
      expect(rules).toHaveLength(count);
      expect(new Set(policies.map(({ name }) => name)).size).toBe(policies.length);
      expect(policies.length).toBe(count === 50 ? 1 : count === 51 ? 2 : 4);
    }
  });

  test('of 200 routes with 50 ports each stay far below what etcd takes', () => {
    const rules = many(200).map((each, index) => ({
      ...each,
      rule: { ...each.rule, ports: ports(index * 50) },
    }));
    for (const policy of allowPolicies(about, rules)) {
      expect(JSON.stringify(policy).length).toBeLessThan(512 * 1024);
    }
  });

  test('stay where they are when a route is added or edited: one policy changes', () => {
    const before = contents(allowPolicies(about, many(60)));
    const added = contents(allowPolicies(about, [allowRule('a-first', 'web', 9999), ...many(60)]));
    const edited = contents(allowPolicies(about, [allowRule('r0', 'web', 9999), ...many(60).slice(1)]));
    for (const after of [added, edited]) {
      expect([...after.keys()]).toEqual([...before.keys()]);
      expect([...after].filter(([name, text]) => before.get(name) !== text)).toHaveLength(1);
    }
  });

  test('have new names where they need more policies, so that the old ones are pruned after the new are written', () => {
    const before = allowPolicies(about, many(50)).map(({ name }) => name);
    const after = allowPolicies(about, many(51)).map(({ name }) => name);
    expect(after.filter((name) => before.includes(name))).toEqual([]);
  });
});

describe('many namespaces are one peer, in stable buckets of 500', () => {
  /** The Gateways of so many namespaces, of three names, and the nodes. */
  const reachable = (count: number, ...more: readonly string[]): RequestedAllowRule => {
    const names = [...more, ...Array.from({ length: count }, (_, index) => `team-${index}`)];
    const gateways = Map.groupBy(names, (name) => `gateway-${name.length % 3}`);
    return {
      ...allowRule('users', 'web', 80),
      rule: {
        peers: [
          { ipBlock: { cidr: '10.1.0.0/24' } },
          ...[...gateways].map(([gateway, some]) => ({
            namespaceSelector: namespacesNamed(some),
            podSelector: { matchLabels: { gateway } },
          })),
        ],
        ports: [{ protocol: 'TCP', port: 80 }],
      },
    };
  };
  const peersOf = (policies: readonly DesiredPolicy[]) =>
    policies.flatMap(({ spec }) => (spec.ingress ?? []).flatMap(({ from = [] }) => from));

  test('so that no policy comes near what etcd takes, each namespace is in one of them, and nothing else is lost', () => {
    const asked = reachable(10_000);
    const policies = allowPolicies(about, [asked]);
    expect(policies.length).toBeGreaterThan(10);
    for (const policy of policies) expect(JSON.stringify(policy).length).toBeLessThan(256 * 1024);
    const pairs = (peers: readonly Peer[]) =>
      peers.flatMap((peer) =>
        'ipBlock' in peer
          ? [peer.ipBlock.cidr]
          : onlyNamesIn(peer.namespaceSelector ?? {}).map(
              (name) => `${name} ${canonicalJson(peer.podSelector)}`,
            ),
      );
    expect(pairs(peersOf(policies)).sort()).toEqual(pairs(asked.rule.peers).sort());
  });

  test('so that a new namespace changes one policy, wherever its name sorts', () => {
    const before = contents(allowPolicies(about, [reachable(3_000)]));
    const after = contents(allowPolicies(about, [reachable(3_000, 'a-new-one')]));
    expect([...after.keys()]).toEqual([...before.keys()]);
    expect([...after].filter(([name, text]) => before.get(name) !== text)).toHaveLength(1);
  });

  test('for 50 rules too, each of them for as many', () => {
    const rules = Array.from({ length: 50 }, (_, index): RequestedAllowRule => {
      const asked = reachable(2_000);
      const ports = [{ protocol: 'TCP', port: index + 1 }] as const;
      return { ...asked, origin: `r${index}`, rule: { ...asked.rule, ports } };
    });
    for (const policy of allowPolicies(about, rules))
      expect(JSON.stringify(policy).length).toBeLessThan(512 * 1024);
  });

  test('but a selector that asks for more than names is left as somebody wrote it', () => {
    const names = Array.from({ length: 1_000 }, (_, index) => `team-${index}`);
    const selector = { ...namespacesNamed(names), matchLabels: { stage: 'prod' } };
    const asked = allowRule('a', 'web', 80);
    const rule = { ...asked.rule, peers: [{ namespaceSelector: selector }] } as const;
    expect(peersOf(allowPolicies(about, [{ ...asked, rule }]))).toEqual([{ namespaceSelector: selector }]);
  });
});

describe('one rule for which very many ask', () => {
  test('has one policy whose annotation the API server takes', () => {
    const asked = Array.from({ length: 5000 }, (_, index) =>
      allowRule(`Ingress shop/${'x'.repeat(240)}-${String(index).padStart(4, '0')}`, 'web', 80),
    );
    const [policy, ...more] = allowPolicies(about, asked);
    expect(more).toEqual([]);
    expect(policy?.origins?.[0]?.at(-1)).toBe('and 4500 more');
    expect(JSON.stringify(policy?.origins).length).toBeLessThan(256 * 1024);
    expect(policy?.description).toMatch(/ and 4992 more$/);
  });
});

function ports(start: number) {
  const [first = 1, ...rest] = Array.from({ length: 50 }, (_, index) => start + index + 1);
  const port = (number: number) => ({ protocol: 'TCP', port: number }) as const;
  return [port(first), ...rest.map(port)] as const;
}
