// One thing that a namespace allows: a rule on some of its pods, in one direction. Everything that allows something becomes this.
// Must not know in which policy it ends up.

import type { Direction, Rule } from '../../model/network-policy.ts';
import type { MatchBy } from '../../model/rule-fingerprints.ts';
import type { LabelSelector } from '../../model/selectors.ts';

/** A rule for pods of one namespace: ingress to them, or egress from them. */
export interface AllowRule {
  readonly direction: Direction;
  readonly pods: LabelSelector;
  readonly rule: Rule;
}

/** An allow rule, and its origin: the name of a route, or of an object that exposes pods. */
export interface RequestedAllowRule extends AllowRule {
  readonly origin: string;
  /** It must not be written because a fact is missing; this identifies it if it is enforced already. */
  readonly withheld?: MatchBy;
  /** The route end whose discovered addresses are among its peers; absent if somebody wrote them. */
  readonly discoveredFor?: string;
}
