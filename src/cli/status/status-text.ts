// The status of namespaces as text for people: once, or again with what is different from before.
// Must not know how it is found out.
import { type Enforcement, enforcements } from '../../api/egress.ts';
import { countFindings, severityOf } from '../../model/findings.ts';
import { routeIn } from '../lint/route-parts.ts';
import type { PrintContext } from '../output/formats.ts';
import type { Paint } from '../output/paint.ts';
import type { LintFinding } from '../snapshot/profile-findings.ts';
import type { ClusterStatus, NamespaceStatus, RouteLine } from './cluster-status.ts';
import { type MarkedRow, markedTable } from './marked-table.ts';
import type { OperatorSign } from './operator-sign.ts';

/** A status, and how much of it people see. */
export interface ShownStatus {
  readonly status: ClusterStatus;
  /** Whether the routes are listed, too. */
  readonly withRoutes: boolean;
  /** Where the operator runs. */
  readonly operatorNamespace: string;
  /** When it was found, as RFC 3339, if it is followed. */
  readonly at?: string;
  /** What was shown last, if that was another status. */
  readonly before?: ClusterStatus;
}

/** The states of routes, in the order in which they are counted. */
export const routeStates = ['Active', 'NotNeeded', 'Pending', 'Rejected'] as const;

const none = '-';
const columns = {
  head: ['NAMESPACE', 'ENFORCEMENT', 'EGRESS', 'RULE', 'POLICIES', 'ROUTES', 'FINDINGS'],
  keys: 1,
};
const routeColumns = { head: ['PROFILE', 'ROUTE', 'STATE', 'MESSAGE'], keys: 2 };
const waitingColumns = { head: ['NAMESPACE', 'PROFILE', 'ROUTE'], keys: 3 };

/** Where lines are kept, all of a status is repeated only for a namespace; on a terminal it is drawn anew. */
export function formatStatus(shown: ShownStatus, context: PrintContext): string {
  const { status, withRoutes, operatorNamespace, at, before } = shown;
  const { namespaces, findings, operator } = status;
  const { paint, room, height } = context;
  const isLog = room === undefined && before !== undefined;
  const first = [
    at === undefined ? '' : `${paint('bold', at)}\n`,
    operator?.state === 'Silent' ? silence(operator, operatorNamespace, paint) : '',
    operator?.state !== 'Silent' && before?.operator?.state === 'Silent'
      ? 'the operator is active again\n'
      : '',
    isLog ? changedFindings(findings, before.findings, paint) : findingLines(findings, undefined, paint),
  ].join('');
  const last = [
    withRoutes
      ? namespaces.map((each) => formatDetails(each, shown, context)).join('')
      : isLog
        ? ''
        : summaryOf(status),
    lastLine(status),
  ].join('');
  const table = markedTable(
    columns,
    namespaces.map((each) => rowOf(each, paint)),
    {
      before: before?.namespaces.map((each) => rowOf(each, paint)),
      onlyChanged: isLog && !withRoutes,
      ...(height === undefined || at === undefined ? {} : { most: height - linesIn(first + last) - 3 }),
    },
    context,
  );
  return `${first}${table}${last}`;
}

function linesIn(text: string): number {
  return text.split('\n').length - 1;
}

/** How many namespaces there are of each kind, how much there is to read about them, and where. */
function summaryOf({ namespaces, findings: ofCluster }: ClusterStatus): string {
  if (namespaces.length === 0) return '';
  const kinds = Map.groupBy(namespaces, ({ enforcement }) => enforcement);
  const counts = ([...enforcements, undefined] as const)
    .map((kind) => ({ word: enforcementWords[kind ?? 'none'], those: kinds.get(kind) ?? [] }))
    .filter(({ those }) => those.length > 0)
    .map(({ word, those }) => `${those.length} ${word}${changingAmong(those)}`);
  const findings = countFindings([...ofCluster, ...namespaces.flatMap((each) => each.findings)]);
  const more = findings === '' ? '' : `; ${findings}: see \`ringfence lint\``;
  return `\n${counts.join(', ')}${more}\n`;
}

