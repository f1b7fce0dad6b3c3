// The status of namespaces, as a table for people and as data for programs.
// Must not know how it is found out.
import * as z from 'zod';
import { type Enforcement, egressModes, enforcements } from '../../api/egress.ts';
import {
  countFindings,
  type Finding,
  type FindingCode,
  findingKinds,
  severityOf,
} from '../../model/findings.ts';
import { type PrintContext, textAndData } from '../output/formats.ts';
import type { Paint } from '../output/paint.ts';
import { waitingRoute } from '../output/schemas.ts';
import { formatTable } from '../output/table.ts';
import type { ClusterStatus, NamespaceStatus } from './cluster-status.ts';
import { type OperatorSign, operatorStates } from './operator-sign.ts';

/** A status, and how much of it people see. */
export interface ShownStatus {
  readonly status: ClusterStatus;
  /** Whether the routes are listed, too. */
  readonly withRoutes: boolean;
}

const states = ['Active', 'NotNeeded', 'Pending', 'Rejected'] as const;
const none = '-';

function formatStatus({ status, withRoutes }: ShownStatus, context: PrintContext): string {
  const { namespaces, findings, operator } = status;
  const head = ['NAMESPACE', 'ENFORCEMENT', 'EGRESS', 'RULE', 'POLICIES', 'ROUTES', 'FINDINGS'];
  const rows = namespaces.map((each) => rowOf(each, context.paint));
  return [
    operator?.state === 'Silent' ? silence(operator, context.paint) : '',
    ...findingLines(findings),
    tableOf(head, rows, context),
    ...(withRoutes ? namespaces.map((each) => formatDetails(each, context)) : [summaryOf(status)]),
    lastLine(status),
  ].join('');
}

/** How many namespaces there are of each kind, how much there is to read about them, and where. */
function summaryOf({ namespaces, findings: ofCluster }: ClusterStatus): string {
  if (namespaces.length === 0) return '';
  const kinds = Map.groupBy(namespaces, ({ enforcement }) => enforcement);
  const counts = ([...enforcements, undefined] as const)
    .map((kind) => ({ word: enforcementWords[kind ?? 'none'], number: kinds.get(kind)?.length ?? 0 }))
    .filter(({ number }) => number > 0)
    .map(({ word, number }) => `${number} ${word}`);
  const findings = countFindings([...ofCluster, ...namespaces.flatMap((each) => each.findings)]);
  const more = findings === '' ? '' : `; ${findings}: see \`ringfence lint\``;
  return `\n${counts.join(', ')}${more}\n`;
}

const enforcementWords: Readonly<Record<Enforcement | 'none', string>> = {
  Enforce: 'enforced',
  DryRun: 'in a dry run',
  Off: 'off',
  none: 'not ringed',
};

function silence({ renewed }: OperatorSign, paint: Paint): string {
  const since = renewed === undefined ? 'it has given its lease back' : `its last sign was at ${renewed}`;
  return `${paint('red', 'the operator is not active')}: ${since}; what is written stays, and nothing follows changes\n`;
}

const noSign =
  'no operator has reported yet: if one is installed in another namespace, name that with `--operator-namespace`\n';

/** What is below the table. A lease that is renewed does not say that the operator may still read and write. */
function lastLine({ namespaces, operator }: ClusterStatus): string {
  if (operator?.state === 'NoLease') return noSign;
  return operator?.state !== 'Silent' && namespaces.some(isBehind) ? behind : '';
}

/** Whether the operator has not done its work in it, or not yet, and does not say why. */
function isBehind({ policies: { missing = 0 }, changing, findings, failure }: NamespaceStatus): boolean {
  return failure === undefined && !changing && (missing > 0 || findings.some(isOverdue));
}

function isOverdue({ code }: Finding): boolean {
  return code === 'PauseOverdue';
}

const behind =
  'the operator has not yet done what it should; `ringfence plan` shows what is left. If that stays: does it run, is it ready, and what does its log say?\n';

/** Remarks are left out. */
function findingLines(findings: readonly Finding[]): readonly string[] {
  return findings
    .filter((finding) => severityOf(finding) !== 'info')
    .map((finding) => `${severityOf(finding)} ${finding.code}: ${finding.message}\n`);
}

/** Empty without rows. */
function tableOf(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { paint, room }: PrintContext,
): string {
  return rows.length === 0 ? '' : formatTable([head.map((title) => paint('bold', title)), ...rows], room);
}

