// An object that a person wrote, with the fields that the API server adds when it stores it.
// Must not know where the object was read.

import type { KubernetesObject, RawMetadata } from '../kube/resource.ts';
import { nameLabel } from '../model/selectors.ts';

/** An object of any kind as a person writes it: fields that the API server adds may be missing. */
export interface WrittenObject extends Omit<KubernetesObject, 'metadata'> {
  readonly metadata: Partial<RawMetadata> & { readonly name: string };
}

/** The prefix of every UID that is invented here: it must never be sent to an API server. */
const madeUp = 'uid of ';

/** The object as it is stored. Its own fields (its real UID, if it comes from a cluster) stay. */
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

/** Whether a UID was invented here and does not come from a cluster. */
export function isMadeUp(uid: string): boolean {
  return uid.startsWith(madeUp);
}
