// A namespace that `-n` names and that nothing is in: an empty answer about it would be taken for good news.
// Must not know what is asked about it.
import { compareText } from '../model/object-key.ts';
import { ToolError } from './failures.ts';
import { nearest } from './suggestion.ts';
import type { World } from './world.ts';

/** The namespaces that are there, and those that objects are in, sorted. */
export function namespacesOf({ objects }: Pick<World, 'objects'>): readonly string[] {
  const names = objects.flatMap(({ kind, metadata }) =>
    kind === 'Namespace' ? [metadata.name] : (metadata.namespace ?? []),
  );
  return [...new Set(names)].sort(compareText);
}

/**
 * Refuses a namespace that is not among those that are known.
 *
 * @param what what is not there, as in `no workload`
 * @throws ToolError
 */
export function checkNamespace(name: string, known: readonly string[], what: string): void {
  if (known.includes(name)) return;
  const meant = nearest(name, known);
  const hint = meant === undefined ? `there are ${some(known)}` : `did you mean \`${meant}\`?`;
  throw new ToolError(`${what} is in a namespace \`${name}\`: ${hint}`);
}

function some(names: readonly string[]): string {
  if (names.length === 0) return 'none at all';
  const first = names.slice(0, 5).map((name) => `\`${name}\``);
  return `${first.join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`;
}
