// Where the binaries come from, and that none comes from a place that should not be trusted.
// Small scripts stand for the binaries, and a server on loopback for the internet.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { ScriptedSources, writeScript } from '../binaries/scripted-sources.ts';
import { ensureBinaries } from './binaries.ts';
import { type BinaryName, kubernetesVersion } from './kubernetes.ts';
import { binaries, binaryNames } from './versions.ts';

let sources: ScriptedSources;
let folder: string;
let cache: string;
let servers: Server[];

beforeEach(() => {
  // No archive.
  sources = new ScriptedSources({ RINGFENCE_ENVTEST_INDEX: 'off' });
  folder = sources.folder;
  cache = sources.cache('control-plane', kubernetesVersion);
  servers = [];
});

afterEach(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  sources.remove();
});

/** A script that answers with a version, in its own binary's words. */
function writeBinary(into: string, name: BinaryName, version = binaries[name].version): void {
  const words: Record<BinaryName, string> = {
    etcd: `etcd Version: ${version}`,
    'kube-apiserver': `Kubernetes v${version}`,
    'kube-controller-manager': `Kubernetes v${version}`,
    kubectl: `Client Version: v${version}`,
  };
  writeScript(join(into, name), `echo '${words[name]}'`);
}

/** A stand-in for `go` that "builds" a script, or does what `lines` say; `$OUT` is where the binary should go. */
function writeGo(...lines: string[]): void {
  writeScript(
    join(folder, 'bin', 'go'),
    `echo "$CGO_ENABLED $*" >> ${join(folder, 'go.log')}`,
    'while [ $# -gt 1 ]; do [ "$1" = -o ] && OUT="$2"; shift; done',
    ...(lines.length > 0
      ? lines
      : [`printf '#!/bin/sh\\necho Kubernetes v${kubernetesVersion}\\n' > "$OUT"`]),
  );
}

const cachedNames = (): string[] => (existsSync(cache) ? readdirSync(cache) : []);

describe('KUBEBUILDER_ASSETS', () => {
  test('comes first, where its binary is of the exact version', async () => {
    const assets = join(folder, 'assets');
    writeBinary(assets, 'kube-apiserver');
    writeBinary(cache, 'kube-apiserver');
    const paths = await ensureBinaries(['kube-apiserver'], sources.with({ KUBEBUILDER_ASSETS: assets }));
    expect(paths).toEqual({ 'kube-apiserver': join(assets, 'kube-apiserver') });
  });

  test('is passed over aloud where its binary is of another version, or cannot be run', async () => {
    const assets = join(folder, 'assets');
    writeBinary(assets, 'kube-apiserver', '1.36.0');
    writeScript(join(assets, 'etcd'), 'exit 1');
    writeBinary(cache, 'kube-apiserver');
    writeBinary(cache, 'etcd');
    const paths = await ensureBinaries(
      ['etcd', 'kube-apiserver'],
      sources.with({ KUBEBUILDER_ASSETS: assets }),
    );
    expect(paths).toEqual({ etcd: join(cache, 'etcd'), 'kube-apiserver': join(cache, 'kube-apiserver') });
    expect(sources.written).toContain('KUBEBUILDER_ASSETS is passed over');
    expect(sources.written).toContain(`is version 1.36.0, needed is ${kubernetesVersion}`);
    expect(sources.written).toContain('cannot be run');
  });

  test('may have the etcd that its Kubernetes is packed with', async () => {
    const assets = join(folder, 'assets');
    writeBinary(assets, 'etcd', '3.6.5');
    const paths = await ensureBinaries(['etcd'], sources.with({ KUBEBUILDER_ASSETS: assets }));
    expect(paths.etcd).toBe(join(assets, 'etcd'));
  });
});

