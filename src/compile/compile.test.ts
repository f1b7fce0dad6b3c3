import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  namespace,
  type PlatformSpec,
  platform,
  profile,
  shopView,
  undecodable,
  view,
} from '../../test/fixtures.ts';
import { type EgressMode, egressModes, enforcements } from '../api/egress.ts';
import type { ClusterView, ProfileFacts } from '../view/cluster-view.ts';
import { type CompiledNamespace, compile } from './compile.ts';

/** What the compiler makes of the namespace `name`. */
function compiled(name: string, given: ClusterView): CompiledNamespace {
  const found = compile(given).namespaces.find((candidate) => candidate.namespace === name);
  if (found === undefined) throw new Error(`${name} is not compiled`);
  return found;
}

function names(found: CompiledNamespace): readonly string[] {
  return found.policies.map((policy) => policy.name);
}

const shop = [namespace('shop')];

describe('a cluster', () => {
  test('without a platform profile has nothing to compile', () => {
    expect(compile(view({ namespaces: shop, profiles: [profile('shop/shop')] }))).toEqual({
      namespaces: [],
      policies: [],
      findings: [],
    });
  });

  test('whose platform profile does not decode stays as it is, with a finding that names the field', () => {
    const given = view({ platform: undecodable(platform()), namespaces: shop });
    const { namespaces, policies, findings } = compile(given);
    expect([namespaces, policies]).toEqual([[], []]);
    expect(findings).toEqual([
      expect.objectContaining({
        code: 'InvalidProfile',
        subject: { kind: 'PlatformNetworkProfile', name: 'default' },
        path: 'spec.colour',
      }),
    ]);
  });
});

describe('an enforced namespace', () => {
  test('has its ring, with or without a profile, owned by the platform profile', () => {
    const bare = compiled('shop', shopView({}));
    const used = compiled('shop', shopView({ routes: [] }));
    expect(names(bare)).toEqual(['ringfence-default-deny-ingress']);
    expect(used.policies).toEqual(bare.policies);
    expect(bare.policies[0]?.owner).toEqual({
      kind: 'PlatformNetworkProfile',
      name: 'default',
      uid: 'uid-of-platform',
    });
  });

  test('has no egress policy while it is Unrestricted', () => {
    const { policies, findings } = compiled('shop', view({ platform: platform(), namespaces: shop }));
    expect(policies.flatMap(({ spec }) => spec.policyTypes)).not.toContain('Egress');
    expect(findings).toEqual([]);
  });

  test('denies egress in any other mode', () => {
    for (const egress of ['ClusterOnly', 'Restricted'] as const) {
      const found = compiled('shop', view({ platform: platform({ egress }), namespaces: shop }));
      expect(found.egress).toBe(egress);
      expect(found.policies).toContainEqual(
        expect.objectContaining({
          name: 'ringfence-default-deny-egress',
          spec: { podSelector: {}, policyTypes: ['Egress'] },
        }),
      );
    }
  });

  test('has a finding about a profile that asks for less than the platform, and about no other', () => {
    const profiles = (['Unrestricted', 'ClusterOnly', 'Restricted'] as const).map((egress) =>
      profile(`shop/${egress.toLowerCase()}`, { egress }),
    );
    const given = shopView({ spec: { egress: 'ClusterOnly' }, profiles });
    const weaker = compiled('shop', given).findings.filter(({ code }) => code === 'WeakerEgress');
    expect(weaker).toEqual([
      expect.objectContaining({
        subject: { kind: 'AppNetworkProfile', namespace: 'shop', name: 'unrestricted' },
        path: 'spec.egress',
      }),
    ]);
  });

  test('has the strictest egress mode of the platform and its profiles: a team can only tighten', () => {
    const modeWith = (floor: (typeof egressModes)[number], ...profiles: readonly ProfileFacts[]) =>
      compiled('shop', shopView({ spec: { egress: floor }, profiles })).egress;
    const loose = profile('shop/loose', { egress: 'Unrestricted' });
    const strict = profile('shop/strict', { egress: 'Restricted' });
    expect(modeWith('ClusterOnly', loose)).toBe('ClusterOnly');
    expect(modeWith('ClusterOnly', loose, strict)).toBe('Restricted');
    expect(modeWith('Restricted', profile('shop/none'))).toBe('Restricted');
    expect(modeWith('Unrestricted', profile('other/strict', { egress: 'Restricted' }))).toBe('Unrestricted');
  });

  test('has a policy for what its profile opens, owned by the profile', () => {
    const routes = [{ name: 'web-to-mongo', from: { app: 'web' }, to: { app: 'mongo' }, ports: [27017] }];
    const given = shopView({ profiles: [profile('shop/data', { routes })] });
    const { findings, policies, profiles } = compiled('shop', given);
    expect(findings).toEqual([]);
    expect(profiles[0]?.policies).toEqual([policies[0]]);
    expect(policies[0]).toMatchObject({
      name: expect.stringMatching(/^ringfence-data-mongo-[0-9a-v]{16}$/),
      owner: { kind: 'AppNetworkProfile', name: 'data', uid: 'uid-of-shop-data' },
      origins: [['web-to-mongo']],
    });
  });

  test('has two policies of two profiles that say the same: either can go without the other', () => {
    const routes = [{ name: 'web-to-mongo', from: { app: 'web' }, to: { app: 'mongo' } }];
    const profiles = [profile('shop/one', { routes }), profile('shop/two', { routes })];
    const { policies } = compiled('shop', shopView({ profiles }));
    expect(policies.slice(1).map(({ owner }) => owner.name)).toEqual(['one', 'two']);
    expect(policies[1]?.spec).toEqual(policies[2]?.spec);
  });
});

