// Findings with their places in the files: for people as compilers print them, for programs as data.
// Must not know how a finding came about.
import * as z from 'zod';
import { count } from '../../model/counted.ts';
import {
  type FindingCode,
  findingKinds,
  type Severity,
  type Subject,
  severityOf,
} from '../../model/findings.ts';
import { formatKey } from '../../model/object-key.ts';
import type { Input } from '../input/input.ts';
import { formatInputProblem, type InputProblem } from '../input/problems.ts';
import { textAndData } from '../output/formats.ts';
import type { Paint, Style } from '../output/paint.ts';
import { objectKey } from '../snapshot/cluster-snapshot.ts';
import type { LintFinding } from './profile-findings.ts';

/** A finding with its place. */
export interface PlacedFinding {
  readonly finding: LintFinding;
  readonly severity: Severity;
  /** Absent where the subject is in no file. */
  readonly place?: InputProblem;
}

const styles: Readonly<Record<Severity, Style>> = { error: 'red', warning: 'yellow', info: 'dim' };

/**
 * Finds the places of findings; the order is that of files and lines, and those without a place come last.
 *
 * @param input absent where a cluster was read
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

/** The objects are in the order in which they were read. */
function rank({ place }: PlacedFinding, input: Input | undefined): number {
  if (place === undefined) return Number.POSITIVE_INFINITY;
  return input?.files.indexOf(place.file) ?? 0;
}

function lineOf({ place }: PlacedFinding): number {
  return place?.place?.line ?? 0;
}

/** Findings for people. */
function formatFindings(findings: readonly PlacedFinding[], paint: Paint): string {
  return findings.map((finding) => formatFinding(finding, paint)).join('');
}

function formatFinding({ finding, severity, place }: PlacedFinding, paint: Paint): string {
  const { code, subject, path, message, hint, suggestion } = finding;
  const text = `${paint(styles[severity], `${severity} ${code}`)}: ${message}`;
  const more = [hint, suggestion ?? '']
    .filter((part) => part !== '')
    .join('\n')
    .trimEnd();
  const indented = more
    .split('\n')
    .map((line, index) => `  ${index === 0 ? 'hint: ' : '  '}${line}\n`)
    .join('');
  const where = [
    subject.kind,
    formatKey({ namespace: subject.namespace ?? '', name: subject.name }),
    path ?? '',
  ];
  const head =
    place === undefined
      ? `${where.join(' ').trimEnd()}: ${text}\n`
      : formatInputProblem({ ...place, message: text });
  return `${head}${more === '' ? '' : indented}`;
}

const finding = z.strictObject({
  code: z.enum(Object.keys(findingKinds) as FindingCode[]),
  severity: z.enum(['error', 'warning', 'info']),
  subject: z.strictObject({
    kind: z.enum(['Namespace', 'NetworkPolicy', 'AppNetworkProfile', 'PlatformNetworkProfile']),
    namespace: z.string().optional(),
    name: z.string(),
  }),
  path: z.string().optional().describe('the field of the subject, as in `spec.routes[web].ports`'),
  message: z.string(),
  hint: z.string(),
  suggestion: z.string().optional().describe('YAML that would fix it'),
  file: z.string().optional(),
  line: z.int().optional(),
  column: z.int().optional(),
});

/** Findings for programs: each as it is in the table of codes, with its place. */
function findingsAsData(findings: readonly PlacedFinding[]) {
  return findings.map(({ finding, severity, place }) => {
    const { code, subject, path, message, hint, suggestion } = finding;
    const at = place?.place;
    return {
      ...{ code, severity, subject, path, message, hint, suggestion },
      ...{ file: place?.file, line: at?.line, column: at?.column },
    };
  });
}

/** As in `2 errors, 1 warning`. */
export function countFindings(findings: readonly PlacedFinding[]): string {
  const parts = (['error', 'warning', 'info'] as const).flatMap((severity) => {
    const number = findings.filter((each) => each.severity === severity).length;
    return number === 0 ? [] : [count(number, severity === 'info' ? 'remark' : severity)];
  });
  return parts.join(', ') || 'nothing found';
}

/** The formats of `lint`. */
export const lintFormats = textAndData({
  text: (findings: readonly PlacedFinding[], { paint }) => formatFindings(findings, paint),
  data: findingsAsData,
  schema: z.array(finding),
});
