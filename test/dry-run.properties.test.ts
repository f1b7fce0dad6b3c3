// A dry run tells what will be after the change to Enforce, and an enforced namespace what is.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Enforcement } from '../src/api/egress.ts';
import type { PlatformNetworkProfileSpec } from '../src/api/platform-network-profile.ts';
import { type Compiled, type CompiledNamespace, compile } from '../src/compile/compile.ts';
import { isDecoded } from '../src/compile/platform/decoded-platform.ts';
import { eventDraftsOf } from '../src/plan/events.ts';
import { profileStatus } from '../src/plan/profile-status.ts';
import type { ClusterView } from '../src/view/cluster-view.ts';
import { runs } from './property-runs.ts';
import { neighbours, viewOf } from './random-cluster.ts';

const othersOff = { name: 'others', namespaces: { names: ['*'] }, enforcement: 'Off' } as const;

/** The view with another enforcement of each rule of the platform profile, and of what no rule matches. */
function enforcing(view: ClusterView, enforcementOf: (rule: number | undefined) => Enforcement): ClusterView {
  const { platform } = view;
  if (platform === undefined || !isDecoded(platform)) throw new Error('the platform profile does not decode');
  const { value } = platform.decoded;
  const rules = value.spec.rules.map((rule, index) => ({ ...rule, enforcement: enforcementOf(index) }));
  const others = enforcementOf(undefined);
  // Off of the whole profile would be that of every rule.
  const spec: PlatformNetworkProfileSpec =
    others === 'Off'
      ? { ...value.spec, enforcement: 'Enforce', rules: [...rules, othersOff] }
      : { ...value.spec, enforcement: others, rules };
  return { ...view, platform: { ...platform, decoded: { ok: true, value: { ...value, spec } } } };
}

/** Without whether something is written. */
function timeless(text: string): string {
  return text.replaceAll(/its rule would be written(; this is a dry run)?/g, 'its rule is written');
}

/** All that a person reads of a namespace, in the tool, in statuses and in Events. */
function toldOf(compiled: CompiledNamespace) {
  const { namespace, profiles, policies, withheld, egress, rule, cappedRoutes, findings } = compiled;
  const statuses = profiles.map((compiledProfile) => {
    const status = profileStatus({
      profile: compiledProfile.profile,
      ...{ compiled, compiledProfile },
      writing: { owned: compiledProfile.policies.length, isIncomplete: false },
      previous: {},
      now: '2026-01-02T15:04:05Z',
    });
    // What is written is in the conditions Programmed and Ready.
    const conditions = status.conditions?.filter(({ type }) => type === 'Accepted' || type === 'Consented');
    const routes = status.routes?.map(({ reason, ...route }) => ({
      ...route,
      reason: reason === 'DryRun' ? 'Active' : reason,
    }));
    return { counts: status.counts, routes, conditions };
  });
  const events = eventDraftsOf({ namespace, profiles, findings, uidOfPolicy: () => undefined });
  // The name of an Event is a hash of its text.
  const news = events.map(({ name: _, ...draft }) => draft);
  return JSON.parse(
    timeless(
      JSON.stringify({ namespace, egress, rule, policies, withheld, cappedRoutes, findings, statuses, news }),
    ),
  );
}

function routesOf({ profiles }: CompiledNamespace) {
  return profiles.flatMap(({ profile, routes }) =>
    routes.map((route) => ({ key: `${profile.name}/${route.route.name}`, ...route })),
  );
}

const allEnforced = (): Enforcement => 'Enforce';

describe('a dry run', () => {
  test('has the findings, states, statuses, Events and policies of the same platform profile with Enforce', () => {
    fc.assert(
      fc.property(neighbours, (given) => {
        const view = viewOf(given);
        const [dryRun, enforced] = [() => 'DryRun' as const, allEnforced].map((enforcementOf) => {
          const { namespaces, findings } = compile(enforcing(view, enforcementOf));
          return { told: namespaces.map(toldOf), findings: JSON.parse(timeless(JSON.stringify(findings))) };
        });
        expect(dryRun).toEqual(enforced);
      }),
      runs(300),
    );
  });
});

describe('while only some namespaces are enforced', () => {
  const mixed = fc.tuple(
    neighbours,
    fc.array(fc.constantFrom<Enforcement>('DryRun', 'Enforce'), { minLength: 10, maxLength: 10 }),
  );
  /** The namespaces of a mixed cluster with the same ones of another, pair by pair, as far as they have an enforcement. */
  function pairs(
    enforcement: Enforcement,
    { namespaces }: Compiled,
    other: Compiled,
  ): readonly (readonly [CompiledNamespace, CompiledNamespace])[] {
    return namespaces.flatMap((here) => {
      const there = other.namespaces.find(({ namespace }) => namespace === here.namespace);
      return here.enforcement === enforcement && there !== undefined ? [[here, there] as const] : [];
    });
  }

  test('a dry run tells what will be once all are', () => {
    fc.assert(
      fc.property(mixed, ([given, some]) => {
        const view = viewOf(given);
        const now = compile(enforcing(view, (rule = 9) => some[rule] ?? 'DryRun'));
        for (const [here, then] of pairs('DryRun', now, compile(enforcing(view, allEnforced)))) {
          expect(toldOf(here)).toEqual(toldOf(then));
        }
      }),
      runs(300),
    );
  });

  test('an enforced namespace tells what is, as if the others were open, and warns of what a dry run will close', () => {
    fc.assert(
      fc.property(mixed, ([given, some]) => {
        const view = viewOf(given);
        const enforcementOf = (rule = 9) => some[rule] ?? 'DryRun';
        const now = compile(enforcing(view, enforcementOf));
        const open = compile(
          enforcing(view, (rule) => (enforcementOf(rule) === 'DryRun' ? 'Off' : 'Enforce')),
        );
        for (const [here, there] of pairs('Enforce', now, open)) {
          for (const [index, route] of routesOf(here).entries()) {
            const { key, state, reason, message } = routesOf(there)[index] ?? {};
            expect({ key: route.key, state: route.state }).toEqual({ key, state });
            if (route.reason !== 'ClosedOnceEnforced')
              expect({ reason: route.reason, message: route.message }).toEqual({ reason, message });
          }
        }
      }),
      runs(300),
    );
  });
});
