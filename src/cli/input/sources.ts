// The files that `-f` names, as in kubectl: files, folders, and `-` for stdin. Which files are read, and in which order.
// Must not know their content.
import {
  createReadStream,
  type Dirent,
  readdirSync,
  readFileSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { failure, type Result, success } from '../../model/result.ts';
import type { InputProblem } from './problems.ts';

/** Something to read. */
export interface Source {
  /** The name that the person used; `<stdin>` for `-`. */
  readonly name: string;
  /** Equal for two names of the same file. */
  readonly identity: string;
  readonly read: () => Promise<Result<Uint8Array, InputProblem>>;
}

/** What to read, and what can't be read. */
export interface Sources {
  readonly sources: readonly Source[];
  readonly problems: readonly InputProblem[];
}

/** The longest string in V8 has about twice as many characters. */
const maxBytes = 256 * 2 ** 20;

/** Files in a folder are read if their name ends like this. */
const endings = ['.yaml', '.yml', '.json'] as const;

/**
 * Finds the files for `paths`, each file once, in the order of `paths` and within a folder by name. Files are few and small, and
 * there is nothing else to do: reading is synchronous.
 *
 * @param recursive whether subfolders are read too; links to folders are not followed
 */
export function findSources(paths: readonly string[], recursive: boolean): Sources {
  const sources = new Map<string, Source>();
  const problems: InputProblem[] = [];
  for (const path of paths) {
    const found = path === '-' ? [stdin] : sourcesAt(path, recursive, problems);
    for (const source of found) {
      if (!sources.has(source.identity)) sources.set(source.identity, source);
    }
  }
  return { sources: [...sources.values()], problems };
}

const stdin: Source = { name: '<stdin>', identity: '-', read: () => readStream('<stdin>', process.stdin) };

function sourcesAt(path: string, recursive: boolean, problems: InputProblem[]): readonly Source[] {
  try {
    const found = statSync(path);
    if (!found.isDirectory()) return [sourceAt(path, found)];
    const files = filesIn(path, recursive);
    if (files.length === 0) problems.push(nothingIn(path, recursive));
    return files.map((file) => sourceAt(file, statSync(file)));
  } catch (error) {
    problems.push(unreadable(path, error));
    return [];
  }
}

function sourceAt(path: string, found: Stats): Source {
  // A pipe, as in `<(helm template …)`, has no other name.
  const isFile = found.isFile();
  return {
    name: path,
    identity: isFile ? realpathSync(path) : path,
    read: () => (isFile ? readFile(path, found.size) : readStream(path, createReadStream(path))),
  };
}

async function readFile(path: string, size: number): Promise<Result<Uint8Array, InputProblem>> {
  if (size > maxBytes) return failure(tooLarge(path));
  try {
    return success(readFileSync(path));
  } catch (error) {
    return failure(unreadable(path, error));
  }
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
      if (size > maxBytes) return failure(tooLarge(file));
    }
  } catch (error) {
    return failure(unreadable(file, error));
  }
  return success(Buffer.concat(chunks));
}

function tooLarge(file: string): InputProblem {
  return { file, message: `is too large: at most ${maxBytes / 2 ** 20} MiB` };
}

/** @throws if a folder can't be read */
function filesIn(folder: string, recursive: boolean): readonly string[] {
  return entriesOf(folder).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return recursive ? filesIn(path, recursive) : [];
    return isManifest(entry.name) ? [path] : [];
  });
}

function entriesOf(folder: string): readonly Dirent[] {
  return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function isManifest(name: string): boolean {
  return endings.some((ending) => name.endsWith(ending));
}

function nothingIn(folder: string, recursive: boolean): InputProblem {
  const message = `the folder contains no file that ends in ${endings.map((ending) => `\`${ending}\``).join(', ')}`;
  const hint = recursive || !hasFiles(folder) ? undefined : 'add `-R` to read its subfolders';
  return { file: folder, message, hint };
}

function hasFiles(folder: string): boolean {
  try {
    return filesIn(folder, true).length > 0;
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
