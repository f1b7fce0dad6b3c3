// The part of a cluster in which changed policies can change a connection. Must not know what is allowed there.
//
// Whether a connection is allowed depends on its two ends and on the policies that select them. So it can change only if a changed
// policy selects one end, and the side of the other end lets it through. Unless the change isolates an end, or ends its isolation, or
// is about rules for everyone, one of its rules must also mean the other end.
import { type Direction, directions } from '../model/network-policy.ts';
import type { AnalysisInput, PolicyFacts, WorkloadFacts } from './facts.ts';
import type { Changed } from './input-changes.ts';
import { isIsolated, type OtherSide, OtherSides } from './other-sides.ts';
import type { RuleReader } from './rule-reader.ts';
import { isolationOf } from './rules.ts';

/** A direction in which changed policies isolate pods. */
interface Way {
  readonly direction: Direction;
  readonly isolating: readonly PolicyFacts[];
  readonly touched: readonly WorkloadFacts[];
}

const opposite = { Ingress: 'Egress', Egress: 'Ingress' } as const;

/** Finds such parts of one input. */
export class Neighbourhoods {
  readonly #input: AnalysisInput;
  readonly #reader: RuleReader;
  readonly #policies: ReadonlyMap<string, readonly PolicyFacts[]>;
  readonly #sides: OtherSides;

  constructor(input: AnalysisInput, reader: RuleReader) {
    this.#input = input;
    this.#reader = reader;
    this.#policies = Map.groupBy(input.policies, ({ namespace }) => namespace);
    this.#sides = new OtherSides(input, reader);
  }

  /** The input before and after a change of policies, without all that stays as it is. */
  around(changed: Changed<PolicyFacts>): readonly [AnalysisInput, AnalysisInput] {
    const ways = directions.flatMap((direction) => this.#wayOf(direction, changed));
    const touched = ways.flatMap((way) => way.touched);
    const others = ways.map((way) => this.#otherEnds(way, changed));
    const workloads = [...new Set([...touched, ...others.flatMap((other) => [...other.workloads])])];
    const home = new Set([...touched].map(({ namespace }) => namespace));
    // With changes in one direction, another end matters only for its side: its policies that let nobody through are left out.
    const whole = ways.length < 2 ? home : new Set(workloads.map(({ namespace }) => namespace));
    const away = others.flatMap((other) => other.policies).filter(({ namespace }) => !whole.has(namespace));
    const policies = [
      ...[...whole].flatMap((namespace) => this.#policies.get(namespace) ?? []),
      ...new Set(away),
    ];
    const namespaces = new Set(workloads.map(({ namespace }) => namespace));
    const input = {
      ...this.#input,
      namespaces: this.#input.namespaces.filter(({ name }) => namespaces.has(name)),
      workloads,
      policies,
    };
    return [input, { ...input, policies: replaced(policies, changed) }];
  }

  /** The direction, if the changes can matter in it. */
  #wayOf(direction: Direction, { before, after }: Changed<PolicyFacts>): readonly Way[] {
    const isolating = [...before, ...after].filter(({ spec }) => isolationOf(spec).includes(direction));
    const touched = [...new Set(isolating.flatMap((policy) => this.#sides.selectedBy(policy)))];
    return touched.length === 0 ? [] : [{ direction, isolating, touched }];
  }

  /** What the changes in one direction may connect with the pods that they touch, or separate from them. */
  #otherEnds({ direction, isolating, touched }: Way, changed: Changed<PolicyFacts>): OtherSide {
    const peers = this.#peersIn(isolating, direction);
    const isAsked =
      peers === 'everyone' || touched.some((each) => this.#isFlipped(each, direction, changed))
        ? () => true
        : (other: WorkloadFacts) => peers.some((peer) => this.#sides.means(peer, other));
    return this.#sides.letting(touched, opposite[direction], isAsked);
  }

  #peersIn(policies: readonly PolicyFacts[], direction: Direction) {
    const peers = policies.flatMap((policy) =>
      this.#reader.rulesOf(policy, direction).map((rule) => rule.peers),
    );
    return peers.includes(undefined) ? 'everyone' : [...new Set(peers.flatMap((some = []) => some))];
  }

  /** Whether a pod is isolated only before the changes, or only after them. */
  #isFlipped(
    { namespace, pods }: WorkloadFacts,
    direction: Direction,
    changed: Changed<PolicyFacts>,
  ): boolean {
    const here = this.#policies.get(namespace) ?? [];
    const ofNamespace = (policies: readonly PolicyFacts[]) =>
      policies.filter(
        (policy) => policy.namespace === namespace && isolationOf(policy.spec).includes(direction),
      );
    const [was, is] = [ofNamespace(here), ofNamespace(replaced(here, changed))];
    return pods.some((pod) => isIsolated(pod, was) !== isIsolated(pod, is));
  }
}

function replaced(
  policies: readonly PolicyFacts[],
  { before, after }: Changed<PolicyFacts>,
): readonly PolicyFacts[] {
  const gone = new Set(before);
  return [...policies.filter((policy) => !gone.has(policy)), ...after];
}
