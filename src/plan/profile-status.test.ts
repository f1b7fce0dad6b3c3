import { describe, expect, test } from '@jest/globals';
import {
  type KubernetesObject,
  type PlatformSpec,
  profile,
  service,
  shopView,
  undecodable,
} from '../../test/fixtures.ts';
import type { AppNetworkProfileStatus } from '../api/app-network-profile.ts';
import { decodeAppNetworkProfile } from '../api/decode.ts';
import { type CompiledNamespace, compile } from '../compile/compile.ts';
import type { ProfileFacts } from '../view/cluster-view.ts';
import { writeFailure } from './failure.ts';
import { type FrozenPolicies, profileStatus, type WriteProgress } from './profile-status.ts';

const now = '2026-01-02T15:04:05Z';
const routes = [
  { name: 'web-to-mongo', from: { app: 'web' }, to: { app: 'mongo' }, ports: [27017] },
  { name: 'users', from: { ingressController: {} }, to: { app: 'web' } },
] as const;

/** The status of a profile where the platform profile says `spec`; absent, where there is none. */
function status(
  facts: ProfileFacts,
  spec: PlatformSpec | undefined = {},
  previous: AppNetworkProfileStatus = {},
  objects: readonly KubernetesObject[] = [],
): AppNetworkProfileStatus {
  const compiled = compile(shopView({ spec, profiles: [facts], objects }));
  return statusIn(compiled.namespaces[0], facts, previous);
}

/** The status of a profile where its namespace is compiled to this; absent, where there is no platform profile. */
function statusIn(
  compiled: CompiledNamespace | undefined,
  facts: ProfileFacts,
  previous: AppNetworkProfileStatus = {},
  writing?: WriteProgress,
): AppNetworkProfileStatus {
  const mine = compiled?.profiles.find(({ profile: { uid } }) => uid === facts.uid);
  const owned = compiled?.enforcement === 'Enforce' ? (mine?.policies.length ?? 0) : 0;
  return profileStatus({
    profile: facts,
    compiled,
    compiledProfile: mine,
    previous,
    writing: writing ?? { owned, isIncomplete: false },
    now,
  });
}

/** The condition of a type as `True Enforced: message`. */
function condition({ conditions = [] }: AppNetworkProfileStatus, type: string): string | undefined {
  const found = conditions.find((candidate) => candidate.type === type);
  return found && `${found.status} ${found.reason}: ${found.message}`;
}