function rowOf(each: NamespaceStatus, paint: Paint): readonly string[] {
  const { namespace, enforcement, outside, egress, rule = none, routes, findings, failure } = each;
  const mode =
    enforcement === undefined
      ? [paint('dim', `none: ${outside}`), none, none]
      : [enforcementCell(enforcement, each, paint), enforcement === 'Off' ? none : egress, rule];
  const counts = states
    .map((state) => ({ state, number: routes.filter((route) => route.state === state).length }))
    .filter(({ number }) => number > 0)
    .map(({ state, number }) => `${number} ${state}`);
  const problems = [failure === undefined ? '' : paint('red', failure.reason), countFindings(findings)];
  return [
    namespace,
    ...mode,
    policiesCell(each, paint),
    counts.join(', ') || none,
    problems.filter((text) => text !== '').join(', ') || none,
  ];
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
function formatDetails(each: NamespaceStatus, context: PrintContext): string {
  const { namespace: here, open, routes, waiting, findings } = each;
  const own = routes.map(({ profile, route, state, message }) => [profile, route, state, message]);
  const others = waiting.map(({ namespace, profile, route }) => [namespace, profile, route]);
  // What a route lacks stands beside it.
  const rest = findings.filter(({ message }) => !routes.some((each) => message.endsWith(each.message)));
  const wait = `routes of other namespaces that wait for a route in \`${here}\`; \`ringfence lint -n ${here}\` prints it:\n`;
  return [
    open === undefined ? '' : `Ringfence denies nothing here: ${open}\n`,
    tableOf(['PROFILE', 'ROUTE', 'STATE', 'MESSAGE'], own, context),
    others.length === 0 ? '' : wait + tableOf(['NAMESPACE', 'PROFILE', 'ROUTE'], others, context),
    findingLines(rest).join(''),
  ]
    .filter((part) => part !== '')
    .map((part) => `\n${part}`)
    .join('');
}

const route = z.strictObject({
  profile: z.string(),
  route: z.string(),
  state: z.enum(states),
  reason: z.string(),
  message: z.string(),
});

const finding = z.strictObject({
  code: z.enum(Object.keys(findingKinds) as FindingCode[]),
  severity: z.enum(['error', 'warning', 'info']),
  message: z.string(),
});

const namespaceStatus = z.strictObject({
  namespace: z.string(),
  enforcement: z.enum(enforcements).optional().describe('absent if the namespace is not ringed'),
  outside: z.string().optional().describe('why the namespace is not ringed, in one word'),
  open: z.string().optional().describe('why nothing is denied in it, for people'),
  egress: z.enum(egressModes),
  rule: z.string().optional().describe('the rule of the platform profile that applies'),
  changing: z.boolean().describe('whether it is being closed or opened, with a temporary policy'),
  policies: z.strictObject({
    existing: z
      .int()
      .optional()
      .describe('how many policies it has, without temporary ones; absent for files'),
    desired: z.int().describe('how many it has once it is enforced'),
    missing: z
      .int()
      .optional()
      .describe(
        'how many of the desired ones it lacks, by name; absent for files, and if it is not enforced',
      ),
  }),
  pausedUntil: z.string().optional().describe('when the last of the pauses ends that open it now'),
  routes: z.array(route),
  waiting: z.array(waitingRoute).describe('the routes of other namespaces that it does not let in'),
  findings: z.array(finding),
  failure: z
    .strictObject({ reason: z.string(), message: z.string() })
    .optional()
    .describe("why the operator can't write its policies"),
});

const clusterStatus = z.strictObject({
  operator: z
    .strictObject({ state: z.enum(operatorStates), renewed: z.string().optional() })
    .optional()
    .describe('the last sign of the operator, from its lease; absent for files'),
  namespaces: z.array(namespaceStatus),
  findings: z.array(finding).describe('about the cluster as a whole'),
});

/** A finding for programs. */
function findingAsData(each: Finding) {
  return { code: each.code, severity: severityOf(each), message: each.message };
}

/** The formats of `status`. */
export const statusFormats = textAndData({
  text: formatStatus,
  data: ({ status: { namespaces, findings, operator } }: ShownStatus) => ({
    ...(operator === undefined ? {} : { operator }),
    namespaces: namespaces.map((each) => ({ ...each, findings: each.findings.map(findingAsData) })),
    findings: findings.map(findingAsData),
  }),
  schema: clusterStatus,
});
