// Findings with their places in the files.
// Must not know how a finding came about, nor how it is printed.
import { type Severity, severityOf } from '../../model/findings.ts';
import { formatKey } from '../../model/object-key.ts';
import type { Input } from '../input/input.ts';
import type { InputProblem } from '../input/problems.ts';
import type { LintFinding } from '../snapshot/profile-findings.ts';

/** A finding with its place. */
export interface PlacedFinding {
  readonly finding: LintFinding;
  readonly severity: Severity;
  /** Absent if the subject is in no file. */
  readonly place?: InputProblem;
}

/**
 * Finds the places of findings; the order is that of files and lines, and those without a place come last.
 *
 * @param input absent if a cluster was read
 */
export function placeFindings(
  findings: readonly LintFinding[],
  input: Input | undefined,
): readonly PlacedFinding[] {
  const objects = new Map(
    input?.objects.map((each) => [identityOf({ kind: each.object.kind, ...each.object.metadata }), each]),
  );
  const order = new Map(input?.files.map((file, index) => [file, index]));
  const placed = findings.map((finding): PlacedFinding => {
    const { subject, path = 'metadata.name' } = finding;
    const place = objects.get(identityOf(subject))?.problem({ code: 'Invalid', path, message: '' });
    return { finding, severity: severityOf(finding), ...(place === undefined ? {} : { place }) };
  });
  const rank = ({ place }: PlacedFinding) => order.get(place?.file ?? '') ?? Number.POSITIVE_INFINITY;
  const lineOf = ({ place }: PlacedFinding) => place?.place?.line ?? 0;
  return placed.sort((a, b) => rank(a) - rank(b) || lineOf(a) - lineOf(b));
}

interface Identity {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

function identityOf({ kind, namespace = '', name }: Identity): string {
  return `${kind} ${formatKey({ namespace, name })}`;
}

/** As in `NetworkPolicy shop/web spec.ingress[0]`. */
export function objectOf({ finding: { subject, path = '' } }: PlacedFinding): string {
  return `${identityOf(subject)} ${path}`.trimEnd();
}

/** What to do about it: the hint, and below it the YAML that would fix it. */
export function adviceOf({ finding: { hint, suggestion = '' } }: PlacedFinding): string {
  return `${hint}\n${suggestion}`.trim();
}
