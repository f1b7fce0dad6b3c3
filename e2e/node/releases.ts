// The official releases of Kubernetes' programs and of containerd. Their checksums are published beside the files, so what protects a
// download is the TLS of the two hosts; a checksum tells a broken transfer from a whole one.
// RINGFENCE_NODE_RELEASES is `off`, or the address of a mirror that has the files under `/dl.k8s.io/…` and `/github.com/…`.
import { basename, join } from 'node:path';
import { type Download, platform } from '../binaries/binary.ts';
import { keep, withScratch } from '../binaries/binary-cache.ts';
import { Downloader, DownloadUnavailable, unpack } from '../binaries/download.ts';
import { kubernetesVersion } from '../control-plane/kubernetes.ts';
import { type BinaryName, containerdVersion } from './versions.ts';

const variable = 'RINGFENCE_NODE_RELEASES';

/** Where a file of these hosts is. @throws DownloadUnavailable where nothing may be downloaded */
function at(path: string, env: NodeJS.ProcessEnv): string {
  const mirror = env[variable] || 'https:/';
  if (mirror === 'off') throw new DownloadUnavailable(`${variable} is \`off\``);
  return `${mirror}/${path}`;
}

/** Downloads a file whose checksum is in one beside it. */
async function fetchChecked(
  downloader: Downloader,
  url: string,
  suffix: string,
  path: string,
): Promise<void> {
  const text = await downloader.text(url + suffix);
  const checksum = /^[0-9a-f]{64,128}\b/i.exec(text.trim())?.[0];
  if (checksum === undefined) throw new DownloadUnavailable(`\`${url}${suffix}\` holds no checksum`);
  const otherwise = `set \`${variable}=off\` to build the binaries from source`;
  await downloader.file({ url, checksum, source: `\`${basename(url)}${suffix}\``, otherwise }, path);
}

/** Single binaries, https://kubernetes.io/releases/download/. */
export const kubernetesRelease: Download<BinaryName> = {
  title: 'the Kubernetes release',
  holds: ['kubelet', 'kube-scheduler', 'kube-proxy'],
  async fetch(wanted, folder, env) {
    const release = at(
      `dl.k8s.io/release/v${kubernetesVersion}/bin/${platform.os}/${platform.architecture}`,
      env,
    );
    await using downloader = new Downloader();
    return await withScratch(folder, async (scratch) => {
      const paths = new Map<BinaryName, string>();
      for (const binary of wanted) {
        const made = join(scratch, binary.name);
        await fetchChecked(downloader, `${release}/${binary.name}`, '.sha512', made);
        paths.set(binary.name, await keep(folder, binary, made).catch(unfit));
      }
      return paths;
    });
  },
};

function unfit(error: Error): never {
  throw new DownloadUnavailable(error.message);
}

/** The archive of static binaries, https://github.com/containerd/containerd/releases. */
export const containerdRelease: Download<BinaryName> = {
  title: 'the containerd release',
  holds: ['containerd', 'containerd-shim-runc-v2', 'ctr'],
  async fetch(wanted, folder, env) {
    const name = `containerd-static-${containerdVersion}-${platform.os}-${platform.architecture}.tar.gz`;
    const url = at(`github.com/containerd/containerd/releases/download/v${containerdVersion}/${name}`, env);
    await using downloader = new Downloader();
    return await withScratch(folder, async (scratch) => {
      await fetchChecked(downloader, url, '.sha256sum', join(scratch, name));
      return await unpack(join(scratch, name), 'bin', wanted, scratch, folder);
    });
  },
};
