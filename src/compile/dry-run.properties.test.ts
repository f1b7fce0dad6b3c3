// A dry run tells what will be after the change to Enforce.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { runs } from '../../test/property-runs.ts';
import { neighbours, viewOf } from '../../test/random-cluster.ts';
import type { PlatformNetworkProfileSpec } from '../api/platform-network-profile.ts';
import type { ClusterView } from '../view/cluster-view.ts';
import { type Compiled, compile } from './compile.ts';
import { isDecoded } from './platform/decoded-platform.ts';

/** The view with another spec of the platform profile. */
function withPlatform(
  view: ClusterView,
  change: (spec: PlatformNetworkProfileSpec) => PlatformNetworkProfileSpec,
): ClusterView {
  const { platform } = view;
  if (platform === undefined || !isDecoded(platform)) throw new Error('the platform profile does not decode');
  const { value } = platform.decoded;
  return {
    ...view,
    platform: { ...platform, decoded: { ok: true, value: { ...value, spec: change(value.spec) } } },
  };
}

/** All that a person reads, without whether it is written. */
function told({ namespaces, policies, findings }: Compiled) {
  const written = (text: string) =>
    text.replaceAll(/its rule would be written(; this is a dry run)?/g, 'its rule is written');
  return {
    policies,
    findings: findings.map((finding) => ({ ...finding, message: written(finding.message) })),
    states: namespaces.map(({ namespace, profiles }) => ({
      namespace,
      routes: profiles.flatMap(({ routes }) =>
        routes.map((route) => ({ ...route, message: written(route.message) })),
      ),
    })),
  };
}

describe('a dry run', () => {
  test('has the findings, states and policies of the same platform profile with Enforce', () => {
    fc.assert(
      fc.property(neighbours, (given) => {
        const view = viewOf(given);
        const [dryRun, enforced] = (['DryRun', 'Enforce'] as const).map((enforcement) =>
          compile(
            withPlatform(view, (spec) => ({
              ...spec,
              enforcement,
              rules: spec.rules.map((rule) =>
                rule.enforcement === undefined || rule.enforcement === 'Off'
                  ? rule
                  : { ...rule, enforcement },
              ),
            })),
          ),
        );
        expect(dryRun && told(dryRun)).toEqual(enforced && told(enforced));
      }),
      runs(300),
    );
  });
});
