// The ports of a route if they are the pods' own: nothing is translated.
// Must not know which end they belong to.
import { type NonEmpty, type Peer, type PolicyPort, type Rule, ruleOn } from '../model/network-policy.ts';
import { policyPorts } from '../model/policy-ports.ts';
import { type Result, success } from '../model/result.ts';
import type { WrittenPorts } from './route-end.ts';

/** Pod ports as they are written; `undefined` means every port. */
export function podPorts(written: WrittenPorts): Result<NonEmpty<PolicyPort> | undefined, never> {
  return success(written === undefined ? undefined : policyPorts(written));
}

/** Peers as the end of a route, on unchanged pod ports. */
export function onPodPorts(peers: NonEmpty<Peer>, written: WrittenPorts): NonEmpty<Rule> {
  return [ruleOn(peers, written === undefined ? undefined : policyPorts(written))];
}
