// What a binary of the tests is: its exact version, how to ask for that, and what it is built from. Sets of them, with the places
// that have them, are declared by who runs them. It finds nothing.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** How `go build` makes a binary. */
export interface GoSource {
  /** The folder with go.mod and go.sum, which pin every version. */
  readonly folder: string;
  /** The package, as `k8s.io/kubernetes/cmd/kubelet`, or `.` for the program in the folder. */
  readonly package: string;
  /** What the linker sets, as `-X main.version=1.0.0`. */
  readonly linkerFlags?: string;
  readonly tags?: readonly string[];
}

export interface Binary<Name extends string = string> {
  readonly name: Name;
  /** As the binary itself reports it, without the leading `v`. */
  readonly version: string;
  /** Whether another version will do too; only the exact one does when absent. */
  readonly accepts?: (version: string) => boolean;
  /** Arguments that make the binary print its version, or the Go module whose version stands in the binary. */
  readonly askVersion: readonly string[] | { readonly module: string };
  /** The folder in the cache: another one for all that is built from something else. */
  readonly cacheKey: string;
  readonly go: GoSource;
}

/** Something on the internet that has some binaries of a set. */
export interface Download<Name extends string = string> {
  /** In words for a person, as `the envtest archive`. */
  readonly title: string;
  /** All of one `cacheKey`. */
  readonly holds: readonly Name[];
  /**
   * Downloads, verifies, and moves `wanted` into `folder` by `keep()`.
   * @returns the path of each wanted binary
   * @throws DownloadUnavailable when there is nothing to download; ChecksumError when it is not what was published
   */
  readonly fetch: (
    wanted: readonly Binary<Name>[],
    folder: string,
    env: NodeJS.ProcessEnv,
  ) => Promise<ReadonlyMap<Name, string>>;
}

/** Binaries that are found by the same rules. */
export interface BinarySet<Name extends string> {
  /** The folder in `~/.cache/ringfence`. */
  readonly cacheName: string;
  /** The environment variable that names a folder with binaries, which goes first. */
  readonly assetsVariable: string;
  readonly binaries: Readonly<Record<Name, Binary<Name>>>;
  /** In the order in which they are asked. */
  readonly downloads: readonly Download<Name>[];
}

/** A cache key for a program whose source is here: `version`, with a hash of that source. */
export function sourceKey(version: string, folder: string): string {
  const hash = createHash('sha256');
  const files = readdirSync(folder).filter((name) => name === 'go.mod' || name.endsWith('.go'));
  for (const name of files.sort()) hash.update(readFileSync(join(folder, name)));
  return `${version}-${hash.digest('hex').slice(0, 12)}`;
}

/** This machine in Go's words: `linux` and `amd64`. */
export const platform = {
  os: process.platform,
  architecture: process.arch === 'x64' ? 'amd64' : process.arch,
} as const;
