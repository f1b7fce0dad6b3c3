// Whose routes may open the egress of namespaces that they do not name: the platform decides.
// Must not know routes.

import type { PlatformNetworkProfileSpec } from '../../api/platform-network-profile.ts';
import { selects } from '../../model/selectors.ts';
import type { NamespaceFacts } from '../../view/cluster-view.ts';

/** Whether the platform trusts the profiles of a namespace: a system namespace, or one that `mirrorFrom` selects. */
export function trusts(
  { systemNamespaces, mirrorFrom }: PlatformNetworkProfileSpec,
  { name, labels }: NamespaceFacts,
): boolean {
  return (
    systemNamespaces.includes(name) || (mirrorFrom !== undefined && selects(mirrorFrom.selector, labels))
  );
}