describe('a namespace that is not enforced', () => {
  test('has the policies that would be written where it is DryRun', () => {
    const found = compiled('shop', view({ platform: platform({ enforcement: 'DryRun' }), namespaces: shop }));
    expect(found).toMatchObject({ enforcement: 'DryRun', outsideReason: undefined });
    expect(names(found)).toEqual(['ringfence-default-deny-ingress']);
  });

  test('has no policy at all where it is Off, whatever its rule says', () => {
    const rules = [{ name: 'all', namespaces: { selector: {} }, enforcement: 'Enforce' as const }];
    const given = view({ platform: platform({ enforcement: 'Off', rules }), namespaces: shop });
    expect(compiled('shop', given)).toMatchObject({
      enforcement: 'Off',
      outsideReason: undefined,
      policies: [],
    });
  });

  test('has no policy and a reason where it is outside', () => {
    const given = view({
      platform: platform({ namespaces: { exclude: ['shop'] } }),
      namespaces: [...shop, namespace('ringfence-system'), namespace('kube-system')],
    });
    expect(compiled('shop', given)).toMatchObject({
      enforcement: undefined,
      outsideReason: 'Excluded',
      policies: [],
    });
    expect(compiled('ringfence-system', given)).toMatchObject({
      outsideReason: 'OperatorNamespace',
      policies: [],
    });
    expect(compiled('kube-system', given)).toMatchObject({ outsideReason: 'Excluded', policies: [] });
  });
});

