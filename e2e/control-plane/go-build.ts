// The last source of binaries: `go build` from the Go module proxy, at the versions of go.mod beside this file.
// Minutes on a small machine, once: the result is cached.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { cached, keep, withScratch } from './binary-cache.ts';
import { type Terminal, withProgress } from './progress.ts';
import { type Binary, kubernetesVersion } from './versions.ts';

/** `go` is missing, or its build failed. */
export class BuildError extends Error {
  override readonly name = 'BuildError';
}

const [major, minor] = kubernetesVersion.split('.');
const versionPackage = 'k8s.io/component-base/version';

/** Without these a Kubernetes binary calls itself v0.0.0-master. -s and -w leave out what only a debugger reads. */
const linkerFlags = [
  '-s -w',
  `-X ${versionPackage}.gitVersion=v${kubernetesVersion}`,
  `-X ${versionPackage}.gitMajor=${major}`,
  `-X ${versionPackage}.gitMinor=${minor}`,
].join(' ');

/**
 * Builds `binary` into the cache.
 * @param position for the person who waits, as in `2 of 3`
 * @throws BuildError with the end of what `go` said
 */
export async function buildFromModules(
  binary: Binary,
  cache: string,
  env: NodeJS.ProcessEnv,
  terminal: Terminal,
  position: string,
): Promise<string> {
  const step = `building ${binary.name} ${binary.version} from the Go module proxy (${position})`;
  return await withProgress(terminal, step, () =>
    withScratch(cache, async (scratch) => {
      const made = join(scratch, binary.name);
      await go(
        ['build', '-mod=readonly', '-trimpath', '-ldflags', linkerFlags, '-o', made, binary.goPackage],
        env,
      );
      // Another run may have been quicker: then its binary stays.
      return (
        cached(cache, binary) ??
        (await keep(cache, binary, made).catch((error: Error) => {
          throw new BuildError(`what \`go\` built is unfit: ${error.message}`);
        }))
      );
    }),
  );
}

/** Runs `go` in this folder; GOOS and the like are cleared, because the binaries are for this machine. */
function go(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const child = spawn('go', args, {
    cwd: import.meta.dirname,
    env: { ...env, CGO_ENABLED: '0', GOWORK: 'off', GOOS: '', GOARCH: '' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4000);
  });
  child.on('error', (error: NodeJS.ErrnoException) => {
    const missing = error.code === 'ENOENT';
    reject(new BuildError(missing ? '`go` is not on the PATH' : `\`go\` cannot be run: ${error.message}`));
  });
  child.on('close', (code, signal) => {
    if (code === 0) return resolve();
    const tail = said.trimEnd().split('\n').slice(-10).join('\n  ');
    reject(new BuildError(`\`go build\` ended with ${signal ?? `code ${code}`}:\n  ${tail}`));
  });
  return promise;
}
