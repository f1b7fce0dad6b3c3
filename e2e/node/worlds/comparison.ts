// Packets against the tool: where what was seen is not what the tool says, with what it takes to repeat it; and which known fault of the
// enforcer explains it. Pure.
import type { AnalysisInput } from '../../../src/analyze/facts.ts';
import { formatKey } from '../../../src/model/object-key.ts';
import type { WorkingEnforcer } from '../enforcers.ts';
import { type EnforcerFault, enforcerFaults } from './enforcer-faults.ts';
import { type End, Matrix } from './matrix.ts';
import type { Probe } from './probes.ts';

/** What became of a connection: only `reached` got through. */
export type Seen = 'reached' | 'refused' | 'timeout';

/** What the tool says of a connection; `either` if a Service leads to pods of which it may reach only some. */
export type Expected = 'reached' | 'denied' | 'either';

/** What packets met. */
export interface Circumstances {
  readonly facts: AnalysisInput;
  readonly family: 4 | 6;
  readonly enforcer: WorkingEnforcer;
}

/** A connection that the tool and the packets tell differently. */
export interface Difference {
  readonly probe: Probe;
  readonly expected: Expected;
  readonly seen: Seen;
  /** What decides on both sides, by the tool. */
  readonly reason: string;
  /** The faults of the enforcer that predict just this; empty if there are none. */
  readonly faults: readonly string[];
}

/** What the tool says of a connection. */
export function expectedOf(matrix: Matrix, { from, targets }: Probe): Expected {
  const allowed = targets.filter(({ end, port }) => matrix.allows(from, end, port));
  if (allowed.length === targets.length) return 'reached';
  return allowed.length === 0 ? 'denied' : 'either';
}

/** Whether what was seen is what the tool says. */
function agrees(expected: Expected, seen: Seen): boolean {
  return expected === 'either' || (expected === 'reached') === (seen === 'reached');
}

/** All differences; those that a fault of the enforcer explains have its name. */
export function differencesOf(
  results: readonly { readonly probe: Probe; readonly seen: Seen }[],
  circumstances: Circumstances,
): readonly Difference[] {
  const { facts, family } = circumstances;
  const matrix = new Matrix(facts, family);
  const different = results.filter(({ probe, seen }) => !agrees(expectedOf(matrix, probe), seen));
  if (different.length === 0) return [];
  const predictions = predictionsFor(circumstances);
  return different.map(({ probe, seen }) => {
    const expected = expectedOf(matrix, probe);
    const predicted = predictions.filter((each) => agrees(expectedOf(each.matrix, probe), seen));
    const [target] = probe.targets;
    const reason = target === undefined ? '' : matrix.reason(probe.from, target.end, target.port);
    return { probe, expected, seen, reason, faults: predicted[0]?.names ?? [] };
  });
}

/** What each fault alone predicts, and at the end all of them together. */
function predictionsFor({ facts, family, enforcer }: Circumstances) {
  const own = enforcerFaults.filter((fault) => fault.enforcer === enforcer);
  const combinations = own.length < 2 ? own.map((fault) => [fault]) : [...own.map((fault) => [fault]), own];
  return combinations.map((faults: readonly EnforcerFault[]) => ({
    names: faults.map(({ name }) => name),
    matrix: new Matrix(
      faults.reduce((changed, fault) => fault.enforced(changed), facts),
      family,
    ),
  }));
}

/** As in `shop/web -> service/pay/api at 10.96.3.4:80/TCP: …`. */
export function tellDifference({ probe, expected, seen, reason, faults }: Difference): string {
  const { from, to, address, port } = probe;
  const dialled = `${address.includes(':') ? `[${address}]` : address}:${port.number}/${port.protocol}`;
  const excuse = faults.length === 0 ? '' : ` (known fault: ${faults.join(' + ')})`;
  return `${tellEnd(from)} -> ${to} at ${dialled}: expected ${expected} (${reason}), seen ${seen}${excuse}`;
}

function tellEnd(end: End): string {
  return 'pod' in end ? formatKey(end.pod) : end.address;
}
