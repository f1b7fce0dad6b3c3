// The third source of binaries: the archive that the Kubernetes project publishes for tests ("envtest"). It holds etcd,
// kube-apiserver and kubectl, and no controller manager.
// The checksum comes from the project's index, on another host than the archive. An archive that cannot be had is no
// failure (there is one source more); an archive with a wrong checksum is, for somebody should look at it.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { basename, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { EnvHttpProxyAgent, request } from 'undici';
import { parse } from 'yaml';
import * as z from 'zod';
import { keep, withScratch } from './binary-cache.ts';
import { type Binary, type BinaryName, kubernetesVersion } from './versions.ts';

const run = promisify(execFile);

/**
 * Which archives exist, with their SHA-512: the index of `setup-envtest`.
 * RINGFENCE_ENVTEST_INDEX names another address (a mirror), or `off`.
 */
const officialIndex =
  'https://raw.githubusercontent.com/kubernetes-sigs/controller-tools/main/envtest-releases.yaml';

/** The folder inside the archive, see hack/envtest/linux/Dockerfile in kubernetes-sigs/controller-tools. */
const folderInArchive = 'controller-tools/envtest';

const archivedNames: readonly BinaryName[] = ['etcd', 'kube-apiserver', 'kubectl'];

const indexSchema = z.object({
  releases: z.record(z.string(), z.record(z.string(), z.object({ hash: z.string(), selfLink: z.url() }))),
});

/** The archive is not what its publisher made. */
class ChecksumError extends Error {
  override readonly name = 'ChecksumError';
}

/** Why there is no archive to use: no network, no such release, a connection that broke, no `tar`. */
export class ArchiveUnavailable extends Error {
  override readonly name = 'ArchiveUnavailable';
}

export const isArchived = (binary: Binary): boolean => archivedNames.includes(binary.name);

/** The archive's file name for a platform, in Go's words: `envtest-v1.37.2-linux-amd64.tar.gz`. */
function archiveName(): string {
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  return `envtest-v${kubernetesVersion}-${process.platform}-${architecture}.tar.gz`;
}

/**
 * Downloads the archive, verifies it, and moves `wanted` into the cache.
 * @returns the path of each wanted binary
 * @throws ArchiveUnavailable when there is nothing to download; ChecksumError when it is not the published archive
 */
export async function fromEnvtestArchive(
  wanted: readonly Binary[],
  cache: string,
  env: NodeJS.ProcessEnv,
): Promise<Map<BinaryName, string>> {
  const index = env.RINGFENCE_ENVTEST_INDEX || officialIndex;
  if (index === 'off') throw new ArchiveUnavailable('RINGFENCE_ENVTEST_INDEX is `off`');
  // Where the internet is out of reach, this must be known in seconds, not after minutes of retries.
  const agent = new EnvHttpProxyAgent({
    connect: { timeout: 3000 },
    headersTimeout: 10_000,
    bodyTimeout: 20_000,
  });
  try {
    return await withScratch(cache, async (scratch) => {
      const release = await findRelease(index, agent);
      const archive = join(scratch, basename(release.selfLink));
      await download(release.selfLink, archive, release.hash, agent);
      return await extract(archive, scratch, wanted, cache);
    });
  } finally {
    await agent.destroy();
  }
}

async function findRelease(
  index: string,
  agent: EnvHttpProxyAgent,
): Promise<{ hash: string; selfLink: string }> {
  const body = await get(index, agent, (stream) => stream.text());
  const parsed = indexSchema.safeParse(parse(body));
  if (!parsed.success) throw new ArchiveUnavailable(`\`${index}\` is not an index of envtest releases`);
  const release = parsed.data.releases[`v${kubernetesVersion}`]?.[archiveName()];
  if (release === undefined) throw new ArchiveUnavailable(`\`${index}\` lists no \`${archiveName()}\``);
  return release;
}

/** Streams to disk and hashes on the way, so that memory stays small. */
async function download(
  url: string,
  file: string,
  expected: string,
  agent: EnvHttpProxyAgent,
): Promise<void> {
  const hash = createHash('sha512');
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  await get(url, agent, (body) => pipeline(body, hashing, createWriteStream(file)));
  const actual = hash.digest('hex');
  if (actual !== expected.toLowerCase()) {
    throw new ChecksumError(
      `\`${url}\` is refused: its SHA-512 is ${actual}, but the index says ${expected}. Nothing was kept; ` +
        'try again, or set `RINGFENCE_ENVTEST_INDEX=off` to build the binaries from source',
    );
  }
}

type Body = Awaited<ReturnType<typeof request>>['body'];

/** One GET, following redirects (GitHub's downloads do); every failure of the network is an ArchiveUnavailable. */
async function get<Result>(
  url: string,
  agent: EnvHttpProxyAgent,
  read: (body: Body) => Promise<Result>,
  redirects = 5,
): Promise<Result> {
  try {
    const response = await request(url, { dispatcher: agent });
    const location = response.headers.location;
    if (
      response.statusCode >= 300 &&
      response.statusCode < 400 &&
      typeof location === 'string' &&
      redirects > 0
    ) {
      await response.body.dump();
      return await get(new URL(location, url).href, agent, read, redirects - 1);
    }
    if (response.statusCode !== 200) {
      await response.body.dump();
      throw new Error(`status ${response.statusCode}`);
    }
    return await read(response.body);
  } catch (error) {
    if (error instanceof ArchiveUnavailable) throw error;
    throw new ArchiveUnavailable(`\`${url}\`: ${(error as Error).message}`);
  }
}

async function extract(
  archive: string,
  scratch: string,
  wanted: readonly Binary[],
  cache: string,
): Promise<Map<BinaryName, string>> {
  const paths = new Map<BinaryName, string>();
  const members = wanted.map((binary) => `${folderInArchive}/${binary.name}`);
  try {
    await run('tar', ['-xzf', archive, '-C', scratch, '--strip-components=2', ...members]);
    for (const binary of wanted)
      paths.set(binary.name, await keep(cache, binary, join(scratch, binary.name)));
  } catch (error) {
    throw new ArchiveUnavailable(`\`${basename(archive)}\` cannot be used: ${(error as Error).message}`);
  }
  return paths;
}
