// From the flags of a verb to the world that it is about, read from files.
// Must not know what a verb makes of it.
import { ToolError } from './failures.ts';
import { type Input, readInput } from './input/input.ts';
import { isUnknownField } from './input/objects.ts';
import { InputError, type InputProblem } from './input/problems.ts';
import { type InputFlags, namespaceOf } from './options.ts';
import type { Surroundings } from './verb.ts';
import { type World, type WorldProblem, worldOf } from './world.ts';

/** A world that was read from files, and where in them its objects are. */
export interface FileWorld {
  readonly world: World;
  readonly input: Input;
}

/**
 * Reads the files that `-f` names.
 *
 * @throws InputError where anything in them is wrong; ToolError where `-f` is missing
 */
export async function readFiles(flags: InputFlags, { progress, note }: Surroundings): Promise<FileWorld> {
  const { filename: paths = [], recursive = false, operatorNamespace } = flags;
  if (paths.length === 0) {
    throw new ToolError('name the files to read with `-f`: a file, a folder, or `-` for stdin');
  }
  const input = await readInput({ paths, recursive, namespace: namespaceOf(flags) }, progress);
  for (const text of input.notes) note(text);
  progress.tell('compiling');
  return { input, world: makeWorld(input, operatorNamespace) };
}

function makeWorld(input: Input, operatorNamespace: string): World {
  const world = worldOf(
    input.objects.map(({ object }) => object),
    operatorNamespace,
  );
  const problems = withoutEchoes(world.problems).flatMap(
    ({ index, ...problem }) => input.objects[index]?.problem(problem) ?? [],
  );
  // Nothing is made of half of an input.
  if (input.problems.length + problems.length > 0) {
    throw new InputError(inOrder([...input.problems, ...problems]));
  }
  return world;
}

/** File by file, as they were read, and within a file by line. */
function inOrder(problems: readonly InputProblem[]): readonly InputProblem[] {
  const files = [...new Set(problems.map(({ file }) => file))];
  return files.flatMap((file) =>
    problems
      .filter((problem) => problem.file === file)
      .sort(
        (a, b) =>
          (a.place?.line ?? 0) - (b.place?.line ?? 0) || (a.place?.column ?? 0) - (b.place?.column ?? 0),
      ),
  );
}

/** Where a field has no such member, that it lacks another one is the same mistake. */
function withoutEchoes(problems: readonly WorldProblem[]): readonly WorldProblem[] {
  const unknown = problems.filter(isUnknownField);
  const isEcho = ({ index, path }: WorldProblem) =>
    unknown.some((other) => other.index === index && other.path.startsWith(`${path}.`) && path !== '');
  return problems.filter((problem) => !isEcho(problem));
}

/** Tells which namespaces are taken for granted: their labels decide whether they are ringed. */
export function noteAssumed({ assumed }: World, { note }: Surroundings): void {
  if (assumed.length === 0) return;
  const named = assumed
    .slice(0, 5)
    .map((name) => `\`${name}\``)
    .join(', ');
  const more = assumed.length > 5 ? ` and ${assumed.length - 5} more` : '';
  note(`the input has no Namespace ${named}${more}: taken to be there, without labels`);
}
