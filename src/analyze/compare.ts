// The connections that are gained and lost between two inputs, which may differ in pods, policies and namespaces. If only policies
// differ, it compares only what they touch. Must not know why something changed.
import { AnalysisSnapshot } from './analysis-snapshot.ts';
import { ClassComparison, type Difference } from './class-comparison.ts';
import { type AtomicPredicates, predicatesOf, unitePredicates } from './classes/atomic-predicates.ts';
import type { AnalysisInput } from './facts.ts';
import { inputChanges } from './input-changes.ts';
import { Neighbourhoods } from './neighbourhoods.ts';
import { PortTable } from './port-table.ts';
import { RuleReader } from './rule-reader.ts';

/**
 * Compares what is allowed before and after. Workloads are the same if their kind, namespace and name are. A workload that
 * is missing in one input reaches nothing there. Pods are distinguished if policies do so in either input.
 */
export function compare(before: AnalysisInput, after: AnalysisInput): Difference {
  return new Baseline(before).compareWith(after);
}

/** An input that is compared with several others, usually the same with small changes. */
export class Baseline {
  readonly #input: AnalysisInput;
  readonly #reader = new RuleReader();
  readonly #predicates: AtomicPredicates;
  readonly #neighbourhoods: Neighbourhoods;

  constructor(input: AnalysisInput) {
    this.#input = input;
    this.#predicates = predicatesOf(input.policies, this.#reader);
    this.#neighbourhoods = new Neighbourhoods(input, this.#reader);
  }

  /** What is gained and lost if everything is as in `after`; see `compare`. */
  compareWith(after: AnalysisInput): Difference {
    const changes = inputChanges(this.#input, after);
    const predicates = unitePredicates(this.#predicates, predicatesOf(changes.policies.after, this.#reader));
    const [was, is] = changes.onlyPolicies
      ? this.#neighbourhoods.around(changes.policies)
      : [this.#input, after];
    const table = new PortTable();
    const [before, now] = [was, is].map(
      (input) => new AnalysisSnapshot(input, predicates, this.#reader, table),
    );
    return before && now ? new ClassComparison(before, now, table).difference() : { gained: [], lost: [] };
  }
}
