// Tries changes: the snapshot with them is compiled, and the question is asked again. Nothing is suggested that does not allow it, and
// whatever else it changes is known. Must not know what the changes are.
import { analyze } from '../../analyze/analysis.ts';
import { Baseline } from '../../analyze/compare.ts';
import type { Explanation } from '../../analyze/explain.ts';
import type { AnalysisInput } from '../../analyze/facts.ts';
import { withoutStandIns } from '../../analyze/stand-ins.ts';
import { noPorts, portSets } from '../../model/port-set.ts';
import type { ClusterSnapshot } from '../snapshot/cluster-snapshot.ts';
import { type Enforced, inForce } from '../snapshot/in-force.ts';
import { answer, type Question } from './answer.ts';
import { countEffects, type SideEffects, sideEffects } from './side-effects.ts';
import { type SuggestedChange, withChanges } from './suggested-changes.ts';

/** The question, and what it is asked about. */
export interface TrialContext {
  readonly question: Question;
  readonly snapshot: ClusterSnapshot;
  readonly enforced: Enforced;
  readonly operatorNamespace: string;
}

/** Changes that allow what was asked about. */
export interface TriedChanges {
  readonly changes: readonly SuggestedChange[];
  /** What else they change. */
  readonly effects: SideEffects;
}

/** Tries changes for one question. */
export class ChangeTrial {
  readonly #parts: readonly Explanation[];
  readonly #context: TrialContext;
  readonly #before: AnalysisInput;
  readonly #baseline: Baseline;

  /** @param parts what is denied, with all ports that are to be opened */
  constructor(parts: readonly Explanation[], context: TrialContext) {
    this.#parts = parts;
    this.#context = context;
    this.#before = this.#factsOf(context.snapshot);
    this.#baseline = new Baseline(this.#before);
  }

  /** The first that allows what was asked about. */
  first(candidates: readonly (readonly SuggestedChange[])[]): TriedChanges | undefined {
    for (const changes of candidates) {
      const tried = this.#try(changes);
      if (tried !== undefined) return tried;
    }
    return undefined;
  }

  /** The first that allows what was asked about and nothing else; if there is none, the one with the fewest side effects. */
  least(candidates: readonly (readonly SuggestedChange[])[]): TriedChanges | undefined {
    let best: TriedChanges | undefined;
    for (const changes of candidates) {
      const tried = this.#try(changes);
      if (tried === undefined) continue;
      if (best === undefined || countEffects(tried.effects) < countEffects(best.effects)) best = tried;
      if (countEffects(best.effects) === 0) break;
    }
    return best;
  }

  #try(changes: readonly SuggestedChange[]): TriedChanges | undefined {
    if (changes.length === 0) return undefined;
    const { snapshot, question, operatorNamespace } = this.#context;
    const facts = this.#factsOf(withChanges(snapshot, changes, operatorNamespace));
    const analysis = analyze(facts);
    const isOpen = this.#parts.every(({ from, to, asked = noPorts }) =>
      analysis.explain(from, to).every(({ ports }) => portSets.covers(ports, asked)),
    );
    if (!isOpen || !answer(analysis, question).allowed) return undefined;
    return { changes, effects: sideEffects(this.#before, this.#baseline.compareWith(facts), this.#parts) };
  }

  #factsOf(snapshot: ClusterSnapshot): AnalysisInput {
    const { enforced, question } = this.#context;
    return withoutStandIns(inForce(snapshot, enforced).facts, question.port);
  }
}
