// The programs that enforce NetworkPolicies on a machine, and how it is seen that one of them does. They run as plain processes.
import type { Component } from '../control-plane/components.ts';
import { poll } from '../control-plane/poll.ts';
import { type Family, type MachineAddresses, podRanges, serviceRanges } from './addresses.ts';
import type { Machine } from './machine.ts';
import type { BinaryName } from './versions.ts';

/** Those that follow policies. */
export const workingEnforcers = ['kube-router', 'kube-network-policies'] as const;

export type WorkingEnforcer = (typeof workingEnforcers)[number];

/** `none`: policies are stored, and nobody follows them. */
export const enforcers = [...workingEnforcers, 'none'] as const;

export type Enforcer = (typeof enforcers)[number];

/** The program of each. */
export const enforcerBinary = {
  'kube-router': 'kube-router-netpol',
  'kube-network-policies': 'kube-network-policies',
} as const satisfies Record<WorkingEnforcer, BinaryName>;

/** @throws Error where an enforcer does not do its work for this family */
export function checkEnforcer(enforcer: Enforcer, family: Family): void {
  if (enforcer === 'kube-router' && family === 'dual')
    throw new Error(
      'kube-router 2.1.0 stops following policies at the first IPv6 rule with a set: take `kube-network-policies` for dual stack',
    );
}

/** What an enforcer needs to know of its machine. */
export interface Enforced {
  readonly machine: Machine;
  readonly addresses: MachineAddresses;
  readonly family: Family;
  /** The kubeconfig that it logs in with. */
  readonly kubeconfig: string;
}

/** The process of an enforcer. */
export function enforcerComponent(
  enforcer: WorkingEnforcer,
  command: string,
  { machine, addresses, family, kubeconfig }: Enforced,
): Component {
  const login = [`--kubeconfig=${kubeconfig}`, `--hostname-override=${addresses.name}`, '--v=1'];
  const args = {
    'kube-router': [
      ...['--run-router=false', '--run-service-proxy=false', '--run-firewall=true'],
      `--service-cluster-ip-range=${serviceRanges(family).join(',')}`,
      '--iptables-sync-period=1m',
    ],
    'kube-network-policies': [`--nfqueue-id=${queue}`],
  }[enforcer];
  return machine.component(`${enforcer}-${addresses.number}`, command, [...login, ...args]);
}

/** Waits until an enforcer has taken hold of the machine's packets. */
export async function awaitEnforcer(enforcer: WorkingEnforcer, enforced: Enforced): Promise<void> {
  if (enforcer === 'kube-network-policies') await feedQueue(enforced);
  await poll(() => takesHold[enforcer](enforced.machine), {
    expired: () => new Error(`${enforcer} does not start, see ${enforcer}-${enforced.addresses.number}.log`),
  });
}

const takesHold: Record<WorkingEnforcer, (machine: Machine) => Promise<boolean>> = {
  'kube-router': async (machine) =>
    (await machine.run('iptables-save', '-t', 'filter')).includes('-j KUBE-ROUTER-FORWARD'),
  'kube-network-policies': async (machine) =>
    (await machine.run('cat', '/proc/net/netfilter/nfnetlink_queue')).trim().startsWith(`${queue} `),
};

/** The number of the queue through which kube-network-policies sees packets. */
const queue = 98;

/**
 * A kernel without CONFIG_NFT_QUEUE refuses the rules of kube-network-policies, which goes on without them: so the same rules by
 * iptables, whose NFQUEUE such a kernel may have. Each sync of its own rules then fails, and the kernel drops what is in the queue:
 * single packets are lost at each change of a policy.
 */
async function feedQueue({ machine, family }: Enforced): Promise<void> {
  if (await hasNftQueue(machine)) return;
  for (const range of podRanges(family)) {
    const command = range.includes(':') ? 'ip6tables' : 'iptables';
    const rules = [
      ...(range.includes(':') ? [['-p', 'icmpv6', '-j', 'RETURN']] : []),
      ['-m', 'owner', '--uid-owner', '0', '-j', 'RETURN'],
      ['-m', 'conntrack', '--ctstate', 'ESTABLISHED,RELATED', '-j', 'RETURN'],
      ['-s', range, '-j', 'NFQUEUE', '--queue-num', String(queue), '--queue-bypass'],
      ['-d', range, '-j', 'NFQUEUE', '--queue-num', String(queue), '--queue-bypass'],
    ].map((words) => `${command} -w -t mangle -A ${chain} ${words.join(' ')}`);
    // What a pod sends to its own machine passes no POSTROUTING.
    const ownMachine = `INPUT ! -i lo -s ${range} -m conntrack --ctstate NEW -j NFQUEUE --queue-num ${queue} --queue-bypass`;
    // The chain may be there from an enforcer that has crashed.
    await machine.script([
      `${command} -w -t mangle -N ${chain} 2> /dev/null || ${command} -w -t mangle -F ${chain}`,
      ...rules,
      ...[`POSTROUTING -j ${chain}`, ownMachine].map(
        (rule) => `${command} -w -t mangle -C ${rule} 2> /dev/null || ${command} -w -t mangle -A ${rule}`,
      ),
    ]);
  }
}

const chain = 'KUBE-NETWORK-POLICIES';

/** Tried in a table that is gone again. */
async function hasNftQueue(machine: Machine): Promise<boolean> {
  const table =
    'add table inet trial; add chain inet trial chain; add rule inet trial chain queue num 99; delete table inet trial';
  return await machine.run('nft', table).then(
    () => true,
    () => false,
  );
}