describe('the envtest archive', () => {
  const platform = `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;
  const archiveName = `envtest-v${kubernetesVersion}-${platform}.tar.gz`;

  /** The bytes of an archive laid out as the official one. */
  function packArchive(): Buffer {
    const inside = join(folder, 'packing', 'controller-tools', 'envtest');
    for (const name of ['etcd', 'kube-apiserver', 'kubectl'] as const) writeBinary(inside, name);
    return execFileSync('tar', ['-czf', '-', '-C', join(folder, 'packing'), 'controller-tools']);
  }

  interface Published {
    readonly archive?: Buffer;
    readonly hash?: string;
    readonly version?: string;
    /** Send only this many bytes of the archive, and break the connection. */
    readonly truncateAt?: number;
    readonly redirect?: boolean;
  }

  function sendArchive(response: ServerResponse, archive?: Buffer, truncateAt?: number): void {
    if (archive === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-length': archive.length });
    if (truncateAt === undefined) response.end(archive);
    else response.write(archive.subarray(0, truncateAt), () => response.destroy());
  }

  /** Serves an index and an archive; returns the address of the index. */
  async function publish({ archive, hash, version = kubernetesVersion, truncateAt, redirect }: Published) {
    const server = createServer((request, response) => {
      const { port } = server.address() as AddressInfo;
      const selfLink = `http://127.0.0.1:${port}/${archiveName}`;
      if (request.url === '/index.yaml') {
        const release = { hash: hash ?? sha512(archive), selfLink };
        response.end(stringify({ releases: { [`v${version}`]: { [archiveName]: release } } }));
      } else if (redirect && !request.url?.startsWith('/elsewhere')) {
        response.writeHead(302, { location: `/elsewhere/${archiveName}` }).end();
      } else {
        sendArchive(response, archive, truncateAt);
      }
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/index.yaml`;
  }

  const sha512 = (bytes: Buffer = Buffer.alloc(0)): string =>
    createHash('sha512').update(bytes).digest('hex');
  const archivedNames = ['etcd', 'kube-apiserver', 'kubectl'] as const;

  test.each([{ redirect: false }, { redirect: true }])(
    'fills the cache, redirected: $redirect',
    async (how) => {
      const index = await publish({ archive: packArchive(), ...how });
      const paths = await ensureBinaries(archivedNames, sources.with({ RINGFENCE_ENVTEST_INDEX: index }));
      expect(Object.keys(paths).sort()).toEqual([...archivedNames]);
      expect(cachedNames().sort()).toEqual([...archivedNames]);
      expect(execFileSync(paths.kubectl).toString()).toContain(kubernetesVersion);
      // The second time nothing is asked of anybody.
      expect(await ensureBinaries(archivedNames, sources.with())).toEqual(paths);
    },
  );

  test('is not asked for the controller manager, which it never has', async () => {
    writeGo();
    const index = await publish({ archive: packArchive() });
    const env = { RINGFENCE_ENVTEST_INDEX: index };
    const paths = await ensureBinaries(['kubectl', 'kube-controller-manager'], sources.with(env));
    expect(paths['kube-controller-manager']).toBe(join(cache, 'kube-controller-manager'));
    expect(readFileSync(join(folder, 'go.log'), 'utf8')).not.toContain('kubectl');
  });

  test('is refused, and leaves nothing behind, where its checksum is wrong', async () => {
    writeGo();
    const index = await publish({ archive: packArchive(), hash: sha512(Buffer.from('another')) });
    const ensured = ensureBinaries(['kube-apiserver'], sources.with({ RINGFENCE_ENVTEST_INDEX: index }));
    await expect(ensured).rejects.toThrow(new RegExp(`${archiveName}\` is refused: its SHA-512 is`));
    await expect(ensured).rejects.toThrow('RINGFENCE_ENVTEST_INDEX=off');
    expect(cachedNames()).toEqual([]);
    expect(existsSync(join(folder, 'go.log'))).toBe(false);
  });

  test.each<[string, () => Published, string]>([
    ['breaks off', () => ({ archive: packArchive(), truncateAt: 100 }), archiveName],
    ['is absent', () => ({}), 'status 404'],
    ['is of another version', () => ({ archive: packArchive(), version: '1.30.0' }), 'lists no'],
    ['is no archive', () => ({ archive: Buffer.from('hello') }), 'cannot be used'],
  ])('gives way to a build where it %s', async (_, published, said) => {
    writeGo();
    const index = await publish(published());
    const paths = await ensureBinaries(['kube-apiserver'], sources.with({ RINGFENCE_ENVTEST_INDEX: index }));
    expect(paths).toEqual({ 'kube-apiserver': join(cache, 'kube-apiserver') });
    expect(sources.written).toContain('the envtest archive cannot be had: ');
    expect(sources.written).toContain(said);
    expect(cachedNames()).toEqual(['kube-apiserver']);
  });

  test('gives way where nobody listens, as without a network', async () => {
    writeGo();
    const server = createServer();
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    server.close();
    await ensureBinaries(['kubectl'], sources.with({ RINGFENCE_ENVTEST_INDEX: `http://127.0.0.1:${port}/` }));
    expect(sources.written).toContain('ECONNREFUSED');
  });
});

