// The input of a verb that reads files: everything in them, and all of their problems.
// Must not know how a verb uses it.
import { compareText } from '../../model/object-key.ts';
import type { Progress } from '../output/progress.ts';
import { decodeText } from './decode-text.ts';
import { LastTree, readDocuments } from './documents.ts';
import { type InputObject, ObjectCollector } from './objects.ts';
import type { InputProblem } from './problems.ts';
import { findSources, type Source } from './sources.ts';

/** What to read. */
export interface InputOptions {
  /** In the syntax of `-f`. */
  readonly paths: readonly string[];
  readonly recursive: boolean;
  /** The namespace of objects without one. */
  readonly namespace: string;
}

/** What was read. */
export interface Input {
  /** In the order of reading. */
  readonly files: readonly string[];
  readonly objects: readonly InputObject[];
  /** Unreadable parts, and mistakes in readable ones. */
  readonly problems: readonly InputProblem[];
  /** Notes for people. */
  readonly notes: readonly string[];
}

/** Reads everything that `options` name. */
export async function readInput(options: InputOptions, progress: Progress): Promise<Input> {
  const { sources, problems: notFound } = findSources(options.paths, options.recursive);
  const collector = new ObjectCollector(options.namespace);
  const trees = new LastTree();
  const problems: InputProblem[] = [...notFound];
  for (const [index, source] of sources.entries()) {
    progress.tell('reading files', `${index + 1} of ${sources.length}: ${source.name}`);
    problems.push(...(await readSource(source, collector, trees)));
  }
  problems.push(...collector.problems);
  const files = sources.map(({ name }) => name);
  return { files, objects: collector.objects, problems, notes: notesOn(collector) };
}

async function readSource(
  { name: file, read }: Source,
  collector: ObjectCollector,
  trees: LastTree,
): Promise<readonly InputProblem[]> {
  const bytes = await read();
  if (!bytes.ok) return [bytes.error];
  const text = decodeText(bytes.value);
  if (!text.ok) return [{ file, message: text.error }];
  const { documents, problems } = readDocuments({ file, text: text.value }, trees);
  for (const document of documents) collector.add({ file, document });
  return problems;
}

function notesOn({ ignored, otherPolicies }: ObjectCollector): readonly string[] {
  const total = [...ignored.values()].reduce((sum, count) => sum + count, 0);
  return [
    ...(total === 0 ? [] : [`ignored ${total} of other kinds: ${list(ignored)}`]),
    ...(otherPolicies.size === 0
      ? []
      : [`warning: policies of other APIs are ignored: ${list(otherPolicies)}`]),
  ];
}

function list(counts: ReadonlyMap<string, number>): string {
  const sorted = [...counts].sort(([a], [b]) => compareText(a, b));
  return sorted.map(([kind, count]) => `${kind} ${count}`).join(', ');
}
