// Names and addresses of a test node's machines, pods and Services. They are the same in every node: each has a network of its own.
// Pure.
import { serviceRanges as bothServiceRanges } from '../control-plane/components.ts';

/** `dual` is IPv4 first, and IPv6. */
export type Family = 'ipv4' | 'dual';

/** One Kubernetes node. */
export interface MachineAddresses {
  /** From 1. */
  readonly number: number;
  /** The name of its Node object. */
  readonly name: string;
  /** One per family, IPv4 first; so are all lists here. */
  readonly addresses: readonly string[];
  /** The ranges of its pods. */
  readonly podRanges: readonly string[];
  /** The Ethernet address of its interface. */
  readonly mac: string;
}

const ofFamily = (family: Family, both: readonly string[]): readonly string[] =>
  family === 'ipv4' ? both.slice(0, 1) : both;

export function machineAddresses(number: number, family: Family): MachineAddresses {
  return {
    number,
    name: `ring-${number}`,
    addresses: ofFamily(family, [`10.250.0.${number}`, `fd00:10:250::${number}`]),
    podRanges: ofFamily(family, [`10.244.${number}.0/24`, `fd00:10:244:${number}::/64`]),
    mac: `02:fe:00:00:00:0${number}`,
  };
}

/** The length of the prefix that all machines share. */
export const prefixLength = (address: string): number => (address.includes(':') ? 64 : 24);

/** The ranges of all pods. */
export const podRanges = (family: Family): readonly string[] =>
  ofFamily(family, ['10.244.0.0/16', 'fd00:10:244::/48']);

export const serviceRanges = (family: Family): readonly string[] => ofFamily(family, bothServiceRanges);

/** Where CoreDNS answers. */
export const dnsAddress = '10.96.0.10';

/** Where the API server listens, on the first machine. */
export const apiServer = { address: '10.250.0.1', port: 6443, url: 'https://10.250.0.1:6443' } as const;

/** Anything, in the family of an address or range. */
export const everywhere = (address: string): string => (address.includes(':') ? '::/0' : '0.0.0.0/0');