describe('an index behind a firewall that drops everything', () => {
  test('holds nobody up for more than three seconds', async () => {
    writeGo();
    const silent = createTcpServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    try {
      await ensureBinaries(
        ['kubectl'],
        sources.with({ RINGFENCE_ENVTEST_INDEX: `https://127.0.0.1:${port}/` }),
      );
    } finally {
      silent.close();
    }
    expect(sources.written).toMatch(/the envtest archive cannot be had: .*Connect Timeout .*timeout: 3000ms/);
  });
});

describe('a build', () => {
  test('is reproducible, pinned, and enters the cache whole', async () => {
    writeGo();
    const paths = await ensureBinaries(['kube-controller-manager', 'kubectl'], sources.with());
    expect(Object.values(paths)).toEqual([join(cache, 'kube-controller-manager'), join(cache, 'kubectl')]);
    const [line = ''] = readFileSync(join(folder, 'go.log'), 'utf8').split('\n');
    expect(line).toMatch(/^0 build -mod=readonly -trimpath -ldflags -s -w /);
    expect(line).toContain(`-X k8s.io/component-base/version.gitVersion=v${kubernetesVersion} `);
    expect(line).toMatch(/ k8s\.io\/kubernetes\/cmd\/kube-controller-manager$/);
    expect(sources.written).toContain(
      'building kube-controller-manager 1.37.2 from the Go module proxy (1 of 2)',
    );
    expect(sources.written).toContain('(2 of 2): took');
    expect(cachedNames().sort()).toEqual(['kube-controller-manager', 'kubectl']);
  });

  test('in two runs side by side leaves one good binary', async () => {
    writeGo('sleep 0.3', `printf '#!/bin/sh\\necho Kubernetes v${kubernetesVersion}\\n' > "$OUT"`);
    const [one, other] = await Promise.all([
      ensureBinaries(['kubectl'], sources.with()),
      ensureBinaries(['kubectl'], sources.with()),
    ]);
    expect(one).toEqual(other);
    expect(execFileSync(one.kubectl).toString()).toContain(kubernetesVersion);
    expect(cachedNames()).toEqual(['kubectl']);
  });

  test('removes what a killed run left behind the day before, and not what one of today may need', async () => {
    writeGo();
    const twoDaysAgo = Date.now() / 1000 - 2 * 24 * 60 * 60;
    for (const name of ['.making-old', '.making-new']) mkdirSync(join(cache, name), { recursive: true });
    utimesSync(join(cache, '.making-old'), twoDaysAgo, twoDaysAgo);
    await ensureBinaries(['kubectl'], sources.with());
    expect(cachedNames().sort()).toEqual(['.making-new', 'kubectl']);
  });

  test('that fails shows what `go` said, what the other sources said, and what to install', async () => {
    writeGo('echo "cannot find module" >&2; exit 1');
    const ensured = ensureBinaries(['kubectl'], sources.with());
    await expect(ensured).rejects.toThrow(/no source has `kubectl` 1\.37\.2:/);
    await expect(ensured).rejects.toThrow(/KUBEBUILDER_ASSETS is not set/);
    await expect(ensured).rejects.toThrow(/RINGFENCE_ENVTEST_INDEX is `off`/);
    await expect(ensured).rejects.toThrow(/`go build` ended with code 1:\s+cannot find module/);
    await expect(ensured).rejects.toThrow(/install Go 1\.26 or later/);
    expect(cachedNames()).toEqual([]);
  });

  test('without `go` says so', async () => {
    const env = { PATH: join(folder, 'bin') };
    await expect(ensureBinaries(['kubectl'], sources.with(env))).rejects.toThrow('`go` is not on the PATH');
  });

  test('of another version is not kept', async () => {
    writeGo(`printf '#!/bin/sh\\necho Kubernetes v0.0.0-master\\n' > "$OUT"`);
    await expect(ensureBinaries(['kubectl'], sources.with())).rejects.toThrow(
      'is version 0.0.0-master, needed is 1.37.2',
    );
    expect(cachedNames()).toEqual([]);
  });
});

describe('the pinned versions', () => {
  const goMod = readFileSync(join(import.meta.dirname, 'go.mod'), 'utf8');

  test.each(binaryNames)('of go.mod builds %s as it is asked for', (name) => {
    const { go, version } = binaries[name];
    const required = [...goMod.matchAll(/^\s*(?:require )?(\S+) v(\S+)(?: \/\/ indirect)?$/gm)];
    const module = required.find(([, path]) => path !== undefined && go.package.startsWith(path));
    expect(module?.[2]).toBe(version);
  });
});
