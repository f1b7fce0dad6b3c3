// The table of the canary: its namespace, its pods, and on which port it tries what. Policies, listeners and clients are all made from
// it, so that they can't disagree. Must not know how anything is tried.

import type { CniCapability } from '../model/cni-facts.ts';

/** The groups of listeners. What is denied at the first is denied by its own policies, at the second by those of the clients. */
export const listenerGroups = { Ingress: 'listener-a', Egress: 'listener-b' } as const;

/** The labels that the canary's selectors use. */
export const canaryLabels = { role: 'ringfence.dev/canary', client: 'ringfence.dev/canary-client' } as const;

/** Where every client may connect to. A listener that is asked here tries the denied port of another one. */
export const controlPort = 8080;

/** Where no client may connect to, but listeners may. */
export const deniedPort = 8081;

/** What the markers open in turn, at the second group. */
export const markerPorts = [9000, 9001] as const;

/** The Service that tells whether a CNI judges before or after address translation. */
export const translatedService = 'translated';

/** A port of a NetworkPolicy. */
export interface TriedPolicyPort {
  readonly port: number | string;
  readonly endPort?: number;
}

/** One thing that CNIs do in different ways, told by a connection that only one of the ways allows. */
export interface Capability {
  readonly name: CniCapability;
  /** For people. */
  readonly meaning: string;
  /** Where it is tried: at a listener, at the Service, or at the machine of the client. */
  readonly at: 'listener' | 'service' | 'node';
  readonly port: number;
  /** The port of the pods behind a port of the Service. */
  readonly targetPort?: number;
  /** The egress rule that allows it: which ports of which peers. */
  readonly rule: { readonly peers: 'listeners' | 'everything' | 'anyone'; readonly port: TriedPolicyPort };
  /** Whether a failed connection says `No`. It says nothing where it isn't certain that somebody listens. */
  readonly failureCounts: boolean;
}

/** The name of the port that a rule names. */
export const namedPort = 'named';

/** All that are tried, one in each round. */
export const capabilities: readonly Capability[] = [
  {
    name: 'IPBlockSelectsPods',
    meaning: 'an `ipBlock` also selects pods',
    ...{ at: 'listener', port: 8100, rule: { peers: 'everything', port: { port: 8100 } } },
    failureCounts: true,
  },
  {
    name: 'IPBlockSelectsNodes',
    meaning: "an `ipBlock` also selects the pod's own node",
    ...{ at: 'node', port: 10250, rule: { peers: 'everything', port: { port: 10250 } } },
    failureCounts: false,
  },
  {
    name: 'EndPort',
    meaning: 'a range of ports (`endPort`) is followed',
    ...{ at: 'listener', port: 8115, rule: { peers: 'listeners', port: { port: 8110, endPort: 8119 } } },
    failureCounts: true,
  },
  {
    name: 'NamedPort',
    meaning: 'the name of a port is followed',
    ...{ at: 'listener', port: 8120, rule: { peers: 'listeners', port: { port: namedPort } } },
    failureCounts: true,
  },
  {
    name: 'ServiceBeforeTranslation',
    meaning: 'a rule for the port of a Service allows connections to the Service',
    ...{ at: 'service', port: 8130, targetPort: 8131, rule: { peers: 'anyone', port: { port: 8130 } } },
    failureCounts: true,
  },
  {
    name: 'ServiceAfterTranslation',
    meaning: 'a rule for the pods behind a Service allows connections to the Service',
    ...{ at: 'service', port: 8140, targetPort: 8141, rule: { peers: 'listeners', port: { port: 8141 } } },
    failureCounts: true,
  },
];

/** What nothing here can try. */
export const untried = [
  { name: 'SCTP', meaning: 'rules for SCTP are followed', why: 'the canary cannot speak SCTP' },
] as const;

/** How a denial looks: the one capability that is no yes or no. */
export const denialCapability = {
  name: 'Denial',
  meaning: 'a denied connection is refused at once, or dropped without an answer',
} as const;

/** Whether the other family of addresses is enforced, too: some CNIs enforce IPv4 alone. */
export const ipv6Capability = { name: 'IPv6', meaning: 'policies are in force for IPv6 as well' } as const;

/** Every port on which a listener answers. */
export const listenerPorts: readonly number[] = [
  controlPort,
  deniedPort,
  ...markerPorts,
  ...capabilities.flatMap(({ at, port, targetPort = port }) => (at === 'node' ? [] : [targetPort])),
];

/** Every port on which it is tried what a client may do. */
export const triedPorts: readonly number[] = [...listenerPorts, ...capabilities.map(({ port }) => port)];

/** Where API servers usually listen: as in config/network. */
export const apiServerPorts = [443, 6443, 8443, 16443] as const;

/**
 * How often a new pod tries its first connections, how long it may live, most of it for its image to be pulled, and how far back its
 * first try may be when it reports, in seconds.
 */
export const freshPods = { schedule: '*/5 * * * *', deadlineSeconds: 180, triesSeconds: 60 } as const;

/** The most nodes whose clients take part at one time. */
export const maxClients = 20;
