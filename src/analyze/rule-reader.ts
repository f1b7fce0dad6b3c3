// Reads the rules of policies, equal ones once: in a big cluster very many policies are equal but for their namespace.
// Must not know pods.
import { getOrInsert, unify } from '../model/groups.ts';
import { type IpRange, parseStoredCidr } from '../model/ip-ranges.ts';
import type { Direction } from '../model/network-policy.ts';
import type { LabelSelector } from '../model/selectors.ts';
import type { PolicyFacts, PolicyPeer, PolicyRule, PolicySpec } from './facts.ts';
import type { RulePort } from './rule-ports.ts';
import { isolationOf, type ParsedPeer, type ParsedRule } from './rules.ts';

/** What a policy says apart from its namespace and name. */
interface SpecParts {
  readonly pods: LabelSelector;
  readonly rules: Readonly<Record<Direction, readonly RuleParts[]>>;
}

interface RuleParts {
  readonly index: number;
  readonly peers?: readonly PolicyPeer[];
  readonly ports?: readonly RulePort[];
}

const none: readonly never[] = [];

/**
 * Reads policies. Equal selectors, peers and lists of ports become one object, so that what is found out about it is known of all
 * policies that have it.
 */
export class RuleReader {
  readonly #specs = new Map<PolicySpec, SpecParts>();
  readonly #rules = {
    Ingress: new Map<PolicyFacts, readonly ParsedRule[]>(),
    Egress: new Map<PolicyFacts, readonly ParsedRule[]>(),
  };
  readonly #selectors = new Map<string, LabelSelector>();
  readonly #ports = new Map<string, readonly RulePort[]>();
  readonly #rawPeers = new Map<string, PolicyPeer>();
  readonly #peers = new Map<PolicyPeer, ParsedPeer>();
  /** The same for peers that mean another namespace in each policy. */
  readonly #ownPeers = new Map<PolicyPeer, Map<string, ParsedPeer>>();

  /** The pods that a policy selects in its namespace; equal selectors are one object. */
  podsOf({ spec }: PolicyFacts): LabelSelector {
    return this.#partsOf(spec).pods;
  }

  /** The rules of a policy in a direction; none if it does not isolate in this direction, because then they have no meaning. */
  rulesOf(policy: PolicyFacts, direction: Direction): readonly ParsedRule[] {
    const parts = this.#partsOf(policy.spec).rules[direction];
    if (parts.length === 0) return none;
    return getOrInsert(this.#rules[direction], policy, () =>
      parts.map(({ index, peers, ports }) => ({
        policy,
        index,
        ...(peers && { peers: peers.map((peer) => this.#read(peer, policy.namespace)) }),
        ...(ports && { ports }),
      })),
    );
  }

  #partsOf(spec: PolicySpec): SpecParts {
    return getOrInsert(this.#specs, spec, () => {
      const isolates = isolationOf(spec);
      return {
        pods: unify(this.#selectors, spec.podSelector),
        rules: {
          Ingress: isolates.includes('Ingress') ? this.#partsIn(spec.ingress, 'from') : [],
          Egress: isolates.includes('Egress') ? this.#partsIn(spec.egress, 'to') : [],
        },
      };
    });
  }

  #partsIn(rules: readonly PolicyRule[] = [], side: 'from' | 'to'): readonly RuleParts[] {
    return rules.map(({ ports = [], [side]: peers = [] }, index) => ({
      index,
      ...(peers.length > 0 && { peers: peers.map((peer) => unify(this.#rawPeers, peer)) }),
      ...(ports.length > 0 && { ports: unify(this.#ports, ports) }),
    }));
  }

  #read(peer: PolicyPeer, namespace: string): ParsedPeer {
    const isOwn = peer.ipBlock === undefined && peer.namespaceSelector === undefined;
    if (!isOwn) return getOrInsert(this.#peers, peer, () => this.#parse(peer, namespace));
    const inNamespaces = getOrInsert(this.#ownPeers, peer, () => new Map<string, ParsedPeer>());
    return getOrInsert(inNamespaces, namespace, () => this.#parse(peer, namespace));
  }

  #parse({ ipBlock, namespaceSelector, podSelector = {} }: PolicyPeer, namespace: string): ParsedPeer {
    if (ipBlock !== undefined) {
      const { cidr, except = [] } = ipBlock;
      return { cidr, range: readBlock(cidr), except: except.map(readBlock) };
    }
    const pods = unify(this.#selectors, podSelector);
    if (namespaceSelector === undefined) return { namespace, podSelector: pods };
    return { namespaceSelector: unify(this.#selectors, namespaceSelector), podSelector: pods };
  }
}

/** @throws if it is not a CIDR: facts are checked when they are made */
function readBlock(cidr: string): IpRange {
  const parsed = parseStoredCidr(cidr);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}
