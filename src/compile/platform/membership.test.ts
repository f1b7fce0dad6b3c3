import { describe, expect, test } from '@jest/globals';
import {
  namespace,
  type PlatformSpec,
  platformSpec,
  profile,
  undecodable,
  view,
} from '../../../test/fixtures.ts';
import { builtInExclusions, membershipOf } from './membership.ts';

/** What is decided for a namespace under a platform profile of `spec`, where `profiles` exist. */
function decide(
  spec: PlatformSpec,
  name: string,
  labels = {},
  profiles: Parameters<typeof view>[0]['profiles'] = [],
) {
  return membershipOf(view({ profiles }), platformSpec(spec), namespace(name, labels));
}

const teams = { namespaces: { selector: { matchLabels: { team: 'shop' } } } };

describe('an application namespace', () => {
  test('is every namespace, unless something is said', () => {
    expect(decide({}, 'shop')).toMatchObject({
      inside: true,
      enforcement: 'Enforce',
      egress: 'Unrestricted',
    });
  });

  test('is one that the selector selects by its live labels', () => {
    expect(decide(teams, 'shop', { team: 'shop' })).toMatchObject({ inside: true });
    expect(decide(teams, 'shop', { team: 'other' })).toMatchObject({ inside: false, why: 'NotSelected' });
    expect(decide(teams, 'shop')).toMatchObject({ inside: false, why: 'NotSelected' });
  });

  test('is none that a glob excludes, whatever its labels', () => {
    const spec = { namespaces: { ...teams.namespaces, exclude: ['sandbox-*', 'legacy'] } };
    expect(decide(spec, 'sandbox-1', { team: 'shop' })).toMatchObject({ inside: false, why: 'Excluded' });
    expect(decide(spec, 'legacy', { team: 'shop' })).toMatchObject({ inside: false, why: 'Excluded' });
    expect(decide(spec, 'legacy-2', { team: 'shop' })).toMatchObject({ inside: true });
  });

  test.each(builtInExclusions)('is never %s by a selector or a rule', (name) => {
    const rules = [{ name: 'all', namespaces: { selector: {} }, enforcement: 'Enforce' as const }];
    expect(decide({ rules }, name)).toMatchObject({ inside: false, why: 'Excluded' });
  });

  test("is never the operator's own, not even as a system namespace with a profile", () => {
    const spec = { systemNamespaces: ['ringfence-system'] };
    const profiles = [profile('ringfence-system/own')];
    expect(decide(spec, 'ringfence-system', {}, profiles)).toMatchObject({
      inside: false,
      why: 'OperatorNamespace',
    });
  });
});

describe('a system namespace', () => {
  const system = { systemNamespaces: ['kube-system'] };

  test('is inside once it holds a profile that decodes', () => {
    expect(decide(system, 'kube-system', {}, [profile('kube-system/dns')])).toMatchObject({ inside: true });
  });

  test('is outside while it holds none, or none that decodes', () => {
    expect(decide(system, 'kube-system')).toMatchObject({ inside: false, why: 'NoProfileYet' });
    const broken = undecodable(profile('kube-system/dns'));
    expect(decide(system, 'kube-system', {}, [broken])).toMatchObject({ inside: false, why: 'NoProfileYet' });
  });

  test('is inside when one of its profiles decodes', () => {
    const profiles = [undecodable(profile('kube-system/a')), profile('kube-system/b')];
    expect(decide(system, 'kube-system', {}, profiles)).toMatchObject({ inside: true });
  });

  test('does not come in by the profile of another namespace, nor when it is not named', () => {
    expect(decide(system, 'kube-system', {}, [profile('shop/dns')])).toMatchObject({ inside: false });
    expect(decide({}, 'kube-system', {}, [profile('kube-system/dns')])).toMatchObject({ why: 'Excluded' });
  });

  test('is reached by its name alone, past selector and exclusions', () => {
    const spec = { systemNamespaces: ['infra'], namespaces: { ...teams.namespaces, exclude: ['infra'] } };
    expect(decide(spec, 'infra', {}, [profile('infra/own')])).toMatchObject({ inside: true });
  });
});

describe('the rule for a namespace', () => {
  const strict = {
    name: 'prod',
    namespaces: { names: ['prod-*', 'shop'] },
    enforcement: 'Enforce',
    egress: 'Restricted',
  } as const;
  const loose = { name: 'rest', namespaces: { selector: {} }, enforcement: 'DryRun' } as const;

  test('is the first one that matches, as a whole', () => {
    const spec = { rules: [strict, loose], egress: 'ClusterOnly' } as const;
    expect(decide(spec, 'prod-1')).toMatchObject({ enforcement: 'Enforce', egress: 'Restricted' });
    expect(decide(spec, 'test-1')).toMatchObject({ enforcement: 'DryRun', egress: 'ClusterOnly' });
    expect(decide({ rules: [loose, strict] }, 'prod-1')).toMatchObject({
      enforcement: 'DryRun',
      egress: 'Unrestricted',
    });
  });

  test('without settings is an exemption from those after it', () => {
    const exempt = { name: 'exempt', namespaces: { names: ['prod-legacy'] } };
    expect(decide({ enforcement: 'DryRun', rules: [exempt, strict] }, 'prod-legacy')).toMatchObject({
      enforcement: 'DryRun',
      rule: { name: 'exempt' },
    });
  });

  test('matches where one of its names and its selector do', () => {
    const both = {
      ...strict,
      namespaces: { names: ['prod-*'], selector: { matchLabels: { tier: 'gold' } } },
    };
    expect(decide({ rules: [both] }, 'prod-1', { tier: 'gold' })).toMatchObject({ rule: both });
    expect(decide({ rules: [both] }, 'prod-1')).toMatchObject({ rule: undefined });
    expect(decide({ rules: [both] }, 'test-1', { tier: 'gold' })).toMatchObject({ rule: undefined });
  });

  test('may enforce a canary while the rest is dry', () => {
    expect(decide({ enforcement: 'DryRun', rules: [strict] }, 'prod-1')).toMatchObject({
      enforcement: 'Enforce',
    });
  });

  test('does not hold out against Off, the orderly uninstall', () => {
    expect(decide({ enforcement: 'Off', rules: [strict] }, 'prod-1')).toMatchObject({
      inside: true,
      enforcement: 'Off',
    });
  });

  test('does not bring in what is excluded or not selected', () => {
    const spec = { namespaces: { exclude: ['shop'] }, rules: [strict] };
    expect(decide(spec, 'shop')).toMatchObject({ inside: false });
    expect(decide({ ...teams, rules: [strict] }, 'shop')).toMatchObject({ inside: false });
  });
});
