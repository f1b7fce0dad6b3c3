// The lists of a model that arrows and places refer to by an index: policies, reasons, sets of ports, openings; each item once.
// Must not know which arrows and places they are for.

import type { PolicyReason, RuleReason } from '../analyze/explain.ts';
import type { PolicyFacts } from '../analyze/facts.ts';
import type { RuleOpening } from '../analyze/side-openings.ts';
import { getOrInsert } from '../model/groups.ts';
import { type Direction, directions } from '../model/network-policy.ts';
import { formatKey } from '../model/object-key.ts';
import type { PortSet } from '../model/port-set.ts';
import { DistinctList } from './distinct-list.ts';
import type { GraphModel, PlaceRun, PolicyNote, RuleNote } from './model.ts';

/** Collects what a model refers to. */
export class ModelLists {
  readonly #facts: ReadonlyMap<string, PolicyFacts>;
  /** By direction and policy, in the order of its rules. */
  readonly #letting: ReadonlyMap<string, readonly RuleOpening[]>;
  readonly #known = new Map<string, number>();
  readonly #policies: PolicyNote[] = [];
  readonly #reasons = new DistinctList<readonly RuleNote[]>();
  readonly #ports = new DistinctList<PortSet>();
  readonly #openings = new DistinctList<readonly PlaceRun[]>();
  /** The same objects come again and again: they are written as JSON once. */
  readonly #indexes = new Map<PortSet | readonly PlaceRun[], number>();

  /** @param policies all of the analysis, and what their rules let through */
  constructor(
    policies: readonly PolicyFacts[],
    openings: Readonly<Record<Direction, readonly RuleOpening[]>>,
  ) {
    this.#facts = new Map(policies.map((policy) => [formatKey(policy), policy]));
    this.#letting = new Map(
      directions.flatMap((direction) => [
        ...Map.groupBy(openings[direction], ({ policy }) => `${direction} ${formatKey(policy)}`),
      ]),
    );
  }

  /** The index of a policy. */
  policy({ namespace, name, owner }: PolicyReason): number {
    const key = formatKey({ namespace, name });
    return getOrInsert(this.#known, key, () => {
      const { spec, origins } = this.#facts.get(key) ?? {};
      const { ingress = [], egress = [] } = spec ?? {};
      const note = {
        namespace,
        name,
        ...(owner === undefined ? {} : { owner: `${owner.kind} ${owner.name}` }),
        ...(origins === undefined ? {} : { origins }),
        rules: { Ingress: ingress, Egress: egress },
        lets: { Ingress: this.#lets('Ingress', key), Egress: this.#lets('Egress', key) },
      };
      return this.#policies.push(note) - 1;
    });
  }

  #lets(direction: Direction, key: string): readonly number[] {
    const openings = this.#letting.get(`${direction} ${key}`) ?? [];
    return openings.map(({ workloads }) =>
      getOrInsert(this.#indexes, workloads, () => this.#openings.add(workloads)),
    );
  }

  /** The index of a list of rules; a repeated rule counts once. */
  reason(rules: readonly RuleReason[]): number {
    const all = rules.map(({ policy, rule, ports }) => ({
      policy: this.policy(policy),
      rule,
      ports: this.ports(ports),
    }));
    return this.#reasons.add([...new Map(all.map((note) => [`${note.policy} ${note.rule}`, note])).values()]);
  }

  /** The index of a set of ports. */
  ports(set: PortSet): number {
    return getOrInsert(this.#indexes, set, () => this.#ports.add(set));
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
