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

/**
 * Refuses an unknown namespace.
 *
 * @param what what is missing, as in `no workload`
 * @throws ToolError
 */
export function checkNamespace(name: string, known: readonly string[], what: string): void {
  if (known.includes(name)) return;
  const meant = nearest(name, known);
  const hint =
    meant === undefined ? `there are ${quoteSome(known, 5) || 'none at all'}` : `did you mean \`${meant}\`?`;
  throw new ToolError(`${what} is in a namespace \`${name}\`: ${hint}`);
}
