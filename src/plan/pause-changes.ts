// When the policy of a pause changes: what it opens more at once, and what it no longer opens once nothing denies that any more.
// Must not know which pauses there are.
import { directions, nonEmpty } from '../model/network-policy.ts';
import type { OwnedPolicy } from '../model/policies.ts';
import { isPauseName } from '../model/policy-names.ts';
import { type PolicyChange, writeOf } from './changes.ts';

/** The writes of the policy of a pause, before and after those of all other policies. */
export interface PauseChanges {
  readonly first: readonly PolicyChange[];
  readonly last: readonly PolicyChange[];
}

/** @param writes of all policies */
export function pauseChanges(writes: readonly PolicyChange[], current: readonly OwnedPolicy[]): PauseChanges {
  const all = writes
    .filter((change) => change.action !== 'delete' && isPauseName(change.policy.name))
    .map((change) => inOrder(change, current));
  return { first: all.flatMap(({ first }) => first), last: all.flatMap(({ last }) => last) };
}

function inOrder(change: PolicyChange, current: readonly OwnedPolicy[]): PauseChanges {
  if (change.action !== 'replace') return { first: [change], last: [] };
  const { policy } = change;
  const existing = current.find(({ name }) => name === policy.name);
  const [before, after] = [existing?.isolates ?? [], policy.spec.policyTypes];
  if (before.every((each) => after.includes(each))) return { first: [change], last: [] };
  if (after.every((each) => before.includes(each))) return { first: [], last: [change] };
  // It gains one direction and loses another: it opens both for now, and the next plan takes one away.
  const both = nonEmpty(directions.filter((each) => before.includes(each) || after.includes(each)));
  const spec = { ...policy.spec, policyTypes: both ?? after, ingress: [{}], egress: [{}] } as const;
  return { first: writeOf({ ...policy, spec }, existing), last: [] };
}
