// The versions of a node's programs are those of the go.mod files, and no download is kept that is not what was published. Small scripts
// stand for the binaries, and a server on loopback for the internet.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { platform, sourceKey } from '../binaries/binary.ts';
import { areThere, findBinaries } from '../binaries/find-binaries.ts';
import { ScriptedSources, writeScript } from '../binaries/scripted-sources.ts';
import { nodeBinaries, nodeBinaryNames } from './node-binaries.ts';

let sources: ScriptedSources;
let folder: string;
let server: Server | undefined;

beforeEach(() => {
  sources = new ScriptedSources({ RINGFENCE_NODE_RELEASES: 'off' });
  folder = sources.folder;
  // It says which folder it was called in, and fails.
  writeScript(join(folder, 'bin', 'go'), 'echo "built in $PWD" >&2; exit 1');
});

afterEach(() => {
  server?.close();
  server = undefined;
  sources.remove();
});

const kept = (version: string): string[] => {
  const cache = sources.cache('node', version);
  return existsSync(cache) ? readdirSync(cache).sort() : [];
};

/** Serves files by their paths. @returns the address, for RINGFENCE_NODE_RELEASES */
async function serve(files: ReadonlyMap<string, Buffer | string>): Promise<string> {
  const listening = createServer((request, response) => {
    const file = files.get(request.url ?? '');
    response.writeHead(file === undefined ? 404 : 200).end(file);
  });
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
}

const digest = (algorithm: string, bytes: Buffer | string) =>
  createHash(algorithm).update(bytes).digest('hex');
const { version: kubernetes } = nodeBinaries.binaries.kubelet;
const { version: containerd } = nodeBinaries.binaries.containerd;

describe('the pinned versions', () => {
  test.each(nodeBinaryNames.filter((name) => name !== 'agent'))(
    'of go.mod build %s as it is asked for',
    (name) => {
      const { go, version, askVersion } = nodeBinaries.binaries[name];
      const goMod = readFileSync(join(go.folder, 'go.mod'), 'utf8');
      const required = [...goMod.matchAll(/^\s*(?:require )?(\S+) v(\S+)(?: \/\/ indirect)?$/gm)];
      const own = {
        coredns: 'github.com/coredns/coredns',
        'kube-router-netpol': 'github.com/cloudnativelabs/kube-router/v2',
      };
      const wanted =
        own[name as keyof typeof own] ?? ('module' in askVersion ? askVersion.module : go.package);
      const module = required.find(([, path]) => path !== undefined && `${wanted}/`.startsWith(`${path}/`));
      expect(module?.[2]).toBe(version);
    },
  );

  test('have the checksums of all modules beside them, so that a build takes just these', () => {
    const folders = new Set(nodeBinaryNames.map((name) => nodeBinaries.binaries[name].go.folder));
    const without = [...folders].filter((each) => !existsSync(join(each, 'go.sum')));
    // It needs no modules.
    expect(without).toEqual([nodeBinaries.binaries.agent.go.folder]);
  });

  test('of a program whose source is here change with that source', () => {
    const program = join(folder, 'program');
    mkdirSync(program);
    writeFileSync(join(program, 'go.mod'), 'module program');
    writeFileSync(join(program, 'main.go'), 'package main');
    const before = sourceKey('1.0.0', program);
    expect(before).toMatch(/^1\.0\.0-[0-9a-f]{12}$/);
    expect(sourceKey('1.0.0', program)).toBe(before);
    writeFileSync(join(program, 'other.go'), 'package main');
    expect(sourceKey('1.0.0', program)).not.toBe(before);
  });
});

describe('RINGFENCE_NODE_ASSETS', () => {
  test('has a program whose version only its modules tell', async () => {
    const assets = join(folder, 'assets');
    const binary = (version: string) => `dep\tsigs.k8s.io/kube-network-policies\tv${version}\th1:sum\n`;
    mkdirSync(assets);
    writeFileSync(join(assets, 'kube-network-policies'), binary('1.1.0'));
    const from = sources.with({ RINGFENCE_NODE_ASSETS: assets });
    expect(await areThere(nodeBinaries, ['kube-network-policies'], from)).toBe(true);
    writeFileSync(join(assets, 'kube-network-policies'), binary('1.0.0'));
    expect(await areThere(nodeBinaries, ['kube-network-policies'], from)).toBe(false);
    await expect(findBinaries(nodeBinaries, ['kube-network-policies'], from)).rejects.toThrow(
      'modules/kube-network-policies',
    );
    expect(sources.written).toContain('is version 1.0.0, needed is 1.1.0');
  });
});

describe('a release of Kubernetes', () => {
  const path = (name: string) =>
    `/dl.k8s.io/release/v${kubernetes}/bin/${platform.os}/${platform.architecture}/${name}`;
  const script = `#!/bin/sh\necho Kubernetes v${kubernetes}\n`;

  test('is kept where its checksum is right', async () => {
    const mirror = await serve(
      new Map([
        [path('kubelet'), script],
        [path('kubelet.sha512'), digest('sha512', script)],
      ]),
    );
    const { kubelet } = await findBinaries(
      nodeBinaries,
      ['kubelet'],
      sources.with({ RINGFENCE_NODE_RELEASES: mirror }),
    );
    expect(execFileSync(kubelet, { encoding: 'utf8' })).toContain(kubernetes);
    expect(kept(kubernetes)).toEqual(['kubelet']);
  });

  test('is refused where its checksum is another', async () => {
    const mirror = await serve(
      new Map([
        [path('kubelet'), script],
        [path('kubelet.sha512'), digest('sha512', 'other')],
      ]),
    );
    const found = findBinaries(nodeBinaries, ['kubelet'], sources.with({ RINGFENCE_NODE_RELEASES: mirror }));
    await expect(found).rejects.toThrow('is refused: its SHA-512 is');
    expect(kept(kubernetes)).toEqual([]);
  });

  test('gives way to a build where it is not there', async () => {
    const mirror = await serve(new Map());
    const found = findBinaries(nodeBinaries, ['kubelet'], sources.with({ RINGFENCE_NODE_RELEASES: mirror }));
    await expect(found).rejects.toThrow('e2e/control-plane');
    expect(sources.written).toContain('the Kubernetes release cannot be had: ');
  });
});

describe('a release of containerd', () => {
  test('brings all its programs in one archive', async () => {
    const names = ['containerd', 'containerd-shim-runc-v2', 'ctr'] as const;
    for (const name of names)
      writeScript(join(folder, 'packing', 'bin', name), `echo containerd v${containerd}`);
    const archive = execFileSync('tar', ['-czf', '-', '-C', join(folder, 'packing'), 'bin']);
    const file = `containerd-static-${containerd}-${platform.os}-${platform.architecture}.tar.gz`;
    const path = `/github.com/containerd/containerd/releases/download/v${containerd}/${file}`;
    const mirror = await serve(
      new Map<string, Buffer | string>([
        [path, archive],
        [`${path}.sha256sum`, `${digest('sha256', archive)}  ${file}\n`],
      ]),
    );
    const paths = await findBinaries(nodeBinaries, names, sources.with({ RINGFENCE_NODE_RELEASES: mirror }));
    expect(Object.keys(paths).sort()).toEqual([...names]);
    expect(kept(containerd)).toEqual([...names]);
  });
});