function changingAmong(namespaces: readonly NamespaceStatus[]): string {
  const number = namespaces.filter(({ changing }) => changing).length;
  return number === 0 ? '' : ` (${number} changing)`;
}

const enforcementWords: Readonly<Record<Enforcement | 'none', string>> = {
  Enforce: 'enforced',
  DryRun: 'in a dry run',
  Off: 'off',
  none: 'not ringed',
};

function silence({ renewed }: OperatorSign, namespace: string, paint: Paint): string {
  const since = renewed === undefined ? 'it has given its lease back' : `its last sign was at ${renewed}`;
  return `${paint('red', 'the operator is not active')}: ${since}; what is written stays, and nothing follows changes; see \`kubectl get pods -n ${namespace}\`\n`;
}

const noSign =
  'no operator has reported yet: if one is installed in another namespace, name that with `--operator-namespace`\n';

/** What is below the table. A lease that is renewed does not say that the operator may still read and write. */
function lastLine({ namespaces, operator }: ClusterStatus): string {
  // Without a platform profile there is nothing to report about.
  if (operator?.state === 'NoLease') return namespaces.length === 0 ? '' : noSign;
  return operator?.state !== 'Silent' && namespaces.some(isBehind) ? behind : '';
}

/** Whether the operator has not done its work in it, or not yet, and does not say why. */
function isBehind({ policies: { missing = 0 }, changing, findings, failure }: NamespaceStatus): boolean {
  return failure === undefined && !changing && (missing > 0 || findings.some(isOverdue));
}

function isOverdue({ code }: LintFinding): boolean {
  return code === 'PauseOverdue';
}

const behind =
  'the operator has not yet done what it should; `ringfence plan` shows what is left. If that stays: does it run, is it ready, and what does its log say?\n';

function rowOf(each: NamespaceStatus, paint: Paint): MarkedRow {
  const { namespace, enforcement, outside, egress, rule = none, routes, findings, failure } = each;
  const mode =
    enforcement === undefined
      ? [paint('dim', `none: ${outside}`), none, none]
      : [enforcementCell(enforcement, each, paint), enforcement === 'Off' ? none : egress, rule];
  const counts = routeStates
    .map((state) => ({ state, number: routes.filter((route) => route.state === state).length }))
    .filter(({ number }) => number > 0)
    .map(({ state, number }) => `${number} ${state}`);
  const problems = [failure === undefined ? '' : paint('red', failure.reason), countFindings(findings)];
  const cells = [
    namespace,
    ...mode,
    policiesCell(each, paint),
    counts.join(', ') || none,
    problems.filter((text) => text !== '').join(', ') || none,
  ];
  const isRemarkable = failure !== undefined || findings.some((finding) => severityOf(finding) !== 'info');
  return { cells, isRemarkable };
}

function enforcementCell(
  enforcement: Enforcement,
  { pausedUntil, changing, findings }: NamespaceStatus,
  paint: Paint,
): string {
  if (findings.some(isOverdue)) return paint('red', `${enforcement}, still open after a pause`);
  const pause = pausedUntil === undefined ? [] : [`paused until ${pausedUntil}`];
  const news = [...(changing ? ['changing'] : []), ...pause];
  return news.length === 0 ? enforcement : paint('yellow', [enforcement, ...news].join(', '));
}

function policiesCell(
  { enforcement, policies: { existing, desired, missing = 0 } }: NamespaceStatus,
  paint: Paint,
): string {
  if (existing === undefined) return String(desired);
  if (existing === 0 && desired === 0) return none;
  if (enforcement === 'DryRun') return `${existing} (${desired} planned)`;
  if (enforcement !== 'Enforce') return paint('yellow', `${existing} left`);
  const there = desired - missing;
  const text = `${there}/${desired}`;
  if (missing === 0 && existing === desired) return text;
  return paint('yellow', there === existing ? text : `${text} and ${existing - there} more`);
}