describe('the status of a profile', () => {
  test('speaks of the generation that it was made from, and is what the CRD takes', () => {
    const made = status({ ...profile('shop/shop', { routes }), generation: 3 });
    expect(made.observedGeneration).toBe(3);
    expect(made.conditions?.map(({ observedGeneration }) => observedGeneration)).toEqual([3, 3, 3, 3]);
    const object = {
      apiVersion: 'ringfence.dev/v1alpha1',
      kind: 'AppNetworkProfile',
      metadata: { namespace: 'shop', name: 'shop' },
      spec: { routes },
      status: made,
    };
    expect(decodeAppNetworkProfile(object)).toMatchObject({ ok: true, value: { status: made } });
  });

  test('is Ready without routes if the namespace is ringed', () => {
    const made = status(profile('shop/shop'));
    expect(condition(made, 'Accepted')).toMatch(/^True Accepted/);
    expect(condition(made, 'Programmed')).toBe('True Programmed: it needs no policy of its own');
    expect(condition(made, 'Consented')).toMatch(/^True Consented/);
    expect(condition(made, 'Ready')).toBe('True Programmed: it needs no policy of its own');
  });

  test('gives the state of each route, and the reason', () => {
    const made = status(profile('shop/shop', { routes }));
    expect(made.routes).toEqual([
      { name: 'web-to-mongo', state: 'Active', reason: 'Active', message: 'its rule is written' },
      {
        name: 'users',
        state: 'Pending',
        reason: 'SystemNotDeclared',
        message:
          'the platform profile declares nothing in `spec.ingressControllers`; ask a platform engineer to declare it in the PlatformNetworkProfile `default`',
      },
    ]);
    expect(made).toMatchObject({
      policies: 1,
      counts: { routes: 2, active: 1, notNeeded: 0, pending: 1, rejected: 0 },
    });
  });

  test('is Ready while a route waits: two teams that wait for each other must not wait for ever', () => {
    const made = status(profile('shop/shop', { routes }));
    expect(condition(made, 'Accepted')).toMatch(/^True/);
    expect(condition(made, 'Ready')).toMatch(/^True/);
    expect(condition(made, 'Consented')).toBe(
      'False RoutesPending: route `users` waits: the platform profile declares nothing in `spec.ingressControllers`; ask a platform engineer to declare it in the PlatformNetworkProfile `default`',
    );
  });

  test('is neither Accepted nor Ready if a route is Rejected, and names the first with the YAML that fixes it', () => {
    const wrong = ['a', 'b'].map((name) => ({
      name,
      from: { app: 'web' },
      to: { service: 'web' },
      ports: [8080],
    }));
    const objects = [service('shop/web', [{ port: 80, targetPort: 8080 }])];
    const made = status(profile('shop/shop', { routes: wrong }), {}, {}, objects);
    expect(condition(made, 'Accepted')).toMatch(
      /^False RoutesRejected: route `a` is Rejected: .* \(and 1 more\)$/,
    );
    expect(condition(made, 'Ready')).toMatch(/^False RoutesRejected/);
    expect(condition(made, 'Programmed')).toMatch(/^True/);
    expect(made.routes?.[0]).toMatchObject({ state: 'Rejected', suggestion: 'ports: [80]' });
  });

  test.each<[string, PlatformSpec, RegExp]>([
    ['excluded', { namespaces: { exclude: ['shop'] } }, /^True Excluded/],
    ['not selected', { namespaces: { selector: { matchLabels: { team: 'x' } } } }, /^True NotSelected/],
    ['in a dry run', { enforcement: 'DryRun' }, /^True DryRun/],
    ['Off', { enforcement: 'Off' }, /^True Off/],
  ])('has nothing to wait for where the namespace is %s', (_, spec, expected) => {
    const made = status(profile('shop/shop', { routes }), spec);
    expect(condition(made, 'Programmed')).toMatch(expected);
    expect(condition(made, 'Ready')).toMatch(expected);
    expect(condition(made, 'Accepted')).toMatch(/^True/);
  });

  test.each<[string, PlatformSpec, RegExp]>([
    [
      'excluded',
      { namespaces: { exclude: ['shop'] } },
      /^Excluded: Ringfence denies nothing here: .* is excluded/,
    ],
    [
      'not selected',
      { namespaces: { selector: { matchLabels: { team: 'x' } } } },
      /^NotSelected: Ringfence denies nothing here: the platform profile does not select/,
    ],
    ['Off', { enforcement: 'Off' }, /^Off: Ringfence denies nothing here: the namespace is not enforced/],
  ])('says that no route is needed, and why, where the namespace is %s', (_, spec, expected) => {
    const made = status(profile('shop/shop', { routes }), spec);
    expect(made.routes?.map(({ name, state }) => [name, state])).toEqual([
      ['web-to-mongo', 'NotNeeded'],
      ['users', 'NotNeeded'],
    ]);
    for (const { reason, message } of made.routes ?? []) expect(`${reason}: ${message}`).toMatch(expected);
    expect(made.counts).toMatchObject({ routes: 2, active: 0, notNeeded: 2 });
    expect(made.policies).toBe(0);
  });

  test('says who has to act if there is no platform profile', () => {
    const facts = profile('shop/shop', { routes });
    const made = statusIn(undefined, facts);
    expect(made.routes?.[0]).toEqual({
      name: 'web-to-mongo',
      state: 'NotNeeded',
      reason: 'NoPlatformProfile',
      message: 'Ringfence denies nothing here: there is no PlatformNetworkProfile `default`',
    });
    expect(condition(made, 'Programmed')).toBe(
      'False NoPlatformProfile: there is no PlatformNetworkProfile `default`: a platform engineer has to create it',
    );
  });

  test('has no new times while nothing changes', () => {
    const facts = profile('shop/shop', { routes });
    const first = status(facts);
    expect(status(facts, {}, first)).toEqual(first);
  });
});

/** Its namespace, compiled where the platform profile enforces. */
function ringed(facts: ProfileFacts): CompiledNamespace | undefined {
  return compile(shopView({ profiles: [facts] })).namespaces[0];
}

