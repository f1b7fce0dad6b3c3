// Asks a binary for its own version. A file's name or folder promises nothing: only the answer counts.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Binary } from './binary.ts';

const run = promisify(execFile);

/**
 * The version of the binary at `path`, as `1.37.2`, without the leading `v`.
 * @throws Error when it cannot be run (absent, another platform's, not executable) or tells no version
 */
async function versionOf({ askVersion }: Binary, path: string): Promise<string> {
  const version =
    'module' in askVersion
      ? await moduleVersion(askVersion.module, path)
      : /\bv?(\d+\.\d+\.\d+[-+.\w]*)/.exec(
          (await run(path, [...askVersion], { timeout: 20_000 })).stdout,
        )?.[1];
  if (version === undefined) throw new Error(`\`${path}\` tells no version`);
  return version;
}

/** What `go version -m` prints of a module, without `go`: the linker writes the versions of all modules into the binary. */
async function moduleVersion(module: string, path: string): Promise<string | undefined> {
  const content = await readFile(path);
  const before = `\t${module}\tv`;
  const at = content.indexOf(before);
  if (at < 0) return undefined;
  return /^[-+.\w]+/.exec(content.toString('latin1', at + before.length, at + before.length + 80))?.[0];
}

/**
 * Whether the binary at `path` will do.
 * @returns undefined when it does, else why not, in words for a person
 */
export async function unfitness(binary: Binary, path: string): Promise<string | undefined> {
  const { accepts = (version: string) => version === binary.version } = binary;
  try {
    const version = await versionOf(binary, path);
    return accepts(version) ? undefined : `\`${path}\` is version ${version}, needed is ${binary.version}`;
  } catch (error) {
    return `\`${path}\` cannot be run: ${(error as Error).message.split('\n')[0]}`;
  }
}
