// Whether a node can run here, and what is missing where it can't. Features of the kernel are tried, in namespaces that are gone
// afterwards: a configuration can't be read everywhere, and says nothing of what is allowed.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { type Hierarchy, hostHierarchies } from './cgroups.ts';

const run = promisify(execFile);

/** The programs that are run, and the Debian package of each. */
const programs: Readonly<Record<string, string>> = {
  unshare: 'util-linux',
  nsenter: 'util-linux',
  setpriv: 'util-linux',
  mount: 'mount',
  ip: 'iproute2',
  tar: 'tar',
  runc: 'runc',
  iptables: 'iptables',
  ip6tables: 'iptables',
  ipset: 'ipset',
  nft: 'nftables',
  conntrack: 'conntrack',
};

/** Where administration programs are, which a user's PATH may lack. */
const path = `${process.env.PATH ?? ''}${delimiter}/usr/local/sbin${delimiter}/usr/sbin${delimiter}/sbin`;

/** The environment of what runs on a node. */
export const nodeEnvironment: NodeJS.ProcessEnv = { ...process.env, PATH: path };

/** Where a program is, or undefined. */
export const programAt = (name: string): string | undefined =>
  path
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file));

/** The folder of the network plugins: Debian's, or that of everybody else. */
export const pluginFolder = (): string | undefined =>
  ['/usr/lib/cni', '/opt/cni/bin'].find((folder) => existsSync(join(folder, 'bridge')));

/** What is tried of the kernel: its name, and a line of shell that fails without it. */
const kernelFeatures: readonly (readonly [name: string, trial: string])[] = [
  [
    'overlayfs',
    'mkdir /run/l /run/u /run/w /run/m && mount -t overlay overlay -o lowerdir=/run/l,upperdir=/run/u,workdir=/run/w /run/m',
  ],
  ['veth', 'ip link add name try0 type veth peer name try1'],
  ['bridge', 'ip link add name try2 type bridge && ip link set try0 master try2'],
  ['br_netfilter', 'test -e /proc/sys/net/bridge/bridge-nf-call-iptables'],
  ['ipset', 'ipset create try hash:ip && iptables -w -A FORWARD -m set --match-set try src -j ACCEPT'],
  [
    'nftables with NAT',
    'nft "add table inet a; add chain inet a b { type nat hook postrouting priority 100; }; add rule inet a b masquerade"',
  ],
];

/** Mounts first: /run of the trial is its own. */
const trialScript = [
  'mount -t tmpfs tmpfs /run',
  ...kernelFeatures.map(([name, trial]) => `{ ${trial}; } > /dev/null 2>&1 || echo '${name}'`),
].join('\n');

/** How the host is asked; a test gives other answers. */
export interface Host {
  readonly platform: string;
  readonly user: number;
  readonly has: (program: string) => boolean;
  readonly pluginFolder: string | undefined;
  /** The number of hierarchies of cgroups of version 1 that control something, unlike that of systemd. */
  readonly hierarchies: number;
  /** Runs a script of shell in throw-away namespaces. */
  readonly inNamespaces: (script: string) => Promise<string>;
}

const isControlled = ({ options }: Hierarchy): boolean => !options.startsWith('none');

const thisHost = (): Host => ({
  platform: process.platform,
  user: process.getuid?.() ?? -1,
  has: (program) => programAt(program) !== undefined,
  pluginFolder: pluginFolder(),
  hierarchies: process.platform === 'linux' ? hostHierarchies().filter(isControlled).length : 0,
  inNamespaces: async (script) => {
    const flags = ['--net', '--mount', '--pid', '--uts', '--ipc', '--cgroup', '--fork', '--mount-proc'];
    return (await run('unshare', [...flags, 'sh', '-c', script], { env: nodeEnvironment })).stdout;
  },
});

/**
 * Why no node can run here.
 * @returns a sentence, or undefined where one can
 */
export async function whyNotHere(host: Host = thisHost()): Promise<string | undefined> {
  if (host.platform !== 'linux') return 'a node needs Linux';
  if (host.user !== 0) return 'a node needs root, for namespaces of its own';
  const missing = Object.keys(programs).filter((program) => !host.has(program));
  const packages = new Set(missing.map((program) => programs[program]));
  if (host.pluginFolder === undefined) {
    missing.push('the CNI plugins');
    packages.add('containernetworking-plugins');
  }
  if (missing.length > 0)
    return `a node needs ${missing.join(', ')}: install ${[...packages].sort().join(', ')}, as \`make packages\` does`;
  if (host.hierarchies === 0) return 'a node needs cgroups of version 1, which this machine does not mount';
  const absent = await host.inNamespaces(trialScript).then(
    (output) => output.split('\n').filter(Boolean),
    (error: Error) => [`namespaces of its own (${error.message.split('\n').at(-2) ?? error.message})`],
  );
  return absent.length === 0 ? undefined : `a node needs these features of the kernel: ${absent.join(', ')}`;
}

/** @throws Error with the sentence of `whyNotHere` */
export async function checkRequirements(): Promise<void> {
  const why = await whyNotHere();
  if (why !== undefined) throw new Error(why);
}
