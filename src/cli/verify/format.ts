// The answers of `verify`, for people, for programs and for build systems.
// Must not know how they were found.
import * as z from 'zod';
import { attemptResults, type DialReport, writeTarget } from '../../dial/attempts.ts';
import { formatKey } from '../../model/object-key.ts';
import { formatRule } from '../explain/format-verdicts.ts';
import { type Print, type PrintContext, textAndData, toYaml } from '../output/formats.ts';
import { escapeXml, junitReport } from '../output/xml.ts';
import type { AskedCheck } from './checks-file.ts';
import type { DoneCheck } from './run-check.ts';
import { lastAttempt } from './verdict.ts';

/** What came of the checks. */
export interface VerifyResult {
  /** Every check, in the order in which it was asked. */
  readonly asked: readonly AskedCheck[];
  readonly done: readonly DoneCheck[];
  /** Those that could not be tried, and why. */
  readonly failed: readonly { readonly check: AskedCheck; readonly message: string }[];
  /** In a dry run: the Jobs, which the API server has checked. */
  readonly jobs: readonly object[];
  readonly dryRun: boolean;
}

const words = { from: z.string(), to: z.string(), port: z.string() };

const schema = z.strictObject({
  checks: z.array(
    z.strictObject({
      ...words,
      expected: z.enum(['allowed', 'denied']).describe('what the policies say'),
      wanted: z.enum(['allowed', 'denied']).optional().describe('what the file of checks says'),
      agreement: z
        .enum(['Agrees', 'Disagrees', 'Unknown'])
        .describe('whether the network does what they say'),
      meaning: z.string(),
      pod: z.string().describe('the pod of SRC that the new one was like'),
      node: z.string(),
      attempts: z.array(
        z.strictObject({
          target: z.string().describe('as in `TCP:10.0.0.1:8080`'),
          result: z.enum(attemptResults).describe('the result that counts: that of the last attempt'),
          tried: z.int().describe('how many attempts were made'),
          code: z.string().optional().describe('the error code of the system'),
        }),
      ),
      lookAt: z.array(z.string()),
      notes: z.array(z.string()),
    }),
  ),
  failed: z.array(z.strictObject({ ...words, message: z.string() })).describe('what could not be tried'),
  jobs: z.array(z.looseObject({})).describe('with `--dry-run`: the Jobs that would be started'),
});

function asData({ done, failed, jobs }: VerifyResult) {
  return {
    checks: done.map(({ check, expected, verdict, source, reports, notes }) => ({
      ...wordsOf(check),
      expected,
      ...(check.expect === undefined ? {} : { wanted: check.expect }),
      agreement: verdict.agreement,
      meaning: verdict.meaning,
      pod: formatKey(source),
      node: source.node,
      attempts: reports.map(reportAsData),
      lookAt: verdict.lookAt,
      notes,
    })),
    failed: failed.map(({ check, message }) => ({ ...wordsOf(check), message })),
    jobs: jobs.map((job) => ({ ...job })),
  };
}

function wordsOf({ from, to, port }: AskedCheck) {
  return { from, to, port };
}

function reportAsData(report: DialReport) {
  const { result, code } = lastAttempt(report);
  return {
    ...{ target: writeTarget(report.target), result, tried: report.attempts.length },
    ...(code === undefined ? {} : { code }),
  };
}

const agreementColor = { Agrees: 'green', Disagrees: 'red', Unknown: 'yellow' } as const;

/** For people: both answers of each check, and what to look at if they differ. */
function asText(result: VerifyResult, context: PrintContext): string {
  if (result.dryRun) {
    for (const { check, message } of result.failed) context.note(`${title(check)}: not tried: ${message}`);
    return result.jobs.map(toYaml).join('---\n');
  }
  const done = result.done.map((each) => doneText(each, context));
  const failed = result.failed.map(({ check, message }) => `${title(check)}: not tried\n  ${message}\n`);
  return [...done, ...failed].join('\n');
}

function doneText(done: DoneCheck, { paint }: PrintContext): string {
  const { check, expected, verdict, reports, source, notes } = done;
  const agreement = paint(agreementColor[verdict.agreement], verdict.meaning);
  const surprise = isUnwanted(done) ? `, but ${check.expect} is expected` : '';
  const lines = [
    `${paint('bold', title(check))}: ${expected}${surprise}, and ${agreement}`,
    `  policies  ${policiesText(done)}`,
    ...reports.map((report) => `  network   ${networkText(report)}`),
    `  tried     from a pod like ${formatKey(source)}, on ${source.node}`,
    ...verdict.lookAt.map((each) => `${verdict.agreement === 'Agrees' ? 'note' : 'look at'}: ${each}`),
    ...notes.map((note) => `note: ${note}`),
  ];
  return `${lines.join('\n')}\n`;
}

