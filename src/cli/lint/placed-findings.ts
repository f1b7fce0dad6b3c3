// Findings with their places in the files.
// Must not know how a finding came about, nor how it is printed.
import { type Severity, type Subject, severityOf } from '../../model/findings.ts';
import { formatKey } from '../../model/object-key.ts';
import type { Input } from '../input/input.ts';
import type { InputProblem } from '../input/problems.ts';
import { objectKey } from '../snapshot/cluster-snapshot.ts';
import type { LintFinding } from './profile-findings.ts';

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
  const placed = findings.map((finding): PlacedFinding => {
    const place = placeOf(finding, input);
    return { finding, severity: severityOf(finding), ...(place === undefined ? {} : { place }) };
  });
  return placed.sort((a, b) => rank(a, input) - rank(b, input) || lineOf(a) - lineOf(b));
}

function placeOf(
  { subject, path = 'metadata.name' }: LintFinding,
  input: Input | undefined,
): InputProblem | undefined {
  const found = input?.objects.find(({ object }) =>
    isSubject(subject, object.kind, formatKey(objectKey(object))),
  );
  return found?.problem({ code: 'Invalid', path, message: '' });
}

function isSubject({ kind, namespace = '', name }: Subject, otherKind: string, key: string): boolean {
  return kind === otherKind && formatKey({ namespace, name }) === key;
}

/** The objects are in the order of reading. */
function rank({ place }: PlacedFinding, input: Input | undefined): number {
  if (place === undefined) return Number.POSITIVE_INFINITY;
  return input?.files.indexOf(place.file) ?? 0;
}

function lineOf({ place }: PlacedFinding): number {
  return place?.place?.line ?? 0;
}

/** As in `NetworkPolicy shop/web spec.ingress[0]`. */
export function objectOf({ finding: { subject, path = '' } }: PlacedFinding): string {
  const { kind, namespace = '', name } = subject;
  return `${kind} ${formatKey({ namespace, name })} ${path}`.trimEnd();
}
