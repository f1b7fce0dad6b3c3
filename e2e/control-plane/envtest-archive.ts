// The archive that the Kubernetes project publishes for tests ("envtest"). It holds etcd, kube-apiserver and kubectl, and no
// controller manager. The checksum comes from the project's index, on another host than the archive.
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { type Download, platform } from '../binaries/binary.ts';
import { withScratch } from '../binaries/binary-cache.ts';
import { Downloader, DownloadUnavailable, unpack } from '../binaries/download.ts';
import { type BinaryName, kubernetesVersion } from './kubernetes.ts';

/**
 * Which archives exist, with their SHA-512: the index of `setup-envtest`.
 * RINGFENCE_ENVTEST_INDEX names another address (a mirror), or `off`.
 */
const officialIndex =
  'https://raw.githubusercontent.com/kubernetes-sigs/controller-tools/main/envtest-releases.yaml';

/** The folder inside the archive, see hack/envtest/linux/Dockerfile in kubernetes-sigs/controller-tools. */
const folderInArchive = 'controller-tools/envtest';

const indexSchema = z.object({
  releases: z.record(z.string(), z.record(z.string(), z.object({ hash: z.string(), selfLink: z.url() }))),
});

/** The archive's file name for a platform: `envtest-v1.37.2-linux-amd64.tar.gz`. */
const archiveName = `envtest-v${kubernetesVersion}-${platform.os}-${platform.architecture}.tar.gz`;

export const envtestArchive: Download<BinaryName> = {
  title: 'the envtest archive',
  holds: ['etcd', 'kube-apiserver', 'kubectl'],
  async fetch(wanted, folder, env) {
    const index = env.RINGFENCE_ENVTEST_INDEX || officialIndex;
    if (index === 'off') throw new DownloadUnavailable('RINGFENCE_ENVTEST_INDEX is `off`');
    await using downloader = new Downloader();
    return await withScratch(folder, async (scratch) => {
      const { hash, selfLink } = await findRelease(index, downloader);
      const archive = join(scratch, basename(selfLink));
      const otherwise = 'set `RINGFENCE_ENVTEST_INDEX=off` to build the binaries from source';
      await downloader.file({ url: selfLink, checksum: hash, source: 'the index', otherwise }, archive);
      return await unpack(archive, folderInArchive, wanted, scratch, folder);
    });
  },
};

async function findRelease(
  index: string,
  downloader: Downloader,
): Promise<{ hash: string; selfLink: string }> {
  const parsed = indexSchema.safeParse(parse(await downloader.text(index)));
  if (!parsed.success) throw new DownloadUnavailable(`\`${index}\` is not an index of envtest releases`);
  const release = parsed.data.releases[`v${kubernetesVersion}`]?.[archiveName];
  if (release === undefined) throw new DownloadUnavailable(`\`${index}\` lists no \`${archiveName}\``);
  return release;
}
