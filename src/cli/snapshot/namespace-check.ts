// Refuses a namespace in `-n` that contains nothing: an empty answer would look like good news.
// Must not know the question.
import { quoteSome } from '../../model/counted.ts';
import { nearest } from '../../model/did-you-mean.ts';
import { compareText } from '../../model/object-key.ts';
import { ToolError } from '../failures.ts';
import type { ClusterSnapshot } from './cluster-snapshot.ts';

/** The existing namespaces, and those of objects, sorted. */
export function namespacesOf({ objects }: Pick<ClusterSnapshot, 'objects'>): readonly string[] {
  const names = objects.flatMap(({ kind, metadata }) =>
    kind === 'Namespace' ? [metadata.name] : (metadata.namespace ?? []),
  );
  return [...new Set(names)].sort(compareText);
}

/** Says that a namespace, which exists, has no pods. */
export function noPodsIn(namespace: string): string {
  return `no pod is in namespace \`${namespace}\``;
}

/** The same, about an answer that is therefore empty. */
export function nothingConnects(namespace: string): string {
  return `${noPodsIn(namespace)}: there is nothing that could connect`;
}

/**
 * Refuses an unknown namespace.
 *
 * @throws ToolError
 */
export function checkNamespace(name: string, known: readonly string[]): void {
  if (known.includes(name)) return;
  const meant = nearest(name, known);
  const hint =
    meant === undefined ? `there are ${quoteSome(known, 5) || 'none at all'}` : `did you mean \`${meant}\`?`;
  throw new ToolError(`nothing is in a namespace \`${name}\`: ${hint}`);
}
