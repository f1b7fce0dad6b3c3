// Which workloads let some pods through from their own side, in one direction: nothing isolates them, or a rule of theirs means these
// pods. Must not know what the pods themselves allow.
import { getOrInsert, remembering } from '../model/groups.ts';
import { type Direction, directions } from '../model/network-policy.ts';
import { selects } from '../model/selectors.ts';
import { readRange } from './endpoints.ts';
import type { AnalysisInput, PodFacts, PolicyFacts, WorkloadFacts } from './facts.ts';
import { labelsOfNamespaces } from './policy-index.ts';
import type { RuleReader } from './rule-reader.ts';
import { isBlock, isolationOf, type ParsedPeer } from './rules.ts';
import { isIn, type PolicyIndex } from './sides.ts';

/** Workloads whose side lets some pods through. */
export interface OtherSide {
  readonly workloads: ReadonlySet<WorkloadFacts>;
  /** Policies that are enough to tell what these workloads allow the pods. */
  readonly policies: readonly PolicyFacts[];
}

/** What the rules of one direction name. */
interface Naming {
  readonly everyone: PolicyFacts[];
  readonly byPeer: Map<ParsedPeer, PolicyFacts[]>;
  /** The policies that isolate pods, by namespace. */
  readonly isolating: Map<string, PolicyFacts[]>;
  /** Workloads with a pod that nothing isolates. */
  readonly open: WorkloadFacts[];
}

/** The sides of all workloads of an input. */
export class OtherSides {
  readonly #workloads: ReadonlyMap<string, readonly WorkloadFacts[]>;
  readonly #labelsOf: PolicyIndex['labelsOf'];
  readonly #rangesOf = remembering((pod: PodFacts) => pod.addresses.map(readRange));
  readonly #namings: Readonly<Record<Direction, Naming>> = { Ingress: newNaming(), Egress: newNaming() };

  constructor({ namespaces, policies, workloads }: AnalysisInput, reader: RuleReader) {
    this.#labelsOf = labelsOfNamespaces(namespaces);
    this.#workloads = Map.groupBy(workloads, ({ namespace }) => namespace);
    for (const policy of policies) {
      for (const direction of isolationOf(policy.spec)) this.#addRules(policy, direction, reader);
    }
    for (const direction of directions) {
      const { open } = this.#namings[direction];
      for (const workload of workloads) {
        if (workload.pods.some((pod) => !isIsolated(pod, this.#isolatingIn(workload, direction))))
          open.push(workload);
      }
    }
  }

  #isolatingIn({ namespace }: WorkloadFacts, direction: Direction): readonly PolicyFacts[] {
    return this.#namings[direction].isolating.get(namespace) ?? [];
  }

  #addRules(policy: PolicyFacts, direction: Direction, reader: RuleReader): void {
    const { everyone, byPeer, isolating } = this.#namings[direction];
    getOrInsert(isolating, policy.namespace, () => []).push(policy);
    for (const { peers } of reader.rulesOf(policy, direction)) {
      if (peers === undefined) everyone.push(policy);
      else for (const peer of peers) getOrInsert(byPeer, peer, () => []).push(policy);
    }
  }

  /** Those of some workloads whose side in a direction lets any of these others through. */
  letting(
    others: readonly WorkloadFacts[],
    direction: Direction,
    isAsked: (workload: WorkloadFacts) => boolean,
  ): OtherSide {
    const policies = this.#meaning(others, direction);
    const selected = [...policies].flatMap((policy) => this.selectedBy(policy));
    const workloads = new Set([...this.#namings[direction].open, ...new Set(selected)].filter(isAsked));
    const byNamespace = Map.groupBy(policies, ({ namespace }) => namespace);
    // Of pods of one workload, some may be open and others isolated.
    const mixed = [...workloads].filter((workload) => {
      const { namespace, pods } = workload;
      const [some, all] = [byNamespace.get(namespace) ?? [], this.#isolatingIn(workload, direction)];
      return pods.length > 1 && pods.some((pod) => !isIsolated(pod, some) && isIsolated(pod, all));
    });
    const more = mixed.flatMap((workload) => this.#isolatingIn(workload, direction));
    return { workloads, policies: [...new Set([...policies, ...more])] };
  }

  /** The policies with a rule that means any of these workloads. */
  #meaning(workloads: readonly WorkloadFacts[], direction: Direction): ReadonlySet<PolicyFacts> {
    const { everyone, byPeer } = this.#namings[direction];
    const policies = new Set(everyone);
    for (const [peer, all] of byPeer) {
      if (!workloads.some((workload) => this.means(peer, workload))) continue;
      for (const policy of all) policies.add(policy);
    }
    return policies;
  }

  /** The workloads of which a policy selects a pod. */
  selectedBy({ namespace, spec }: PolicyFacts): readonly WorkloadFacts[] {
    const here = this.#workloads.get(namespace) ?? [];
    return here.filter(({ pods }) => pods.some((pod) => isSelected(pod, spec)));
  }

  /** Whether a peer means a pod of a workload. */
  means(peer: ParsedPeer, { namespace, pods }: WorkloadFacts): boolean {
    if (isBlock(peer)) return pods.some((pod) => this.#rangesOf(pod).some((range) => isIn(peer, range)));
    const { namespaceSelector, podSelector } = peer;
    const isThere =
      namespaceSelector === undefined
        ? peer.namespace === namespace
        : selects(namespaceSelector, this.#labelsOf(namespace));
    return isThere && pods.some((pod) => isSelected(pod, { podSelector }));
  }
}

/** Whether any of some policies of its namespace selects a pod. */
export function isIsolated(pod: PodFacts, policies: readonly PolicyFacts[]): boolean {
  return policies.some(({ spec }) => isSelected(pod, spec));
}

/** No policy selects a pod in the host network. */
function isSelected(
  { hostNetwork, labels }: PodFacts,
  { podSelector }: Pick<PolicyFacts['spec'], 'podSelector'>,
): boolean {
  return !hostNetwork && selects(podSelector, labels);
}

function newNaming(): Naming {
  return { everyone: [], byPeer: new Map(), isolating: new Map(), open: [] };
}
