// Machines outside of a node: one with a public address, a private one and the metadata service's, which answers and dials. It is a
// network namespace on the first machine of the node. Must not know what may reach it.
import { spawn } from 'node:child_process';
import { findBinaries } from '../../binaries/find-binaries.ts';
import { type Family, machineAddresses } from '../addresses.ts';
import { Dialer } from '../dialer.ts';
import type { RingNode } from '../node.ts';
import { nodeBinaries } from '../node-binaries.ts';
import type { OutsideServer } from './probes.ts';

/** What it is called. */
const outsideNames = {
  ipv4: { '93.184.216.34': 'public', '172.16.0.9': 'private', '169.254.169.254': 'metadata' },
  ipv6: { '2606:2800:220:1::34': 'public', 'fd12:3456::9': 'private' },
} as const;

const ports = [80, 443, 8080] as const;

/** The link between it and the node, and its address there. */
const links = {
  ipv4: { node: '10.251.0.1', own: '10.251.0.2', prefix: 30, whole: 32 },
  ipv6: { node: 'fd00:10:251::1', own: 'fd00:10:251::2', prefix: 64, whole: 128 },
} as const;

/** What is outside. */
export interface Internet {
  readonly servers: readonly OutsideServer[];
  /** The public addresses from which it dials. */
  readonly clients: readonly string[];
  readonly dialer: Dialer;
  readonly close: () => void;
}

/** Makes it, and the ways between it and the pods. It ends with the node. */
export async function connectInternet(node: RingNode, family: Family): Promise<Internet> {
  const { agent } = await findBinaries(nodeBinaries, ['agent']);
  const [first = '', ...others] = node.names;
  const families = family === 'dual' ? (['ipv4', 'ipv6'] as const) : (['ipv4'] as const);
  const run = async (name: string, line: string) => await node.run(name, ...line.split(' '));
  await run(first, 'ip netns add internet');
  await run(first, 'ip link add internet0 type veth peer name eth0 netns internet');
  await run(first, 'ip link set internet0 up');
  await run(first, 'ip -n internet link set lo up');
  await run(first, 'ip -n internet link set eth0 up');
  for (const each of families) {
    const { node: gateway, own, prefix, whole } = links[each];
    const nodad = each === 'ipv6' ? ' nodad' : '';
    const addresses = Object.keys(outsideNames[each]);
    await run(first, `ip addr add ${gateway}/${prefix} dev internet0${nodad}`);
    await run(first, `ip -n internet addr add ${own}/${prefix} dev eth0${nodad}`);
    for (const address of addresses) {
      await run(first, `ip -n internet addr add ${address}/${whole} dev lo${nodad}`);
      await run(first, `ip route add ${address}/${whole} via ${own}`);
      const [firstAddress] = machineAddresses(1, family).addresses.filter(
        (own) => own.includes(':') === (each === 'ipv6'),
      );
      for (const other of others) await run(other, `ip route add ${address}/${whole} via ${firstAddress}`);
    }
    // What it sends comes from its public address.
    const everywhere = each === 'ipv6' ? '-6 ' : '';
    await run(first, `ip -n internet ${everywhere}route add default via ${gateway} src ${addresses[0]}`);
  }
  const inside = [...node.enter(first), 'ip', 'netns', 'exec', 'internet', agent];
  const serving = [...inside, 'serve', '-name', 'internet', ...ports.map((port) => `tcp:${port}`)];
  const [command = '', ...words] = serving;
  const server = spawn(command, words, { stdio: 'ignore' });
  server.unref();
  const dialer = new Dialer([...inside, 'dial']);
  return {
    servers: families.flatMap((each) =>
      Object.entries(outsideNames[each]).flatMap(([address, name]) =>
        ports.map((number) => ({ name, address, port: { protocol: 'TCP' as const, number } })),
      ),
    ),
    clients: families.map((each) => Object.keys(outsideNames[each])[0] ?? ''),
    dialer,
    close: () => {
      dialer.close();
      server.kill('SIGKILL');
    },
  };
}
