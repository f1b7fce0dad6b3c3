// One of the two inputs of a comparison, analysed: a workload that is missing in it reaches nothing and is reached by nothing.
// Must not know the other input.
import type { Family, IpRange } from '../model/ip-ranges.ts';
import type { AccessSignature } from './classes/access-signatures.ts';
import type { AtomicPredicates } from './classes/atomic-predicates.ts';
import { findEquivalenceClasses, type SourceClass, type TargetClass } from './classes/equivalence-classes.ts';
import { LabelSelections } from './classes/label-selections.ts';
import { findPodClasses, type Pods } from './classes/pod-classes.ts';
import type { AnalysisInput } from './facts.ts';
import { indexPolicies } from './policy-index.ts';
import type { PortsId, PortTable } from './port-table.ts';
import { type OpenTargets, Reachability, type Row } from './reachability.ts';
import type { RuleReader } from './rule-reader.ts';

/** What some pods allow to or from addresses. */
export interface AddressSide {
  readonly signature: AccessSignature;
  readonly families: readonly Family[];
}

/** What pods reach, and what reaches them, in one of the two inputs; they may be missing in it. */
export class AnalysisSnapshot {
  readonly pods: Pods;
  readonly reach: Reachability;
  readonly #none: PortsId;

  /** @param predicates those of the policies in this input, or more */
  constructor(input: AnalysisInput, predicates: AtomicPredicates, reader: RuleReader, table: PortTable) {
    this.pods = findPodClasses(input.workloads, predicates);
    const selections = new LabelSelections(this.pods.labelSets);
    const index = indexPolicies(input, this.pods, selections, reader);
    this.reach = new Reachability(findEquivalenceClasses(this.pods, index, selections, table), table);
    this.#none = table.none;
  }

  rowOf(source: SourceClass | undefined): Row | undefined {
    return source && this.reach.rowOf(source);
  }

  portsAt(row: Row | undefined, target: TargetClass | undefined): PortsId {
    return row && target ? this.reach.portsAt(row, target) : this.#none;
  }

  /** See `Reachability.portsLetIn`. */
  portsLetIn(source: SourceClass | undefined, target: TargetClass | undefined): PortsId {
    return source && target ? this.reach.portsLetIn(source, target) : this.#none;
  }

  openPorts(row: Row | undefined, open: OpenTargets | undefined): PortsId {
    return row && open ? this.reach.openPorts(row.source, open) : this.#none;
  }

  portsOfRange(side: AddressSide | undefined, range: IpRange): PortsId {
    const isThere = side?.families.includes(range.family);
    return side && isThere ? this.reach.portsOfRange(side.signature, range) : this.#none;
  }
}
