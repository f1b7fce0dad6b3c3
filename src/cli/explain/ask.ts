// A question in the words of a person, asked in one state of the cluster.
// Must not know which states there are.
import { type Analysis, analyze } from '../../analyze/analysis.ts';
import type { Explanation } from '../../analyze/explain.ts';
import type { AnalysisInput } from '../../analyze/facts.ts';
import { withoutStandIns } from '../../analyze/stand-ins.ts';
import { formatPortSet, type PortSet, portSets } from '../../model/port-set.ts';
import { formatPorts } from '../../model/port-texts.ts';
import type { PortSpec } from '../../model/ports.ts';
import { type Answer, answer, type Question } from './answer.ts';
import { findEnd } from './find-end.ts';
import type { NameContext } from './name-context.ts';

/** The words of a question. */
export interface Words {
  readonly from: string;
  readonly to: string;
  readonly port: PortSpec | undefined;
  /** What the words mean. */
  readonly names: NameContext;
}

/** A question, and its answer in one state. */
export interface Asked {
  readonly analysis: Analysis;
  readonly question: Question;
  readonly found: Answer;
  /** What was probably meant; else the question. */
  readonly meant: Question;
  /** The answer to that. */
  readonly parts: readonly Explanation[];
}

/**
 * Asks. Other policies may distinguish other pods of the same ends, so the ends are looked up in each state.
 *
 * @throws ToolError if an end is not found, or if the question has no answer
 */
export function ask({ from, to, port, names: context }: Words, facts: AnalysisInput): Asked {
  const analysis = analyze(withoutStandIns(facts, port));
  const names = { ...context, analysis };
  const question = { from: findEnd(from, names), to: findEnd(to, names), port };
  const found = answer(analysis, question);
  const { question: meant, parts } = found.meant ?? { question, parts: found.parts };
  return { analysis, question, found, meant, parts };
}

/** The answer in a later state, compared with the one now. */
export interface LaterAnswer {
  readonly allowed: boolean;
  /** The ports that are allowed between any two of the ends. */
  readonly ports: PortSet;
  readonly isSame: boolean;
  /** The rest of a sentence, as in `this is denied`. */
  readonly then: string;
}

/** Compares. */
export function laterAnswer(
  now: Answer,
  { allowed, parts }: Answer,
  port: PortSpec | undefined,
): LaterAnswer {
  const ports = portsOf(parts);
  const isSame = allowed === now.allowed && formatPortSet(ports) === formatPortSet(portsOf(now.parts));
  const verdict = !allowed ? 'denied' : port === undefined ? `allowed on ${formatPorts(ports)}` : 'allowed';
  const then = isSame ? `this stays ${allowed ? 'allowed' : 'denied'}` : `this is ${verdict}`;
  return { allowed, ports, isSame, then };
}

function portsOf(parts: Answer['parts']): PortSet {
  return portSets.union(
    ...parts.map(({ ports, asked }) => (asked === undefined ? ports : portSets.intersection(ports, asked))),
  );
}