describe('a profile that does not decode', () => {
  const broken = undecodable(profile('shop/broken'));

  test('freezes what it owns, and nothing else', () => {
    const given = shopView({ profiles: [broken, profile('shop/good')] });
    const found = compiled('shop', given);
    expect(found.frozenOwners).toEqual(new Set(['uid-of-shop-broken']));
    expect(names(found)).toEqual(['ringfence-default-deny-ingress']);
    expect(found.findings).toEqual([
      expect.objectContaining({
        code: 'InvalidProfile',
        subject: { kind: 'AppNetworkProfile', namespace: 'shop', name: 'broken' },
        path: 'spec.colour',
      }),
    ]);
  });

  test('fences egress as strictly as it asks, all the same: nothing opens because a route cannot be read', () => {
    const asking = (egress: EgressMode) => undecodable(profile('shop/broken', { egress }));
    const modeOf = (spec: PlatformSpec, ...profiles: readonly ProfileFacts[]) =>
      compiled('shop', shopView({ spec, profiles })).egress;
    expect(modeOf({}, asking('Restricted'))).toBe('Restricted');
    expect(modeOf({ egress: 'ClusterOnly' }, asking('Restricted'))).toBe('Restricted');
    expect(modeOf({ egress: 'ClusterOnly' }, asking('Unrestricted'))).toBe('ClusterOnly');
    expect(modeOf({}, broken)).toBe('Unrestricted');
  });

  test('keeps no egress policy of some pods if egress is not fenced: it would isolate them', () => {
    const unfrozen = (spec: PlatformSpec) =>
      compiled('shop', shopView({ spec, profiles: [broken] })).unfrozen;
    expect(unfrozen({})).toEqual(['Egress']);
    expect(unfrozen({ egress: 'ClusterOnly' })).toEqual([]);
    expect(unfrozen({ egress: 'Restricted' })).toEqual([]);
  });

  test('freezes what is mirrored of its namespace where egress is Restricted, and nowhere else', () => {
    const frozen = (spec: PlatformSpec) =>
      compiled(
        'shop',
        view({
          platform: platform(spec),
          namespaces: [...shop, namespace('data')],
          profiles: [undecodable(profile('data/db'))],
        }),
      ).frozenMirrors;
    expect(frozen({ egress: 'Restricted' })).toEqual([{ namespace: 'data', name: 'db' }]);
    expect(frozen({ egress: 'ClusterOnly' })).toEqual([]);
    expect(frozen({ egress: 'Restricted', enforcement: 'DryRun' })).toEqual([]);
    expect(frozen({ egress: 'Restricted', namespaces: { exclude: ['shop'] } })).toEqual([]);
    expect(frozen({ egress: 'Restricted', namespaces: { exclude: ['data'] } })).toEqual([]);
  });

  test('leaves the ring of a system namespace as it is, where no other profile is left', () => {
    const given = view({
      platform: platform({ systemNamespaces: ['kube-system'] }),
      namespaces: [namespace('kube-system')],
      profiles: [undecodable(profile('kube-system/dns'))],
    });
    const found = compiled('kube-system', given);
    expect(found).toMatchObject({ outsideReason: 'NoProfileYet', policies: [] });
    expect(found.frozenOwners).toEqual(new Set(['uid-of-kube-system-dns', 'uid-of-platform']));
    expect(found.unfrozen).toEqual([]);
  });

  test.each([
    ['Off', { enforcement: 'Off' }],
    ['DryRun', { enforcement: 'DryRun' }],
    ['outside', { namespaces: { exclude: ['shop'] } }],
  ] as const)(
    'keeps nothing where the namespace is %s: without the ring, what it owns would cut off pods',
    (_, spec) => {
      const given = shopView({ spec, profiles: [broken] });
      expect(compiled('shop', given).frozenOwners).toEqual(new Set());
    },
  );

  test('keeps nothing in a system namespace that is Off either', () => {
    const given = view({
      platform: platform({ systemNamespaces: ['kube-system'], enforcement: 'Off' }),
      namespaces: [namespace('kube-system')],
      profiles: [undecodable(profile('kube-system/dns'))],
    });
    expect(compiled('kube-system', given).frozenOwners).toEqual(new Set());
  });
});

