// One thing that a namespace allows: a rule on some of its pods, in one direction. Whatever allows something is reduced to this.
// Must not know which policy it ends up in.
import type { Likeness } from '../../model/enforced-rules.ts';
import type { Direction, Rule } from '../../model/network-policy.ts';
import type { LabelSelector } from '../../model/selectors.ts';

/** What is opened on pods of one namespace: the way in to them, or the way out. */
export interface AllowRule {
  readonly direction: Direction;
  readonly pods: LabelSelector;
  readonly rule: Rule;
}

/** An opening, and who asks for it: the name of a route, or of an object that exposes pods. */
export interface RequestedAllowRule extends AllowRule {
  readonly origin: string;
  /** It is not to be written for lack of a fact, and is known again by this where it is enforced already. */
  readonly withheld?: Likeness;
  /** The route end that addresses among its peers were found out for; absent where somebody wrote them. */
  readonly foundFor?: string;
}
