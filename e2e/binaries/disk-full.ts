// Tells a full disk from all other reasons why something could not be made, whoever ran into it: Node, Go, tar or a server.
import { statfs } from 'node:fs/promises';

/** A disk is full; the message is one sentence for people. */
class DiskFull extends Error {
  override readonly name = 'DiskFull';
}

/** The last are those of tar, where a part of a block could still be written. */
const words = /ENOSPC|no space left on device|wrote only \d+ of \d+ bytes/i;

/** Some programs don't say why they could not write. */
const almostNothing = 256 * 1024;

/**
 * The error to throw instead of one that may come from a full disk.
 * @param folder where something was being written, before it is cleaned up
 * @returns the same error where the disk is not full
 */
export async function explainFullDisk(error: unknown, folder: string): Promise<unknown> {
  if (error instanceof DiskFull) return error;
  const line = (error as Error).message.split('\n').find((each) => words.test(each));
  if (line === undefined && !(await isFull(folder))) return error;
  const why = line?.trim().slice(0, 300) ?? `nothing more can be written to \`${folder}\``;
  return new DiskFull(`the disk is full: ${why}; free some space, and try again`, { cause: error });
}

async function isFull(folder: string): Promise<boolean> {
  const free = await statfs(folder).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => undefined,
  );
  return free !== undefined && free < almostNothing;
}
