// Writes an image of one layer as an OCI archive, which a container runtime imports without a registry and without an engine.
// https://github.com/opencontainers/image-spec/blob/main/image-layout.md
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { platform } from '../binaries/binary.ts';

const run = promisify(execFile);

/** How a container of the image runs: the `config` of the image specification. */
export interface ImageConfig {
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly User?: string;
}

export interface Image {
  /** With its registry and its tag, as `ringfence.test/agent:1`. */
  readonly name: string;
  /** The folder that becomes the file system. */
  readonly root: string;
  readonly config: ImageConfig;
}

interface Blob {
  readonly digest: string;
  readonly size: number;
}

/** Writes `image` to the file `archive`. */
export async function writeImage({ name, root, config }: Image, archive: string): Promise<void> {
  const layout = await mkdtemp(join(dirname(archive), 'image-'));
  const blobs = join(layout, 'blobs', 'sha256');
  await mkdir(blobs, { recursive: true });
  const layer = await putLayer(root, blobs);
  const put = (value: object) => putJson(value, blobs);
  const { os, architecture } = platform;
  const stored = await put({
    architecture,
    os,
    config,
    rootfs: { type: 'layers', diff_ids: [layer.digest] },
    history: [{ created_by: 'e2e/node' }],
  });
  const manifest = await put({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...stored },
    layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', ...layer }],
  });
  const described = {
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    ...manifest,
    platform: { os, architecture },
    annotations: {
      'io.containerd.image.name': name,
      'org.opencontainers.image.ref.name': name.split(':').at(-1),
    },
  };
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  await writeFile(
    join(layout, 'index.json'),
    JSON.stringify({ schemaVersion: 2, mediaType, manifests: [described] }),
  );
  await writeFile(join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  await run('tar', ['-C', layout, '-cf', archive, 'oci-layout', 'index.json', 'blobs']);
  await rm(layout, { recursive: true });
}

/** The same files give the same bytes: no times, no owners. */
async function putLayer(root: string, blobs: string): Promise<Blob> {
  const file = join(blobs, 'layer');
  const same = ['--owner=0', '--group=0', '--numeric-owner', '--sort=name', '--mtime=@0'];
  await run('tar', [...same, '-C', root, '-cf', file, '.']);
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  const hex = hash.digest('hex');
  const { size } = await stat(file);
  await rename(file, join(blobs, hex));
  return { digest: `sha256:${hex}`, size };
}

async function putJson(value: object, blobs: string): Promise<Blob> {
  const bytes = Buffer.from(JSON.stringify(value));
  const hex = createHash('sha256').update(bytes).digest('hex');
  await writeFile(join(blobs, hex), bytes);
  return { digest: `sha256:${hex}`, size: bytes.length };
}
