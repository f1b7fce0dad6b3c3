// The last source of binaries: `go build` from the Go module proxy, at the versions of a go.mod.
// Minutes on a small machine, once: the result is cached. One build at a time, so that the machine stays usable.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Binary, GoSource } from './binary.ts';
import { cached, keep, withScratch } from './binary-cache.ts';
import { type Terminal, withProgress } from './progress.ts';

/** `go` is missing, or its build failed. */
export class BuildError extends Error {
  override readonly name = 'BuildError';
}

/** Others on the machine go first. */
const niceness = 10;

/** The arguments of `go` that make a binary. -s and -w leave out what only a debugger reads. */
const buildArguments = (source: GoSource, out: string): readonly string[] => [
  ...['build', '-mod=readonly', '-trimpath', '-ldflags', `-s -w ${source.linkerFlags ?? ''}`.trimEnd()],
  ...(source.tags === undefined ? [] : ['-tags', source.tags.join(',')]),
  ...['-buildvcs=false', '-o', out, source.package],
];

/**
 * Builds `binary` into `folder` of the cache.
 * @param position for the person who waits, as in `2 of 3`
 * @throws BuildError with the end of what `go` said
 */
export async function buildFromModules(
  binary: Binary,
  folder: string,
  env: NodeJS.ProcessEnv,
  terminal: Terminal,
  position: string,
): Promise<string> {
  const step = `building ${binary.name} ${binary.version} from the Go module proxy (${position})`;
  return await withProgress(terminal, step, () =>
    withScratch(folder, async (scratch) => {
      const made = join(scratch, binary.name);
      await go(binary.go.folder, buildArguments(binary.go, made), env);
      // Another run may have been quicker: then its binary stays.
      return (
        cached(folder, binary) ??
        (await keep(folder, binary, made).catch((error: Error) => {
          throw new BuildError(`what \`go\` built is unfit: ${error.message}`);
        }))
      );
    }),
  );
}

/** Runs `go` in a folder; GOOS and the like are cleared, because the binaries are for this machine. */
function go(folder: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const child = spawn('nice', ['-n', String(niceness), 'go', ...args], {
    cwd: folder,
    env: { ...env, CGO_ENABLED: '0', GOWORK: 'off', GOOS: '', GOARCH: '' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4000);
  });
  child.on('error', (error: NodeJS.ErrnoException) => {
    reject(error.code === 'ENOENT' ? notThere() : new BuildError(`\`go\` cannot be run: ${error.message}`));
  });
  child.on('close', (code, signal) => {
    if (code === 0) return resolve();
    if (code === commandNotFound) return reject(notThere());
    const tail = said.trimEnd().split('\n').slice(-10).join('\n  ');
    reject(new BuildError(`\`go build\` ended with ${signal ?? `code ${code}`}:\n  ${tail}`));
  });
  return promise;
}

/** The exit code of `nice` for a command that is not there. */
const commandNotFound = 127;

const notThere = () => new BuildError('`go` is not on the PATH');