describe('the compiler', () => {
  const label = fc.dictionary(fc.constantFrom('team', 'tier'), fc.constantFrom('a', 'b'), { maxKeys: 2 });
  const name = fc.constantFrom('shop', 'prod-shop', 'prod-pay', 'kube-system', 'ringfence-system', 'legacy');
  const namespaces = fc
    .dictionary(name, label)
    .map((all) => Object.entries(all).map(([key, labels]) => namespace(key, labels)));
  const selector = fc.constantFrom({}, { matchLabels: { team: 'a' } }, { matchLabels: { tier: 'b' } });
  const rule = fc.record(
    {
      namespaces: fc.oneof(
        fc.record({ selector }),
        fc.record({ names: fc.constantFrom(['prod-*'], ['shop', 'legacy']) }),
      ),
      enforcement: fc.constantFrom(...enforcements),
      egress: fc.constantFrom(...egressModes),
    },
    { requiredKeys: ['namespaces'] },
  );
  const spec = fc.record({
    enforcement: fc.constantFrom(...enforcements),
    egress: fc.constantFrom(...egressModes),
    namespaces: fc.record({ selector, exclude: fc.constantFrom([], ['legacy'], ['prod-*']) }),
    systemNamespaces: fc.constantFrom([], ['kube-system'], ['kube-system', 'ringfence-system']),
    rules: fc
      .array(rule, { maxLength: 3 })
      .map((rules) => rules.map((one, index) => ({ ...one, name: `rule-${index}` }))),
    monitoring: fc.constantFrom([], [{ name: 'prometheus', namespace: 'observability', ports: ['metrics'] }]),
  });
  const profiles = fc
    .uniqueArray(fc.tuple(name, fc.constantFrom('a', 'b'), fc.boolean()), {
      selector: ([where, which]) => `${where}/${which}`,
    })
    .map((all) =>
      all.map(([where, which, isBroken]) => {
        const written = profile(`${where}/${which}`, { egress: 'ClusterOnly' });
        return isBroken ? undecodable(written) : written;
      }),
    );
  const anything = fc.record({ platform: spec.map((given) => platform(given)), namespaces, profiles });

  test('makes the same of the same view', () => {
    fc.assert(fc.property(anything, (parts) => expect(compile(view(parts))).toEqual(compile(view(parts)))));
  });

  test('makes the same of a view whose maps are in another order', () => {
    const shuffled = anything.chain((parts) =>
      fc.record({
        parts: fc.constant(parts),
        namespaces: shuffle(parts.namespaces),
        profiles: shuffle(parts.profiles),
      }),
    );
    fc.assert(
      fc.property(shuffled, ({ parts, ...order }) => {
        expect(compile(view({ ...parts, ...order }))).toEqual(compile(view(parts)));
      }),
    );
  });

  test('always writes policyTypes, never an empty list, and never touches a namespace of the system by accident', () => {
    fc.assert(
      fc.property(anything, (parts) => {
        for (const { namespace: where, spec: policy } of compile(view(parts)).policies) {
          expect(where).not.toBe('ringfence-system');
          expect(policy.policyTypes.length).toBeGreaterThan(0);
          expect(JSON.stringify(policy)).not.toContain('[]');
        }
      }),
    );
  });

  test('gives every policy one direction, because kube-router mixes up the rules of both', () => {
    fc.assert(
      fc.property(anything, (parts) => {
        for (const { spec } of compile(view(parts)).policies) {
          expect(spec.policyTypes).toHaveLength(1);
          expect(spec).not.toHaveProperty(spec.policyTypes[0] === 'Ingress' ? 'egress' : 'ingress');
        }
      }),
    );
  });

  test('gives every namespace its own names once, ordered', () => {
    fc.assert(
      fc.property(anything, (parts) => {
        const keys = compile(view(parts)).policies.map((policy) => `${policy.namespace}/${policy.name}`);
        expect(keys).toEqual([...new Set(keys)].sort());
      }),
    );
  });
});

function shuffle<T>(items: readonly T[]): fc.Arbitrary<T[]> {
  return fc.shuffledSubarray([...items], { minLength: items.length, maxLength: items.length });
}
