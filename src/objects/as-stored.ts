// An object that a person wrote, with what the API server adds when it stores one.
// Must not know where the object was read.

import type { KubernetesObject, RawMetadata } from '../kube/resource.ts';
import { nameLabel } from '../model/selectors.ts';

/** An object of any kind as a person writes it: whatever the API server adds may be missing. */
export interface WrittenObject extends Omit<KubernetesObject, 'metadata'> {
  readonly metadata: Partial<RawMetadata> & { readonly name: string };
}

/** Every UID that is made up here starts so: it must never be sent to an API server. */
const madeUp = 'uid of ';

/** The object as it is stored. What it says of itself (its real UID, where it comes from a cluster) stays. */
export function asStored(written: WrittenObject): KubernetesObject {
  const { kind, metadata } = written;
  const place = metadata.namespace === undefined ? '' : `${metadata.namespace}/`;
  const labels = kind === 'Namespace' ? { labels: { [nameLabel]: metadata.name, ...metadata.labels } } : {};
  return {
    ...written,
    metadata: {
      ...{ uid: `${madeUp}${kind} ${place}${metadata.name}`, resourceVersion: '1', generation: 1 },
      ...metadata,
      ...labels,
    },
  };
}

/** Whether a UID is one that no cluster has given. */
export function isMadeUp(uid: string): boolean {
  return uid.startsWith(madeUp);
}
