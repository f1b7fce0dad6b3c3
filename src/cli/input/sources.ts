// The files that `-f` names, as in kubectl: files, folders, and `-` for stdin. Which files are read, and in which order.
// Must not know their content.
import { createReadStream, existsSync, globSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { compareText } from '../../model/object-key.ts';
import { failure, type Result, success } from '../../model/result.ts';
import { builtFolder } from './folder-kinds.ts';
import { kustomize } from './kustomize.ts';
import type { InputProblem } from './problems.ts';

/** Something to read. */
export interface Source {
  /** The name that the person used; `<stdin>` for `-`. */
  readonly name: string;
  /** Equal for two names of the same file. */
  readonly identity: string;
  /** Whether it was named itself; else it is one of the files of a folder. */
  readonly isNamed: boolean;
  readonly read: () => Promise<Result<Uint8Array, InputProblem>>;
}

/** What to read, and what can't be read. */
export interface Sources {
  readonly sources: readonly Source[];
  readonly problems: readonly InputProblem[];
  /** What is left out of the folders, and why. */
  readonly notes: readonly string[];
}

/** Where to look. */
export interface SourcePaths {
  /** As `-f` names them. */
  readonly paths: readonly string[];
  /** Folders that Kustomize builds, as `-k` names them. */
  readonly kustomizations: readonly string[];
  /** Whether folders in folders are read too; links to folders are not followed. */
  readonly recursive: boolean;
}

/** The longest string in V8 has about twice as many characters. */
const maxBytes = 256 * 2 ** 20;

/** Files in a folder are read if their name ends like this. */
const endings = ['.yaml', '.yml', '.json'] as const;

/** A folder that no one means with `-R`: packages of other people. */
const skippedFolder = 'node_modules';

/**
 * Finds what is named, each file once, in the order of `paths` and within a folder by name. Files are few and small, and
 * there is nothing else to do: reading is synchronous.
 */
export function findSources({ paths, kustomizations, recursive }: SourcePaths): Sources {
  const search: Search = { recursive, problems: [], notes: [] };
  const found = [
    ...paths.flatMap(expand).flatMap((path) => (path === '-' ? [stdin] : sourcesAt(path, search))),
    ...kustomizations.map(kustomizationAt),
  ];
  const sources = [...Map.groupBy(found, ({ identity }) => identity).values()].flatMap(
    ([first]) => first ?? [],
  );
  return { sources, problems: search.problems, notes: search.notes };
}

/** A search under way. */
interface Search {
  readonly recursive: boolean;
  readonly problems: InputProblem[];
  readonly notes: string[];
}

/** What kubectl takes for several paths: a list with commas, and a pattern that no shell has expanded. */
function expand(path: string): readonly string[] {
  if (path === '-' || isUrl(path) || existsSync(path)) return [path];
  if (path.includes(',')) return path.match(/[^,]+/g)?.flatMap(expand) ?? [];
  const matches = globSync(path).sort();
  return matches.length === 0 ? [path] : matches;
}

function isUrl(path: string): boolean {
  return /^https?:\/\//i.test(path);
}

function kustomizationAt(folder: string): Source {
  const name = `<kustomize ${folder}>`;
  return { name, identity: name, isNamed: true, read: () => kustomize(folder, name, maxBytes) };
}

const stdin: Source = {
  name: '<stdin>',
  identity: '-',
  isNamed: true,
  read: () => readStream('<stdin>', process.stdin),
};

function sourcesAt(path: string, search: Search): readonly Source[] {
  const { recursive, problems } = search;
  if (isUrl(path)) {
    const hint = `\`curl -sL ${path} | ringfence … -f -\``;
    problems.push({ file: path, message: 'URLs are not fetched', hint });
    return [];
  }
  try {
    if (!statSync(path).isDirectory()) return [sourceAt(path, true)];
    const built = builtFolder(path);
    if (built !== undefined) {
      problems.push({ file: path, ...built });
      return [];
    }
    const files = filesIn(path, recursive, search.notes);
    if (files.length === 0) problems.push(nothingIn(path, recursive));
    return files.map((file) => sourceAt(file, false));
  } catch (error) {
    problems.push(unreadable(path, error));
    return [];
  }
}

function sourceAt(path: string, isNamed: boolean): Source {
  // A pipe, as in `<(helm template …)`, has no other name.
  const identity = statSync(path).isFile() ? realpathSync(path) : path;
  return { name: path, identity, isNamed, read: () => readStream(path, createReadStream(path)) };
}

async function readStream(
  file: string,
  stream: AsyncIterable<Uint8Array>,
): Promise<Result<Uint8Array, InputProblem>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of stream) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > maxBytes)
        return failure({ file, message: `is too large: at most ${maxBytes / 2 ** 20} MiB` });
    }
  } catch (error) {
    return failure(unreadable(file, error));
  }
  return success(Buffer.concat(chunks));
}

/**
 * The files of a folder that are read.
 *
 * @param notes gets what is left out of the folders in it
 * @throws if a folder can't be read
 */
function filesIn(folder: string, recursive: boolean, notes: string[]): readonly string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => compareText(a.name, b.name));
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return recursive ? filesBelow(path, entry.name, notes) : [];
    return endings.some((ending) => entry.name.endsWith(ending)) ? [path] : [];
  });
}

function filesBelow(folder: string, name: string, notes: string[]): readonly string[] {
  if (name === skippedFolder) {
    notes.push(`skipped the folder \`${folder}\``);
    return [];
  }
  const built = builtFolder(folder);
  if (built === undefined) return filesIn(folder, true, notes);
  notes.push(`warning: skipped \`${folder}\`, which ${built.message}; ${built.hint}`);
  return [];
}

function nothingIn(folder: string, recursive: boolean): InputProblem {
  const message = `the folder contains no file that ends in ${endings.map((ending) => `\`${ending}\``).join(', ')}`;
  const hint = recursive || !hasFiles(folder) ? undefined : 'add `-R` to read its subfolders';
  return { file: folder, message, hint };
}

function hasFiles(folder: string): boolean {
  try {
    return filesIn(folder, true, []).length > 0;
  } catch {
    return false;
  }
}

/** An error of the file system as a problem. */
function unreadable(path: string, error: unknown): InputProblem {
  const { code, message, path: where = path } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
      return { file: where, message: 'there is no such file or folder' };
    case 'EACCES':
    case 'EPERM':
      return { file: where, message: 'no permission to read it' };
    default:
      return { file: where, message: `can't be read: ${message}` };
  }
}
