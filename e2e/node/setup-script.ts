// What a machine does to its namespaces before anything else runs in them, as lines of shell: mounts, settings of the kernel, its
// interface. Nothing of it reaches the host. Pure.
import { join } from 'node:path';
import { everywhere, type MachineAddresses, prefixLength } from './addresses.ts';
import type { Hierarchy } from './cgroups.ts';

/** Mounts: a /sys of this network and of these cgroups, an own /run, and what is written to /etc, /var and /opt kept apart. */
export function mountLines(
  folder: string,
  hierarchies: readonly Hierarchy[],
  machine: MachineAddresses,
): readonly string[] {
  return [
    `hostname ${machine.name}`,
    'mount -t sysfs sysfs /sys',
    'mount -t tmpfs -o mode=755 cgroups /sys/fs/cgroup',
    ...hierarchies.flatMap(({ path, options }) => [
      `mkdir -p ${path}`,
      `mount -t cgroup -o ${options} cgroup ${path}`,
    ]),
    'mount -t tmpfs -o mode=755 run /run',
    ...['etc', 'var', 'opt'].flatMap((name) => overlayLines(join(folder, name), `/${name}`)),
    // An overlay can't be the ground for another one.
    ...['/var/lib/containerd', '/var/lib/kubelet'].flatMap((path) => bindLines(join(folder, path), path)),
    // Mounts that kubelet makes are seen by containers.
    'mount --make-rshared /',
    ...wantedSettings.flatMap(([name, value]) => seenAs(name, value)),
  ];
}

const overlayLines = (folder: string, path: string): readonly string[] => [
  `mkdir -p ${folder}/upper ${folder}/work ${path}`,
  `mount -t overlay overlay -o lowerdir=${path},upperdir=${folder}/upper,workdir=${folder}/work ${path}`,
];

const bindLines = (from: string, to: string): readonly string[] => [
  `mkdir -p ${from} ${to}`,
  `mount --bind ${from} ${to}`,
];

/** Settings of the whole host that kubelet wants: it finds them as they should be, and leaves them. */
const wantedSettings = [
  ['kernel/panic', '10'],
  ['kernel/panic_on_oops', '1'],
  ['vm/overcommit_memory', '1'],
] as const;

function seenAs(name: string, value: string): readonly string[] {
  const file = `/run/settings/${name}`;
  return [`mkdir -p $(dirname ${file})`, `echo ${value} > ${file}`, `mount --bind ${file} /proc/sys/${name}`];
}

/** The interface of every machine. */
const own = 'node0';

/** The first machine's interface is the bridge to which the others are joined. */
export function firstNetworkLines(machine: MachineAddresses): readonly string[] {
  return [
    `ip link add ${own} type bridge`,
    // Without a port that is up, a bridge is down.
    'ip link add port0 type veth peer name nowhere',
    `ip link set port0 master ${own}`,
    'ip link set nowhere up',
    'ip link set port0 up',
    ...networkLines(machine),
  ];
}

/** Joins another machine to it, in the first machine's network. @param pid of the other machine */
export const joinWords = (machine: MachineAddresses, pid: number): readonly (readonly string[])[] => [
  [...`ip link add port${machine.number} type veth peer name ${own} netns ${pid}`.split(' ')],
  [...`ip link set port${machine.number} master ${own}`.split(' ')],
  [...`ip link set port${machine.number} up`.split(' ')],
];

/** Brings up the interface. There is a way out, which leads nowhere. */
export function networkLines({ addresses, mac }: MachineAddresses): readonly string[] {
  const settings = [
    'net/ipv4/ip_forward=1',
    'net/bridge/bridge-nf-call-iptables=1',
    ...(addresses.some((address) => address.includes(':'))
      ? ['net/ipv6/conf/all/forwarding=1', 'net/bridge/bridge-nf-call-ip6tables=1']
      : []),
  ];
  return [
    'ip link set lo up',
    `ip link set ${own} address ${mac}`,
    ...addresses.map(
      (address) =>
        `ip addr add ${address}/${prefixLength(address)} dev ${own}${address.includes(':') ? ' nodad' : ''}`,
    ),
    `ip link set ${own} up`,
    ...addresses.map((address) => `ip route add ${everywhere(address)} dev ${own}`),
    ...settings.map((setting) => setting.replace(/^(.*)=(.*)$/, 'echo $2 > /proc/sys/$1')),
  ];
}

/** The ways to the pods of the other machines. */
export function routeLines(machine: MachineAddresses, all: readonly MachineAddresses[]): readonly string[] {
  return all
    .filter((other) => other.number !== machine.number)
    .flatMap((other) =>
      other.podRanges.map((range, index) => `ip route replace ${range} via ${other.addresses[index]}`),
    );
}
