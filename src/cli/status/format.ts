// The status of namespaces, as a table for people and as data for programs.
// Must not know how it is found out.
import * as z from 'zod';
import { egressModes, enforcements } from '../../api/egress.ts';
import {
  countFindings,
  type Finding,
  type FindingCode,
  findingKinds,
  severityOf,
} from '../../model/findings.ts';
import { type PrintContext, textAndData } from '../output/formats.ts';
import type { Paint } from '../output/paint.ts';
import { formatTable } from '../output/table.ts';
import type { ClusterStatus, NamespaceStatus } from './cluster-status.ts';

/** A status, and how much of it people see. */
export interface ShownStatus {
  readonly status: ClusterStatus;
  /** Whether the routes are listed, too. */
  readonly withRoutes: boolean;
}

const states = ['Active', 'NotNeeded', 'Pending', 'Rejected'] as const;
const none = '-';

function formatStatus({ status, withRoutes }: ShownStatus, { paint }: PrintContext): string {
  const { namespaces, findings } = status;
  const ofCluster = findings
    .filter((finding) => severityOf(finding) !== 'info')
    .map((finding) => `${severityOf(finding)} ${finding.code}: ${finding.message}\n`);
  const head = ['NAMESPACE', 'ENFORCEMENT', 'EGRESS', 'RULE', 'POLICIES', 'ROUTES', 'FINDINGS'];
  const rows = [bold(head, paint), ...namespaces.map((each) => rowOf(each, paint))];
  return [
    ...ofCluster,
    namespaces.length === 0 ? '' : formatTable(rows),
    withRoutes ? formatRoutes(namespaces, paint) : '',
  ].join('');
}

function bold(titles: readonly string[], paint: Paint): readonly string[] {
  return titles.map((title) => paint('bold', title));
}

function rowOf(each: NamespaceStatus, paint: Paint): readonly string[] {
  const { namespace, enforcement, outside, egress, rule = none, routes, findings, failure } = each;
  const mode =
    enforcement === undefined
      ? [paint('dim', `none: ${outside}`), none, none]
      : [enforcement, enforcement === 'Off' ? none : egress, rule];
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

function policiesCell(
  { enforcement, policies: { existing, desired } }: NamespaceStatus,
  paint: Paint,
): string {
  if (existing === undefined) return String(desired);
  const text = existing === 0 && desired === 0 ? none : `${existing}/${desired}`;
  return enforcement === 'Enforce' && existing !== desired ? paint('yellow', text) : text;
}

function formatRoutes(namespaces: readonly NamespaceStatus[], paint: Paint): string {
  const rows = namespaces.flatMap(({ routes }) =>
    routes.map(({ profile, route, state, reason }) => [profile, route, state, reason]),
  );
  if (rows.length === 0) return '';
  return `\n${formatTable([bold(['PROFILE', 'ROUTE', 'STATE', 'REASON'], paint), ...rows])}`;
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
  outside: z.string().optional().describe('why the namespace is not ringed'),
  egress: z.enum(egressModes),
  rule: z.string().optional().describe('the rule of the platform profile that applies'),
  policies: z.strictObject({
    existing: z.int().optional().describe('how many policies it has; absent for files'),
    desired: z.int().describe('how many it has once it is enforced'),
  }),
  routes: z.array(route),
  findings: z.array(finding),
  failure: z
    .strictObject({ reason: z.string(), message: z.string() })
    .optional()
    .describe("why the operator can't write its policies"),
});

const clusterStatus = z.strictObject({
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
  data: ({ status: { namespaces, findings } }: ShownStatus) => ({
    namespaces: namespaces.map((each) => ({ ...each, findings: each.findings.map(findingAsData) })),
    findings: findings.map(findingAsData),
  }),
  schema: clusterStatus,
});
