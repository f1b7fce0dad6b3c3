// The input of a verb that reads files: everything in them, and all of their problems.
// Must not know how a verb uses it.
import { isSameObject, type KubernetesObject } from '../../kube/resource.ts';
import { count, nameSome } from '../../model/counted.ts';
import { compareText } from '../../model/object-key.ts';
import type { Progress } from '../output/progress.ts';
import { decodeText } from './decode-text.ts';
import { type Documents, LastTree, readDocuments } from './documents.ts';
import { type InputObject, ObjectCollector } from './objects.ts';
import { formatLocation, type InputProblem } from './problems.ts';
import { findSources, type Source, type SourcePaths } from './sources.ts';

/** What to read. */
export interface InputOptions extends SourcePaths {
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
  /** The namespaces in which objects that are not read may make pods. */
  readonly hidingNamespaces: ReadonlySet<string>;
  /** Notes for people. */
  readonly notes: readonly string[];
}

/** The place of a field of an object in its file; `undefined` if the object was not read from one. */
export function placeIn(
  { objects }: Input,
  object: KubernetesObject,
  path: string,
): InputProblem | undefined {
  const found = objects.find((each) => isSameObject(each.object, object));
  return found?.problem({ code: 'Invalid', path, message: '' });
}

/** Reads everything that `options` name. */
export async function readInput(options: InputOptions, progress: Progress): Promise<Input> {
  const { sources, problems: notFound, notes } = findSources(options);
  const collector = new ObjectCollector(options.namespace);
  const reading: Reading = { collector, trees: new LastTree(), skipped: [], repeated: [], documents: 0 };
  const problems: InputProblem[] = [...notFound];
  for (const [index, source] of sources.entries()) {
    progress.show('reading files', `${index + 1} of ${sources.length}: ${source.name}`);
    problems.push(...(await readSource(source, reading)));
  }
  problems.push(...collector.problems);
  if (reading.documents + problems.length === 0) problems.push(nothingIn(options, sources, reading.skipped));
  const files = sources.map(({ name }) => name);
  return {
    files,
    objects: collector.objects,
    problems,
    hidingNamespaces: collector.hidingNamespaces,
    notes: [...notes, ...notesOn(collector, reading)],
  };
}

/** What was read so far. */
interface Reading {
  readonly collector: ObjectCollector;
  readonly trees: LastTree;
  /** Files without objects. */
  readonly skipped: string[];
  /** Where a name occurs for the second time in one object. */
  readonly repeated: string[];
  /** The number of documents with objects or lists of them. */
  documents: number;
}

async function readSource(
  { name: file, isNamed, read }: Source,
  reading: Reading,
): Promise<readonly InputProblem[]> {
  const { collector, trees, skipped } = reading;
  const bytes = await read();
  if (!bytes.ok) return [bytes.error];
  const text = decodeText(bytes.value);
  if (!text.ok) return [{ file, message: text.error }];
  const parsed = readDocuments({ file, text: text.value }, trees);
  if (!isNamed && isForeign(text.value, parsed)) {
    skipped.push(file);
    return [];
  }
  reading.documents += parsed.documents.length;
  const repeated = parsed.documents.flatMap((document) => document.repeated ?? []);
  reading.repeated.push(...repeated.map((place) => formatLocation({ file, place })));
  for (const document of parsed.documents) collector.add({ file, document });
  return parsed.problems;
}

/** Whether a file holds no manifest: none of its documents looks like an object, nor does a text that can't be parsed. */
function isForeign(text: string, { documents, problems }: Documents): boolean {
  if (documents.some(({ value }) => looksLikeObject(value))) return false;
  return problems.length === 0 || !/^\W*(apiVersion|kind)\b/m.test(text);
}

function looksLikeObject(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(looksLikeObject);
  return typeof value === 'object' && value !== null && ('apiVersion' in value || 'kind' in value);
}

function nothingIn(
  { paths, recursive }: SourcePaths,
  sources: readonly Source[],
  skipped: readonly string[],
): InputProblem {
  if (skipped.length === 0) {
    const hint = paths.includes('-') ? 'did the command that writes to this pipe fail?' : undefined;
    return {
      file: nameSome(
        sources.map(({ name }) => name),
        5,
      ),
      message: 'holds no Kubernetes object',
      hint,
    };
  }
  const message = `no file holds a Kubernetes object: ${nameSome(skipped, 5)}`;
  return { file: paths.join(', '), message, hint: recursive ? undefined : 'add `-R` to read subfolders too' };
}

/** https://kubernetes.io/docs/reference/using-api/deprecation-guide/#networkpolicy-v116 */
function howToReplace(policies: ReadonlyMap<string, number>): string {
  const isOld = [...policies.keys()].some((each) => each.includes('extensions/v1beta1'));
  return isOld
    ? '; no cluster serves `extensions/v1beta1` since Kubernetes 1.16: write `apiVersion: networking.k8s.io/v1`'
    : '';
}

function notesOn(
  { ignored, otherPolicies, possibleMakers }: ObjectCollector,
  { skipped, repeated }: Reading,
): readonly string[] {
  const total = [...ignored.values()].reduce((sum, number) => sum + number, 0);
  return [
    ...(skipped.length === 0
      ? []
      : [`skipped ${count(skipped.length, 'file')} without Kubernetes objects: ${nameSome(skipped, 5)}`]),
    ...(total === 0 ? [] : [`ignored ${count(total, 'object')} of other kinds: ${list(ignored)}`]),
    ...(otherPolicies.size === 0
      ? []
      : [
          `warning: policies of other APIs are ignored: ${list(otherPolicies)}${howToReplace(otherPolicies)}`,
        ]),
    ...(repeated.length === 0
      ? []
      : [
          `warning: a name occurs twice in one object, and the last one counts, as for kubectl: ${nameSome(repeated, 5)}`,
        ]),
    ...(possibleMakers.size === 0
      ? []
      : [`warning: the pods of these are not known and are left out: ${list(possibleMakers)}`]),
  ];
}

function list(counts: ReadonlyMap<string, number>): string {
  const sorted = [...counts].sort(([a], [b]) => compareText(a, b));
  return sorted.map(([kind, number]) => `${kind} ${number}`).join(', ');
}
