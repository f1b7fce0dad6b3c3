// Writes an answer to stdout or to a file: the file is written completely, or not at all.
// Must not know what the answer is.
import { randomBytes } from 'node:crypto';
import { realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ToolError } from '../failures.ts';
import type { OutputTarget } from './output-target.ts';

/** Writes `text` to `target`. @throws ToolError if it can't be written: then nothing is written */
export async function writeOutput({ file }: OutputTarget, text: string): Promise<void> {
  if (file === undefined) {
    process.stdout.write(text);
    return;
  }
  try {
    await writeFileAtomically(file, text);
  } catch (error) {
    throw new ToolError(`can't write \`${file}\`: ${reasonOf(error as NodeJS.ErrnoException)}`);
  }
}

/**
 * Writes a file beside it and renames that: a reader sees the old or the new one, never a part. A link stays a link.
 * Something that is not a regular file (`/dev/stdout`, a pipe) is written to directly.
 */
async function writeFileAtomically(file: string, text: string): Promise<void> {
  const existing = await stat(file).catch(ifMissing);
  if (existing !== undefined && !existing.isFile()) return writeFile(file, text);
  const target = existing === undefined ? file : await realpath(file);
  const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}`);
  try {
    await writeFile(temporary, text, { flag: 'wx', mode: existing?.mode ?? 0o666, flush: true });
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

function ifMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw error;
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ENOENT':
      return 'there is no such folder';
    case 'EISDIR':
      return 'it is a folder';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'no permission';
    case 'ENOSPC':
      return 'the disk is full';
    default:
      return message;
  }
}
