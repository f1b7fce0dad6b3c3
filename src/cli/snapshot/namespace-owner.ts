// Who owns a namespace, as far as its metadata tells: Kubernetes has no field for it, but people have the same few words.
// Must not know what the owner is asked for.
import type { KubernetesObject, RawMetadata } from '../../kube/resource.ts';

/** The names of labels and annotations that hold an owner, the most telling first; before a `/` they may have any prefix. */
const ownerNames = ['owner', 'team'] as const;

/** The value of a label or an annotation of the namespace such as `owner` or `example.com/team`; `undefined` if it has none. */
export function ownerOf(namespace: string, objects: readonly KubernetesObject[]): string | undefined {
  const found = objects.find(({ kind, metadata }) => kind === 'Namespace' && metadata.name === namespace);
  return found && ownerIn(found.metadata);
}

function ownerIn({ labels = {}, annotations = {} }: RawMetadata): string | undefined {
  const values = [...Object.entries(annotations), ...Object.entries(labels)];
  for (const wanted of ownerNames) {
    const [, value] = values.find(([key, text]) => key.split('/').at(-1) === wanted && text !== '') ?? [];
    if (value !== undefined) return value;
  }
  return undefined;
}
