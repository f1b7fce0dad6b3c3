// Policies and reasons that occur repeatedly, each stored once and referenced by its index.
// Must not know which arrows they are for.
import type { PolicyReason, RuleReason } from '../analyze/explain.ts';
import { formatKey } from '../model/object-key.ts';
import { formatPorts } from '../model/port-texts.ts';
import type { PolicyNote, RuleNote } from './model.ts';

/** Collects policies and reasons. */
export class ReasonIndex {
  readonly #policies = new Map<string, { readonly index: number; readonly note: PolicyNote }>();
  readonly #reasons = new Map<string, { readonly index: number; readonly rules: readonly RuleNote[] }>();

  /** The index of a policy. */
  policy({ namespace, name, owner }: PolicyReason): number {
    const key = formatKey({ namespace, name });
    const known = this.#policies.get(key);
    if (known !== undefined) return known.index;
    const index = this.#policies.size;
    const note = {
      namespace,
      name,
      ...(owner === undefined ? {} : { owner: `${owner.kind} ${owner.name}` }),
    };
    this.#policies.set(key, { index, note });
    return index;
  }

  /** The index of a list of rules; a repeated rule counts once. */
  reason(rules: readonly RuleReason[]): number {
    const all = rules.map(({ policy, rule, ports, origins }) => ({
      policy: this.policy(policy),
      rule,
      ports: formatPorts(ports),
      origins,
    }));
    const notes = [...new Map(all.map((note) => [`${note.policy} ${note.rule}`, note])).values()];
    const key = JSON.stringify(notes);
    const known = this.#reasons.get(key);
    if (known !== undefined) return known.index;
    const index = this.#reasons.size;
    this.#reasons.set(key, { index, rules: notes });
    return index;
  }

  get policies(): readonly PolicyNote[] {
    return [...this.#policies.values()].map(({ note }) => note);
  }

  get reasons(): readonly (readonly RuleNote[])[] {
    return [...this.#reasons.values()].map(({ rules }) => rules);
  }
}
