// A platform profile that decodes: only from such a profile is anything compiled.
// Must not know what follows from it.
import type { Owner } from '../../model/policies.ts';
import type { PlatformFacts } from '../../view/cluster-view.ts';

/** A platform profile that decodes. */
export type DecodedPlatform = PlatformFacts & { readonly decoded: { readonly ok: true } };

/** Whether the platform profile decodes. */
export function isDecoded(platform: PlatformFacts): platform is DecodedPlatform {
  return platform.decoded.ok;
}

/** The platform profile as the owner of what is generated from it. */
export function platformAsOwner({ name, uid }: PlatformFacts): Owner {
  return { kind: 'PlatformNetworkProfile', name, uid };
}
