// Downloads a file from the internet, and takes it only with the right checksum. A file that cannot be had is no failure (there is
// one source more); a file with a wrong checksum is, for somebody should look at it.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { basename, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { EnvHttpProxyAgent, request } from 'undici';
import type { Binary } from './binary.ts';
import { keep } from './binary-cache.ts';

const run = promisify(execFile);

/** The file is not what its publisher made. */
class ChecksumError extends Error {
  override readonly name = 'ChecksumError';
}

/** Why there is nothing to use: no network, no such release, a connection that broke, no `tar`. */
export class DownloadUnavailable extends Error {
  override readonly name = 'DownloadUnavailable';
}

/** A checksum as hexadecimal digits; 64 are SHA-256, 128 SHA-512. */
export interface Published {
  readonly url: string;
  readonly checksum: string;
  /** Where the checksum comes from, and how to do without this file, in words for a person. */
  readonly source: string;
  readonly otherwise: string;
}

/** One visit to the internet. `await using` drops its connections. */
export class Downloader implements AsyncDisposable {
  // Where the internet is out of reach, this must be known in seconds, not after minutes of retries.
  readonly #agent = new EnvHttpProxyAgent({
    connect: { timeout: 3000 },
    headersTimeout: 10_000,
    bodyTimeout: 20_000,
  });

  /** @throws DownloadUnavailable */
  async text(url: string): Promise<string> {
    return await this.#get(url, (body) => body.text());
  }

  /**
   * Streams to disk and hashes on the way, so that memory stays small.
   * @throws DownloadUnavailable; ChecksumError, and then the file is to be thrown away
   */
  async file({ url, checksum, source, otherwise }: Published, path: string): Promise<void> {
    const algorithm = checksum.length === 64 ? 'sha256' : 'sha512';
    const hash = createHash(algorithm);
    const hashing = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        done(null, chunk);
      },
    });
    await this.#get(url, (body) => pipeline(body, hashing, createWriteStream(path)));
    const actual = hash.digest('hex');
    if (actual === checksum.toLowerCase()) return;
    const name = algorithm === 'sha256' ? 'SHA-256' : 'SHA-512';
    throw new ChecksumError(
      `\`${url}\` is refused: its ${name} is ${actual}, but ${source} says ${checksum}. Nothing was kept; ` +
        `try again, or ${otherwise}`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy();
  }

  /** One GET, following redirects (GitHub's downloads do); every failure of the network is a DownloadUnavailable. */
  async #get<Result>(url: string, read: (body: Body) => Promise<Result>, redirects = 5): Promise<Result> {
    try {
      const response = await request(url, { dispatcher: this.#agent });
      const { location } = response.headers;
      const moved = response.statusCode >= 300 && response.statusCode < 400;
      if (moved && typeof location === 'string' && redirects > 0) {
        await response.body.dump();
        return await this.#get(new URL(location, url).href, read, redirects - 1);
      }
      if (response.statusCode !== 200) {
        await response.body.dump();
        throw new Error(`status ${response.statusCode}`);
      }
      return await read(response.body);
    } catch (error) {
      if (error instanceof DownloadUnavailable) throw error;
      throw new DownloadUnavailable(`\`${url}\`: ${(error as Error).message}`);
    }
  }
}

type Body = Awaited<ReturnType<typeof request>>['body'];

/**
 * Moves binaries from a `.tar.gz` into the cache.
 * @param inside the folder in the archive that has them
 * @throws DownloadUnavailable where one is not in it, or will not do
 */
export async function unpack<Name extends string>(
  archive: string,
  inside: string,
  wanted: readonly Binary<Name>[],
  scratch: string,
  folder: string,
): Promise<ReadonlyMap<Name, string>> {
  try {
    const members = wanted.map(({ name }) => `${inside}/${name}`);
    await run('tar', ['-xzf', archive, '-C', scratch, ...members]);
    const paths = wanted.map(
      async (binary) =>
        [binary.name, await keep(folder, binary, join(scratch, inside, binary.name))] as const,
    );
    return new Map(await Promise.all(paths));
  } catch (error) {
    throw new DownloadUnavailable(`\`${basename(archive)}\` cannot be used: ${(error as Error).message}`);
  }
}
