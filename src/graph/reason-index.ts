// Policies and reasons of a model, each stored once and referenced by its index.
// Must not know which arrows they are for.
import type { PolicyReason, RuleReason } from '../analyze/explain.ts';
import { formatPorts } from '../model/port-texts.ts';
import { DistinctList } from './distinct-list.ts';
import type { PolicyNote, RuleNote } from './model.ts';

/** Collects policies and reasons. */
export class ReasonIndex {
  readonly #policies = new DistinctList<PolicyNote>();
  readonly #reasons = new DistinctList<readonly RuleNote[]>();

  /** The index of a policy. */
  policy({ namespace, name, owner }: PolicyReason): number {
    const ours = owner === undefined ? {} : { owner: `${owner.kind} ${owner.name}` };
    return this.#policies.add({ namespace, name, ...ours });
  }

  /** The index of a list of rules; a repeated rule counts once. */
  reason(rules: readonly RuleReason[]): number {
    const all = rules.map(({ policy, rule, ports, origins }) => ({
      policy: this.policy(policy),
      rule,
      ports: formatPorts(ports),
      origins,
    }));
    return this.#reasons.add([...new Map(all.map((note) => [`${note.policy} ${note.rule}`, note])).values()]);
  }

  get policies(): readonly PolicyNote[] {
    return this.#policies.items;
  }

  get reasons(): readonly (readonly RuleNote[])[] {
    return this.#reasons.items;
  }
}
