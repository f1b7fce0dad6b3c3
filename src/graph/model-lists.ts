// The lists of a model that arrows and places refer to by an index: policies, reasons, sets of ports, openings; each item once.
// Must not know which arrows and places they are for.

import type { PolicyReason, RuleReason } from '../analyze/explain.ts';
import type { PolicyFacts, PolicySpec } from '../analyze/facts.ts';
import { getOrInsert } from '../model/groups.ts';
import type { PortSet } from '../model/port-set.ts';
import { formatPorts } from '../model/port-texts.ts';
import { DistinctList } from './distinct-list.ts';
import type { GraphModel, PlaceRun, PolicyNote, RuleNote } from './model.ts';

/** Collects what a model refers to. */
export class ModelLists {
  readonly #specs: ReadonlyMap<string, PolicySpec>;
  readonly #known = new Map<string, number>();
  readonly #policies: PolicyNote[] = [];
  readonly #reasons = new DistinctList<readonly RuleNote[]>();
  readonly #ports = new DistinctList<PortSet>();
  readonly #openings = new DistinctList<readonly PlaceRun[]>();
  /** The same objects come again and again: they are written as JSON once. */
  readonly #indexes = new Map<PortSet | readonly PlaceRun[], number>();
  readonly #texts = new Map<PortSet, string>();

  /** @param policies all of the analysis */
  constructor(policies: readonly PolicyFacts[]) {
    this.#specs = new Map(policies.map(({ namespace, name, spec }) => [`${namespace}/${name}`, spec]));
  }

  /** The index of a policy. */
  policy({ namespace, name, owner }: PolicyReason): number {
    return getOrInsert(this.#known, `${namespace}/${name}`, () => {
      const { ingress = [], egress = [] } = this.#specs.get(`${namespace}/${name}`) ?? {};
      const ours = owner === undefined ? {} : { owner: `${owner.kind} ${owner.name}` };
      return (
        this.#policies.push({ namespace, name, ...ours, rules: { Ingress: ingress, Egress: egress } }) - 1
      );
    });
  }

  /** The index of a list of rules; a repeated rule counts once. */
  reason(rules: readonly RuleReason[]): number {
    const all = rules.map(({ policy, rule, ports, origins }) => ({
      policy: this.policy(policy),
      rule,
      ports: getOrInsert(this.#texts, ports, () => formatPorts(ports)),
      origins,
    }));
    return this.#reasons.add([...new Map(all.map((note) => [`${note.policy} ${note.rule}`, note])).values()]);
  }

  /** The index of a set of ports. */
  ports(set: PortSet): number {
    return getOrInsert(this.#indexes, set, () => this.#ports.add(set));
  }

  /** The index of what one side lets through. */
  opening(runs: readonly PlaceRun[]): number {
    return getOrInsert(this.#indexes, runs, () => this.#openings.add(runs));
  }

  /** All of them. */
  get items(): Pick<GraphModel, 'policies' | 'reasons' | 'ports' | 'openings'> {
    return {
      policies: this.#policies,
      reasons: this.#reasons.items,
      ports: this.#ports.items,
      openings: this.#openings.items,
    };
  }
}
