// Asks a binary for its own version. A file's name or folder promises nothing: only the answer counts.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Binary } from './versions.ts';

const run = promisify(execFile);

/**
 * The version that the binary at `path` prints, as `1.37.2`, without the leading `v`.
 * @throws Error when it cannot be run (absent, another platform's, not executable) or prints no version
 */
async function versionOf(binary: Binary, path: string): Promise<string> {
  const { stdout } = await run(path, [...binary.versionArguments], { timeout: 20_000 });
  const version = /\bv?(\d+\.\d+\.\d+[-+.\w]*)/.exec(stdout)?.[1];
  if (version === undefined) throw new Error(`\`${path}\` prints no version`);
  return version;
}

/**
 * Whether the binary at `path` will do.
 * @returns undefined when it does, else why not, in words for a person
 */
export async function unfitness(binary: Binary, path: string): Promise<string | undefined> {
  try {
    const version = await versionOf(binary, path);
    return binary.accepts(version)
      ? undefined
      : `\`${path}\` is version ${version}, needed is ${binary.version}`;
  } catch (error) {
    return `\`${path}\` cannot be run: ${(error as Error).message.split('\n')[0]}`;
  }
}
