// What `-f` names, as kubectl reads it: files, folders, and `-` for stdin. Which files are read, and in which order.
// Must not know what is in them.
import { createReadStream, type Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { InputProblem } from './problems.ts';

/** Something to read. */
export interface Source {
  /** As a person named it; `<stdin>` for `-`. */
  readonly name: string;
  /** Bytes, in pieces. */
  readonly open: () => AsyncIterable<Uint8Array>;
  /** Equal for two names of one file. */
  readonly identity: string;
}

/** What is to be read, and what can't be. */
export interface Sources {
  readonly sources: readonly Source[];
  readonly problems: readonly InputProblem[];
}

/** Files in a folder are read when their name ends so. */
const endings = ['.yaml', '.yml', '.json'] as const;

/**
 * Finds what `paths` name, each file once, in the order of `paths` and within a folder by name.
 *
 * @param recursive whether folders in folders are read too; links to folders are not followed
 */
export async function findSources(paths: readonly string[], recursive: boolean): Promise<Sources> {
  const sources = new Map<string, Source>();
  const problems: InputProblem[] = [];
  for (const path of paths) {
    const found = path === '-' ? [stdin] : await sourcesAt(path, recursive, problems);
    for (const source of found) {
      if (!sources.has(source.identity)) sources.set(source.identity, source);
    }
  }
  return { sources: [...sources.values()], problems };
}

const stdin: Source = { name: '<stdin>', identity: '-', open: () => process.stdin };

async function sourcesAt(
  path: string,
  recursive: boolean,
  problems: InputProblem[],
): Promise<readonly Source[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [await fileSource(path)];
    const files = await filesIn(path, recursive);
    if (files.length === 0) problems.push(await nothingIn(path, recursive));
    return await Promise.all(files.map(fileSource));
  } catch (error) {
    problems.push(unreadable(path, error));
    return [];
  }
}

async function fileSource(path: string): Promise<Source> {
  return { name: path, identity: await realpath(path), open: () => createReadStream(path) };
}

/** @throws where a folder can't be read */
async function filesIn(folder: string, recursive: boolean): Promise<readonly string[]> {
  const files: string[] = [];
  for (const entry of await entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (recursive) files.push(...(await filesIn(path, recursive)));
    } else if (isManifest(entry.name)) {
      files.push(path);
    }
  }
  return files;
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function isManifest(name: string): boolean {
  return endings.some((ending) => name.endsWith(ending));
}

async function nothingIn(folder: string, recursive: boolean): Promise<InputProblem> {
  const message = `the folder holds no file that ends in ${endings.map((ending) => `\`${ending}\``).join(', ')}`;
  const deeper = recursive ? [] : await filesIn(folder, true).catch(() => []);
  const hint = deeper.length === 0 ? undefined : 'add `-R` to read the folders in it';
  return { file: folder, message, hint };
}

/** An error of the file system as a problem. */
export function unreadable(path: string, error: unknown): InputProblem {
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
