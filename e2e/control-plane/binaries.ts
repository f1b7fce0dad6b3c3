// Finds each binary of the control plane in the first source that has it: KUBEBUILDER_ASSETS, the cache, the official
// envtest archive, and last a build from the Go module proxy. Only the order is decided here; each source has its file.
import { type Found, fromAssetsFolder } from './assets-folder.ts';
import { cached, cacheFolder } from './binary-cache.ts';
import { ArchiveUnavailable, fromEnvtestArchive, isArchived } from './envtest-archive.ts';
import { BuildError, buildFromModules } from './go-build.ts';
import { type Terminal, withProgress } from './progress.ts';
import { type Binary, type BinaryName, binaries, kubernetesVersion } from './versions.ts';

export interface BinarySources {
  /** KUBEBUILDER_ASSETS, XDG_CACHE_HOME, RINGFENCE_ENVTEST_INDEX and what `go` reads. */
  readonly env?: NodeJS.ProcessEnv;
  /** Where progress and warnings go; stderr when absent. */
  readonly terminal?: Terminal;
}

/** No source has a binary; the message lists what each source said and what to install. */
class BinariesMissing extends Error {
  override readonly name = 'BinariesMissing';
}

/**
 * The path of each named binary; downloads or builds what is nowhere yet, which can take minutes.
 * @throws BinariesMissing when no source has one; ChecksumError when the downloaded archive was tampered with
 */
export async function ensureBinaries<Name extends BinaryName>(
  names: readonly Name[],
  { env = process.env, terminal = process.stderr }: BinarySources = {},
): Promise<Record<Name, string>> {
  const cache = cacheFolder(env);
  const paths = new Map<BinaryName, string>();
  const reasons: string[] = [];
  const absent: Binary[] = [];
  for (const name of names) {
    const found = await findPresent(binaries[name], cache, env, terminal);
    if ('path' in found) paths.set(name, found.path);
    else absent.push(binaries[name]);
    if ('reason' in found && !reasons.includes(found.reason)) reasons.push(found.reason);
  }
  const archived = absent.filter(isArchived);
  if (archived.length > 0) await takeFromArchive(archived, cache, env, terminal, paths, reasons);
  const toBuild = absent.filter((binary) => !paths.has(binary.name));
  for (const [index, binary] of toBuild.entries()) {
    const position = `${index + 1} of ${toBuild.length}`;
    paths.set(binary.name, await build(binary, cache, env, terminal, position, reasons));
  }
  return Object.fromEntries(paths) as Record<Name, string>;
}

/** What is on this machine already. */
async function findPresent(
  binary: Binary,
  cache: string,
  env: NodeJS.ProcessEnv,
  terminal: Terminal,
): Promise<Found> {
  const found = await fromAssetsFolder(binary, env, (message) => terminal.write(`${message}\n`));
  if ('path' in found) return found;
  const path = cached(cache, binary);
  return path === undefined ? found : { path };
}

async function takeFromArchive(
  wanted: readonly Binary[],
  cache: string,
  env: NodeJS.ProcessEnv,
  terminal: Terminal,
  paths: Map<BinaryName, string>,
  reasons: string[],
): Promise<void> {
  try {
    const step = `downloading ${wanted.map(({ name }) => name).join(', ')} ${kubernetesVersion}`;
    const taken = await withProgress(terminal, step, () => fromEnvtestArchive(wanted, cache, env));
    for (const [name, path] of taken) paths.set(name, path);
  } catch (error) {
    if (!(error instanceof ArchiveUnavailable)) throw error;
    terminal.write(`no envtest archive: ${error.message}\n`);
    reasons.push(`the envtest archive: ${error.message}`);
  }
}

async function build(
  binary: Binary,
  cache: string,
  env: NodeJS.ProcessEnv,
  terminal: Terminal,
  position: string,
  reasons: readonly string[],
): Promise<string> {
  try {
    return await buildFromModules(binary, cache, env, terminal, position);
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    throw new BinariesMissing(
      [
        `no source has \`${binary.name}\` ${binary.version}:`,
        ...[...reasons, `a build: ${error.message}`].map((reason) => `- ${reason}`),
        'install Go 1.26 or later (https://go.dev/dl), or set KUBEBUILDER_ASSETS to a folder that has the binary',
      ].join('\n'),
    );
  }
}
