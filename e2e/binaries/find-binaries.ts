// Finds each binary of a set in the first source that has it: the folder that a variable names, the cache, the official
// downloads, and last a build from the Go module proxy. Only the order is decided here; each source has its file.
import { join } from 'node:path';
import { type Found, fromAssetsFolder } from './assets-folder.ts';
import type { Binary, BinarySet, Download } from './binary.ts';
import { cached, cacheHome } from './binary-cache.ts';
import { DownloadUnavailable } from './download.ts';
import { BuildError, buildFromModules } from './go-build.ts';
import { type Terminal, withProgress } from './progress.ts';

export interface BinarySources {
  /** The variable of the assets folder, XDG_CACHE_HOME, those of the downloads and what `go` reads. */
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
 * @throws BinariesMissing when no source has one; ChecksumError when a download was tampered with
 */
export async function findBinaries<Name extends string, Wanted extends Name>(
  set: BinarySet<Name>,
  names: readonly Wanted[],
  sources: BinarySources = {},
): Promise<Record<Wanted, string>> {
  return (await new Search(set, sources).find(names)) as Record<Wanted, string>;
}

/** Whether all named binaries are on this machine, so that `findBinaries` downloads and builds nothing. */
export async function areThere<Name extends string>(
  set: BinarySet<Name>,
  names: readonly Name[],
  { env = process.env }: BinarySources = {},
): Promise<boolean> {
  const search = new Search(set, { env, terminal: { write: () => undefined } });
  const found = await Promise.all(names.map((name) => search.present(set.binaries[name])));
  return found.every((each) => 'path' in each);
}

class Search<Name extends string> {
  readonly #set: BinarySet<Name>;
  readonly #env: NodeJS.ProcessEnv;
  readonly #terminal: Terminal;
  readonly #paths = new Map<Name, string>();
  /** What the sources said that have not all. */
  readonly #reasons = new Set<string>();

  constructor(set: BinarySet<Name>, { env = process.env, terminal = process.stderr }: BinarySources) {
    this.#set = set;
    this.#env = env;
    this.#terminal = terminal;
  }

  async find(names: readonly Name[]): Promise<Partial<Record<Name, string>>> {
    const absent: Binary<Name>[] = [];
    for (const name of names) {
      const binary = this.#set.binaries[name];
      const found = await this.present(binary);
      if ('path' in found) this.#paths.set(name, found.path);
      else absent.push(binary);
      if ('reason' in found) this.#reasons.add(found.reason);
    }
    for (const download of this.#set.downloads) {
      const wanted = absent.filter(({ name }) => download.holds.includes(name) && !this.#paths.has(name));
      await this.#download(download, wanted);
    }
    const toBuild = absent.filter(({ name }) => !this.#paths.has(name));
    for (const [index, binary] of toBuild.entries()) {
      this.#paths.set(binary.name, await this.#build(binary, `${index + 1} of ${toBuild.length}`));
    }
    return Object.fromEntries(this.#paths) as Partial<Record<Name, string>>;
  }

  /** What is on this machine already. */
  async present(binary: Binary): Promise<Found> {
    const warn = (message: string) => this.#terminal.write(`${message}\n`);
    const found = await fromAssetsFolder(binary, this.#set.assetsVariable, this.#env, warn);
    if ('path' in found) return found;
    const path = cached(this.#folderOf(binary), binary);
    return path === undefined ? found : { path };
  }

  #folderOf(binary: Binary): string {
    return join(cacheHome(this.#env, this.#set.cacheName), binary.cacheKey);
  }

  async #download(download: Download<Name>, wanted: readonly Binary<Name>[]): Promise<void> {
    const [first] = wanted;
    if (first === undefined) return;
    try {
      const step = `downloading ${wanted.map(({ name }) => name).join(', ')} ${first.version}`;
      const fetch = () => download.fetch(wanted, this.#folderOf(first), this.#env);
      const taken = await withProgress(this.#terminal, step, fetch);
      for (const [name, path] of taken) this.#paths.set(name, path);
    } catch (error) {
      if (!(error instanceof DownloadUnavailable)) throw error;
      this.#terminal.write(`${download.title} cannot be had: ${error.message}\n`);
      this.#reasons.add(`${download.title}: ${error.message}`);
    }
  }

  async #build(binary: Binary<Name>, position: string): Promise<string> {
    try {
      return await buildFromModules(binary, this.#folderOf(binary), this.#env, this.#terminal, position);
    } catch (error) {
      if (!(error instanceof BuildError)) throw error;
      throw new BinariesMissing(
        [
          `no source has \`${binary.name}\` ${binary.version}:`,
          ...[...this.#reasons, `a build: ${error.message}`].map((reason) => `- ${reason}`),
          `install Go 1.26 or later (https://go.dev/dl), or set ${this.#set.assetsVariable} to a folder that has the binary`,
        ].join('\n'),
      );
    }
  }
}