function title({ from, to, port }: AskedCheck): string {
  return `${from} -> ${to} ${port}`;
}

function isUnwanted({ check, expected }: DoneCheck): boolean {
  return check.expect !== undefined && check.expect !== expected;
}

/** The rules that allow it, or the policies that don't. */
function policiesText({ answer: { parts } }: DoneCheck): string {
  const sides = parts.flatMap(({ egress, ingress }) => [egress, ingress]);
  const denying = sides.filter(({ allows }) => !allows);
  const shown = denying.length > 0 ? denying : sides.filter(({ rules }) => rules.length > 0);
  const reasons = shown.map(({ side, rules, policies, allows }) =>
    allows
      ? rules
          .filter((rule) => rule.allows)
          .map(formatRule)
          .join(', ')
      : `${side === 'Egress' ? 'out' : 'in'}: no rule of ${policies.map(formatKey).join(', ')} allows it`,
  );
  return [...new Set(reasons)].join('; ') || 'no policy isolates these pods';
}

function networkText(report: DialReport): string {
  const { target, attempts } = report;
  const { result, code } = lastAttempt(report);
  const times = attempts.length === 1 ? '' : `, as in the last of ${attempts.length} attempts`;
  const changed = attempts.some((each) => each.result !== result);
  const earlier = changed
    ? `; before: ${[...new Set(attempts.map((each) => each.result))].filter((each) => each !== result).join(', ')}`
    : '';
  return `${writeTarget(target)}: ${result}${code === undefined ? '' : ` (${code})`}${times}${earlier}`;
}

/** TAP 14 (https://testanything.org/tap-version-14-specification.html): one test point for each check. */
const tap: Print<VerifyResult> = (result) => {
  const points = pointsOf(result);
  const lines = points.map(({ ok, name, why }, index) => {
    const head = `${ok ? 'ok' : 'not ok'} ${index + 1} - ${name.replaceAll('#', '\\#')}`;
    const more = why.map((line) => `  - ${JSON.stringify(line)}`);
    return ok || more.length === 0
      ? head
      : [head, '  ---', '  why:', ...more.map((line) => `  ${line}`), '  ...'].join('\n');
  });
  return ['TAP version 14', `1..${points.length}`, ...lines].map((line) => `${line}\n`).join('');
};

/** JUnit XML: one test case for each check. */
const junit: Print<VerifyResult> = (result) => {
  const points = pointsOf(result);
  const failures = points.filter(({ ok }) => !ok).length;
  const cases = points.map(({ ok, name, why }) => {
    const head = `    <testcase classname="ringfence.verify" name="${escapeXml(name)}"`;
    const failure = `<failure message="${escapeXml(why[0] ?? '')}">${escapeXml(why.join('\n'))}</failure>`;
    return ok ? `${head}/>` : `${head}>${failure}</testcase>`;
  });
  return junitReport('ringfence verify', cases, failures);
};

interface Point {
  readonly ok: boolean;
  readonly name: string;
  readonly why: readonly string[];
}

/** One for each check, in the order of the file. */
function pointsOf({ asked, done, failed }: VerifyResult): readonly Point[] {
  const points = new Map<AskedCheck, Point>([
    ...done.map((each) => [each.check, pointOf(each)] as const),
    ...failed.map(({ check, message }) => {
      return [check, { ok: false, name: title(check), why: [`not tried: ${message}`] }] as const;
    }),
  ]);
  return asked.flatMap((check) => points.get(check) ?? []);
}

function pointOf(each: DoneCheck): Point {
  const { check, expected, verdict } = each;
  const unwanted = isUnwanted(each) ? [`the policies say ${expected}, but ${check.expect} is expected`] : [];
  const disagrees = verdict.agreement === 'Agrees' ? [] : [verdict.meaning, ...verdict.lookAt];
  const why = [...unwanted, ...disagrees];
  return { ok: why.length === 0, name: `${title(check)}: ${check.expect ?? expected}`, why };
}

/** The formats of `verify`. */
export const verifyFormats = textAndData({ text: asText, data: asData, schema, more: { tap, junit } });
