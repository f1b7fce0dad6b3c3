// Findings for people in the format of compilers, for programs as data.
// Must not know how a finding came about.
import * as z from 'zod';
import { andMore, nameSome } from '../../model/counted.ts';
import { type FindingCode, findingKinds, type Severity, subjectKinds } from '../../model/findings.ts';
import { formatInputProblem } from '../input/problems.ts';
import { type PrintContext, textAndData } from '../output/formats.ts';
import type { Paint, Style } from '../output/paint.ts';
import { findingFormats, problemFormats } from './ci-formats.ts';
import { adviceOf, objectOf, type PlacedFinding } from './placed-findings.ts';

/** The maximum number of similar findings; the rest is counted. */
const shownPlaces = 10;

const styles: Readonly<Record<Severity, Style>> = { error: 'red', warning: 'yellow', info: 'dim' };

/**
 * Findings for people. Findings with the same text are printed once, with the other places below.
 *
 * @param most how many of these texts are printed; the rest is counted
 */
export function formatFindings(
  findings: readonly PlacedFinding[],
  { paint }: Pick<PrintContext, 'paint'>,
  most = Number.POSITIVE_INFINITY,
): string {
  const alike = Map.groupBy(findings, ({ finding: { code, message, hint, suggestion } }) =>
    JSON.stringify([code, message, hint, suggestion]),
  );
  const shown = [...alike.values()].slice(0, most);
  const texts = shown.flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const places = nameSome(others.map(formatPlace), shownPlaces);
    return [formatFinding(first, paint), others.length === 0 ? '' : `  the same at ${places}\n`];
  });
  const rest = alike.size - shown.length;
  return `${texts.join('')}${rest === 0 ? '' : `${andMore(rest)}\n`}`;
}

function formatPlace(placed: PlacedFinding): string {
  const { place } = placed;
  return place === undefined ? objectOf(placed) : [place.file, place.place?.line ?? []].flat().join(':');
}

function formatFinding(placed: PlacedFinding, paint: Paint): string {
  const { finding, severity, place } = placed;
  const { code, message } = finding;
  const text = `${paint(styles[severity], `${severity} ${code}`)}: ${message}`;
  const advice = adviceOf(placed).replaceAll('\n', '\n    ');
  const head =
    place === undefined ? `${objectOf(placed)}: ${text}\n` : formatInputProblem({ ...place, message: text });
  return `${head}${advice === '' ? '' : `  hint: ${advice}\n`}`;
}

/** A finding for programs. */
export const findingData = z.strictObject({
  code: z.enum(Object.keys(findingKinds) as FindingCode[]),
  severity: z.enum(['error', 'warning', 'info']),
  subject: z.strictObject({
    kind: z.enum(subjectKinds),
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

/** For programs: each finding with its code and its place. */
export function findingsAsData(findings: readonly PlacedFinding[]) {
  return findings.map(({ finding, severity, place }) => {
    const { code, subject, path, message, hint, suggestion } = finding;
    const at = place?.place;
    return {
      ...{ code, severity, subject, path, message, hint, suggestion },
      ...{ file: place?.file, line: at?.line, column: at?.column },
    };
  });
}

/** The formats of `lint`. */
export const lintFormats = textAndData({
  text: formatFindings,
  data: findingsAsData,
  schema: z.array(findingData),
  more: findingFormats,
  problems: problemFormats,
});
