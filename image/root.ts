// The root of the image as a folder: the bundle, Node, the few libraries that Node needs, and what their licences ask for. No
// shell, no package manager, nothing else. The Dockerfile and a test both make it by this, so that what is tested is shipped.
//
//   node image/root.ts --base FOLDER --node FILE OUT
//
// FOLDER is the root of a Linux of the platform that the image is for; nothing of it is run.
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

/** Where things are in the image. */
export const paths = { node: '/usr/local/bin/node', bundle: '/opt/ringfence/ringfence.mjs' } as const;

/** Above 10,000, so that it is nobody's on the node; by convention the one of images without root. */
export const user = 65_532;

/** What Node is linked against (`readelf -d`), on every platform; a test compares it. */
export const libraries = [
  'libc.so.6',
  'libdl.so.2',
  'libgcc_s.so.1',
  'libm.so.6',
  'libpthread.so.0',
  'libstdc++.so.6',
] as const;

interface Platform {
  /** Debian's name for its folder of libraries. */
  readonly triplet: string;
  readonly loader: string;
}

/** By the machine number of an ELF header. */
const platforms: ReadonlyMap<number, Platform> = new Map([
  [0x3e, { triplet: 'x86_64-linux-gnu', loader: 'lib64/ld-linux-x86-64.so.2' }],
  [0xb7, { triplet: 'aarch64-linux-gnu', loader: 'lib/ld-linux-aarch64.so.1' }],
]);

/** The packages that the libraries are of, where the base is a Debian: scanners look for known weaknesses by these. */
const packages = ['libc6', 'libgcc-s1', 'libstdc++6'] as const;

/**
 * Makes the folder, which must not be there or be empty.
 *
 * @throws Error where the base lacks something, or is of a platform that there is no image for
 */
export function makeRoot({ base, node, out }: { base: string; node: string; out: string }): void {
  const put = (from: string, to: string, mode = 0o644) => copy(from, join(out, to), mode);
  put(node, paths.node, 0o755);
  execFileSync(process.execPath, ['esbuild.config.mjs', join(out, paths.bundle)], { stdio: 'inherit' });
  put('LICENSE', join(dirname(paths.bundle), 'LICENSE'));
  const licence = join(dirname(node), '../LICENSE');
  if (existsSync(licence)) put(licence, 'usr/share/doc/node/LICENSE');
  const { triplet, loader } = platformOf(node);
  put(join(base, loader), loader, 0o755);
  for (const library of libraries) {
    const found = [`lib/${triplet}`, 'lib64', 'usr/lib64'].find((folder) =>
      existsSync(join(base, folder, library)),
    );
    if (found === undefined) throw new Error(`\`${base}\` has no ${library} for ${triplet}`);
    put(join(base, found, library), join(found, library));
  }
  write(join(out, 'etc/passwd'), `nonroot:x:${user}:${user}:nonroot:/:/sbin/nologin\n`);
  write(join(out, 'etc/group'), `nonroot:x:${user}:\n`);
  tellOfPackages(base, out);
}

/** For scanners and lawyers: which packages are inside, and under which licences. */
function tellOfPackages(base: string, out: string): void {
  const status = join(base, 'var/lib/dpkg/status');
  if (!existsSync(status)) return;
  copy(join(base, 'etc/os-release'), join(out, 'etc/os-release'), 0o644);
  const stanzas = readFileSync(status, 'utf8').split('\n\n');
  for (const name of packages) {
    const stanza = stanzas.find((each) => each.startsWith(`Package: ${name}\n`));
    if (stanza === undefined) throw new Error(`\`${base}\` has no package \`${name}\``);
    // Where Google's distroless images have them, too.
    write(join(out, 'var/lib/dpkg/status.d', name), `${stanza}\n`);
    const copyright = join('usr/share/doc', name, 'copyright');
    copy(join(base, copyright), join(out, copyright), 0o644);
  }
}

function platformOf(node: string): Platform {
  const machine = readFileSync(node).readUInt16LE(18);
  const platform = platforms.get(machine);
  if (platform !== undefined) return platform;
  throw new Error(`\`${node}\` is for a machine that there is no image for: use one for x64 or arm64`);
}

function copy(from: string, to: string, mode: number): void {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
  chmodSync(to, mode);
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

if (process.argv[1] === import.meta.filename) {
  const options = { base: { type: 'string' }, node: { type: 'string' } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const [out] = positionals;
  if (values.base === undefined || values.node === undefined || out === undefined)
    throw new Error('usage: node image/root.ts --base FOLDER --node FILE OUT');
  makeRoot({ base: values.base, node: values.node, out });
}
