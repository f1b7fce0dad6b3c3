// What Kustomize makes of a folder, by kubectl or by Kustomize itself, as they are installed.
// Must not know what is in it.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { failure, type Result, success } from '../../model/result.ts';
import type { InputProblem } from './problems.ts';

const run = promisify(execFile);

/** The programs that build a Kustomization, in the order in which they are tried. */
const builders = [
  { program: 'kubectl', verb: 'kustomize' },
  { program: 'kustomize', verb: 'build' },
] as const;

/**
 * Builds a Kustomization.
 *
 * @param file how problems name it
 * @param maxBuffer more bytes than this are not read
 */
export async function kustomize(
  folder: string,
  file: string,
  maxBuffer: number,
): Promise<Result<Uint8Array, InputProblem>> {
  for (const { program, verb } of builders) {
    try {
      const { stdout } = await run(program, [verb, folder], { maxBuffer, encoding: 'buffer' });
      return success(stdout);
    } catch (error) {
      const { code, stderr, message } = error as NodeJS.ErrnoException & { readonly stderr?: Buffer };
      // Missing: the other one may be there.
      if (code === 'ENOENT') continue;
      const written = stderr?.toString().trim() ?? '';
      // Newer kubectls wrap the reason into a line of their log.
      const [, reason] = /err="(.*)"$/s.exec(written) ?? [];
      const why = reason ?? (written || message);
      return failure({ file, message: `\`${program} ${verb} ${folder}\` failed: ${why}` });
    }
  }
  return failure({
    file,
    message: "can't be built: neither `kubectl` nor `kustomize` is on the PATH",
    hint: 'install one of them, or pipe what it prints to `-f -`',
  });
}