/** Everything about one namespace that its line only counts. */
function formatDetails(each: NamespaceStatus, { before }: ShownStatus, context: PrintContext): string {
  const { namespace: here, open } = each;
  const old = before?.namespaces.find(({ namespace }) => namespace === here);
  const wait = `routes of other namespaces that \`${here}\` does not let in, or only in part:\n`;
  const own = markedTable(routeColumns, routeRows(each), { before: old && routeRows(old) }, context);
  const others = markedTable(waitingColumns, waitingRows(each), { before: old && waitingRows(old) }, context);
  const findings = findingsBeside(each);
  return [
    open === undefined ? '' : `Ringfence denies nothing here: ${open}\n`,
    own,
    others === '' ? '' : wait + others,
    findingLines(findings, old && findingsBeside(old), context.paint),
    others !== '' || hasMore(each) ? `\`ringfence lint -n ${here}\` prints what to write\n` : '',
  ]
    .filter((part) => part !== '')
    .map((part) => `\n${part}`)
    .join('');
}

function routeRows({ routes }: NamespaceStatus): readonly MarkedRow[] {
  return routes.map(({ profile, route, state, message, hint = '', suggestion }) => {
    const text = suggestion === undefined ? withHint(message, hint) : message;
    return { cells: [profile, route, state, text] };
  });
}

function waitingRows({ waiting }: NamespaceStatus): readonly MarkedRow[] {
  return waiting.map(({ namespace, profile, route }) => ({ cells: [namespace, profile, route] }));
}

/** What a route lacks stands beside it. */
function findingsBeside({ routes, findings }: NamespaceStatus): readonly LintFinding[] {
  return findings.filter((finding) => !routes.some((route) => isAbout(finding, route)));
}

function isAbout({ code, subject, path = '' }: LintFinding, { profile, route, reason }: RouteLine): boolean {
  return code === reason && subject.name === profile && routeIn(path)?.route === route;
}

/** Whether there is YAML to write, for which a line has no room. */
function hasMore({ routes, findings }: NamespaceStatus): boolean {
  return (
    routes.some(({ suggestion, hint = '' }) => suggestion !== undefined || hint.includes('\n')) ||
    findings.some((finding) => severityOf(finding) !== 'info' && isLong(finding))
  );
}

function isLong({ hint, suggestion }: LintFinding): boolean {
  return suggestion !== undefined || hint.includes('\n');
}

function withHint(message: string, hint: string): string {
  return hint === '' || hint.includes('\n') ? message : `${message}; ${hint}`;
}

/**
 * A line for each finding but remarks.
 *
 * @param before what was shown: what is new and what is gone is marked
 */
function findingLines(
  findings: readonly LintFinding[],
  before: readonly LintFinding[] | undefined,
  paint: Paint,
): string {
  const lines = linesOf(findings);
  if (before === undefined) return lines.join('');
  const kept = new Set(linesOf(before));
  return lines.filter((line) => kept.has(line)).join('') + changedFindings(findings, before, paint);
}

/** What is new, and what is gone. */
function changedFindings(
  findings: readonly LintFinding[],
  before: readonly LintFinding[],
  paint: Paint,
): string {
  const [now, then] = [linesOf(findings), linesOf(before)];
  const added = now
    .filter((line) => !then.includes(line))
    .map((line) => `${paint('yellow', 'new:')} ${line}`);
  const gone = then
    .filter((line) => !now.includes(line))
    .map((line) => `${paint('yellow', 'gone:')} ${line}`);
  return [...added, ...gone].join('');
}

function linesOf(findings: readonly LintFinding[]): readonly string[] {
  return findings
    .filter((finding) => severityOf(finding) !== 'info')
    .map((finding) => {
      const text = isLong(finding) ? finding.message : withHint(finding.message, finding.hint);
      return `${severityOf(finding)} ${finding.code}: ${unnamedSubject(finding)}${text}\n`;
    });
}

/** What a finding is about, if its own words do not name it; a namespace is named above. */
function unnamedSubject({ subject: { kind, name }, message }: LintFinding): string {
  const isKnown = kind === 'Namespace' || kind === 'PlatformNetworkProfile' || message.startsWith('route `');
  const isNamed = ['`', '/'].some((before) => message.includes(`${before}${name}\``));
  return isKnown || isNamed ? '' : `${kind} \`${name}\`: `;
}
