// Why `--enforce` has no effect: there is nothing that could be enforced, or the platform turned it off.
// Must not know the question.
import { isDecoded } from '../../compile/platform/decoded-platform.ts';
import type { EnforceFlags } from '../options.ts';
import type { ClusterSnapshot } from './cluster-snapshot.ts';

const reasons = {
  NoPlatformProfile:
    'there is no PlatformNetworkProfile, so nothing would be enforced: add its file with `-f`; see `docs/quick-start.md`',
  Off: 'the platform profile says `Off`, which `--enforce` does not change: set its `enforcement` to `DryRun` or `Enforce`',
} as const;

/** The reason for people; `undefined` if it has an effect, or is not asked for. */
export function whyNothingIsEnforced(
  { cluster }: Pick<ClusterSnapshot, 'cluster'>,
  { enforce = false }: EnforceFlags,
): string | undefined {
  if (!enforce) return undefined;
  const { platform } = cluster.view();
  if (platform === undefined) return reasons.NoPlatformProfile;
  return isDecoded(platform) && platform.decoded.value.spec.enforcement === 'Off' ? reasons.Off : undefined;
}
