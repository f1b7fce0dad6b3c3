// The rules of NetworkPolicies, with the API's defaults filled in and their CIDRs parsed. The rest of the analysis reads only
// these. Must not know pods, nor how they are read.
//
// Source: https://pkg.go.dev/k8s.io/api/networking/v1 (NetworkPolicySpec, NetworkPolicyPeer, IPBlock).

import type { IpRange } from '../model/ip-ranges.ts';
import { type Direction, directions } from '../model/network-policy.ts';
import type { LabelSelector } from '../model/selectors.ts';
import type { PolicyFacts, PolicySpec } from './facts.ts';
import type { RulePort } from './rule-ports.ts';

/** A rule of a policy in one direction. */
export interface ParsedRule {
  readonly policy: PolicyFacts;
  readonly index: number;
  /** Absent: everyone, including addresses and pods that no selector selects. */
  readonly peers?: readonly ParsedPeer[];
  /** Absent: every port. */
  readonly ports?: readonly RulePort[];
}

/** One peer of a rule. */
export type ParsedPeer = PodPeer | ParsedBlock;

/** Pods by their labels and those of their namespace. */
export interface PodPeer {
  /** The policy's own namespace, if the peer has no namespace selector. */
  readonly namespace?: string;
  readonly namespaceSelector?: LabelSelector;
  readonly podSelector: LabelSelector;
}

/** An `ipBlock`: the addresses of `range` that are in none of `except`. */
export interface ParsedBlock {
  readonly cidr: string;
  readonly range: IpRange;
  readonly except: readonly IpRange[];
}

/** Whether a peer is an address block, not pods. */
export function isBlock(peer: ParsedPeer): peer is ParsedBlock {
  return 'range' in peer;
}

/**
 * The directions in which a policy isolates the pods that it selects: "If this field is not specified, it will default
 * based on the existence of ingress or egress rules; policies that contain an egress section are assumed to affect egress,
 * and all policies (whether or not they contain an ingress section) are assumed to affect ingress" (NetworkPolicySpec).
 */
export function isolationOf({ policyTypes = [], egress = [] }: PolicySpec): readonly Direction[] {
  if (policyTypes.length > 0) return directions.filter((direction) => policyTypes.includes(direction));
  return egress.length > 0 ? directions : ['Ingress'];
}