describe('a profile in a namespace in which writes are refused', () => {
  const facts = profile('shop/shop', { routes });
  const quota =
    'networkpolicies.networking.k8s.io "ringfence-shop" is forbidden: exceeded quota: no-policies, limited: 0';
  const failure = { reason: 'Refused', message: quota };
  const lacking = statusIn(ringed(facts), facts, {}, { owned: 0, isIncomplete: true, failure });

  test("is neither Programmed nor Ready, and says with the server's words why", () => {
    const expected = `False Refused: not every policy of the namespace is in place; the operator retries until it succeeds: ${quota}`;
    expect(condition(lacking, 'Programmed')).toBe(expected);
    expect(condition(lacking, 'Ready')).toBe(expected);
    expect(condition(lacking, 'Accepted')).toMatch(/^True/);
    expect(lacking.observedGeneration).toBe(facts.generation);
  });

  test('has no Active route if its policies are not written, and does not wait for other teams', () => {
    expect(lacking.policies).toBe(0);
    expect(lacking.routes?.[0]).toMatchObject({
      name: 'web-to-mongo',
      state: 'Pending',
      reason: 'Refused',
      message: `its rule can't be written: ${quota}`,
    });
    expect(lacking.counts).toMatchObject({ active: 0, pending: 2 });
    expect(condition(lacking, 'Consented')).toMatch(/^False RoutesPending: route `users` waits/);
  });

  test('keeps its Active routes if only policies of others fail', () => {
    const made = statusIn(ringed(facts), facts, {}, { owned: 1, isIncomplete: false, failure });
    expect(made.counts).toMatchObject({ active: 1, pending: 1 });
    expect(condition(made, 'Ready')).toMatch(/^False Refused/);
  });

  test('is well again once they work', () => {
    const made = statusIn(ringed(facts), facts, lacking, { owned: 1, isIncomplete: false });
    expect(condition(made, 'Ready')).toBe('True Programmed: its policies are written');
    expect(made.counts).toMatchObject({ active: 1, pending: 1 });
  });

  test('has messages that fit the CRD, whatever a webhook says', () => {
    const long = writeFailure('Refused', `no\n${'é'.repeat(3000)}`);
    const made = statusIn(ringed(facts), facts, {}, { owned: 0, isIncomplete: true, failure: long });
    const messages = [...(made.conditions ?? []), ...(made.routes ?? [])].map(({ message = '' }) => message);
    for (const message of messages) expect(Buffer.byteLength(message)).toBeLessThanOrEqual(1024);
    expect(condition(made, 'Ready')).toContain(': no é');
  });
});

describe('a profile that does not decode', () => {
  const broken = undecodable(profile('shop/shop', { routes }));
  const before = status(profile('shop/shop', { routes }));
  const given = compile(shopView({ profiles: [broken] }));
  const statusWith = (frozen: FrozenPolicies | undefined, previous = before, at = now) =>
    profileStatus({
      profile: broken,
      compiled: given.namespaces[0],
      compiledProfile: undefined,
      frozen,
      previous,
      writing: { owned: frozen?.own.length ?? 0, isIncomplete: false },
      now: at,
    });
  const made = statusWith({ own: ['ringfence-shop-b', 'ringfence-shop-a'], mirroredIn: ['pay', 'cart'] });

  test('is Stalled with the field to fix', () => {
    expect(condition(made, 'Stalled')).toMatch(
      /^True InvalidProfile: spec\.colour: .*; until that is fixed, its policies stay as they are, except for what guardrails forbid$/,
    );
    expect(condition(made, 'Accepted')).toMatch(/^False InvalidProfile/);
    expect(condition(made, 'Ready')).toMatch(/^False InvalidProfile/);
    expect(condition(made, 'Programmed')).toMatch(/^Unknown InvalidProfile/);
  });

  test('is Frozen, with the policies that stay, and since when', () => {
    expect(condition(made, 'Frozen')).toBe(
      'True InvalidProfile: these policies stay as they are, as far as guardrails allow: `ringfence-shop-a`, `ringfence-shop-b`; so do the mirrors of its routes in `cart`, `pay`',
    );
    const later = statusWith({ own: [], mirroredIn: [] }, made, 'later');
    const since = later.conditions?.find(({ type }) => type === 'Frozen')?.lastTransitionTime;
    expect([since, condition(later, 'Frozen')]).toEqual([
      now,
      'True InvalidProfile: it has no policy of its own',
    ]);
    const fixed = status(profile('shop/shop', { routes }), {}, made);
    expect(condition(fixed, 'Frozen')).toBeUndefined();
  });

  test('names the first of many policies, and how many more there are', () => {
    const own = Array.from({ length: 12 }, (_, index) => `ringfence-${String(index).padStart(2, '0')}`);
    expect(condition(statusWith({ own, mirroredIn: [] }), 'Frozen')).toMatch(/`ringfence-09` and 2 more$/);
  });

  test('is not Frozen if nothing of it stays', () => {
    const nothing = statusWith(undefined);
    expect(condition(nothing, 'Frozen')).toBeUndefined();
    expect(condition(nothing, 'Stalled')).toMatch(/; until that is fixed, none of its routes is in force$/);
  });

  test('keeps what was last known of its routes, and counts the policies that stay', () => {
    expect(made.routes).toEqual(before.routes);
    expect(made.counts).toEqual(before.counts);
    const frozen = statusIn(ringed(broken), broken, before, { owned: 3, isIncomplete: false });
    expect(frozen.policies).toBe(3);
  });

  test('has no routes to show if none were ever known', () => {
    expect(status(broken)).toMatchObject({ routes: [], counts: { routes: 0 } });
  });

  test('is no longer Stalled once it is fixed', () => {
    expect(condition(status(profile('shop/shop', { routes }), {}, made), 'Stalled')).toBeUndefined();
  });
});
