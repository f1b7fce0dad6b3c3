// A plan in a terminal, and as data for programs.
// Must not know how it was found.
import * as z from 'zod';
import { type Endpoint, spellEndpoint } from '../../analyze/endpoints.ts';
import { formatKey } from '../../model/object-key.ts';
import { portTexts } from '../../model/port-texts.ts';
import { findingData, findingsAsData, formatFindings } from '../lint/format.ts';
import { placeFindings } from '../lint/placed-findings.ts';
import { type PrintContext, textAndData } from '../output/formats.ts';
import type { Paint, Style } from '../output/paint.ts';
import {
  direction,
  endpointText,
  policySpec,
  portTextList,
  profileText,
  waitingRoute,
} from '../output/schemas.ts';
import { formatTable } from '../output/table.ts';
import { type ConnectionChange, isEmptyChange, type PolicyDifference } from './difference.ts';
import { lostByTeam, type TeamLosses } from './lost-by-team.ts';
import { planAsMarkdown } from './markdown.ts';
import {
  formatChangedPorts,
  formatEnds,
  formatIsolation,
  formatOthers,
  formatOwner,
  formatReasons,
  formatRenamed,
  formatTotals,
  formatWaiting,
  type NameEnds,
} from './messages.ts';
import type { PlanReport } from './plan-report.ts';

type Change = PolicyDifference['change'] | 'gained';

/** How a change looks. */
const looks: Readonly<Record<Change, readonly [sign: string, style: Style]>> = {
  ...{ added: ['+', 'green'], changed: ['~', 'yellow'], renamed: ['~', 'yellow'], removed: ['-', 'red'] },
  gained: ['+', 'green'],
};

/** If there are more ends than this, the rest is counted, on each side. */
const maxEnds = 4;

/** If there are more findings with different texts than this, the rest is counted. */
const maxFindings = 10;

/** For people. Important changes have a `!`. */
function formatPlan(
  { changes, nameEnds, waiting, findings }: PlanReport,
  { paint, room }: PrintContext,
): string {
  const { policies, connections, isolation } = changes;
  const look: Look = { paint, nameEnds, room: (room ?? Number.POSITIVE_INFINITY) - indentation.length };
  const gained = connections.filter(({ change }) => change === 'gained');
  const sections = [
    section(
      'Namespaces',
      lines(formatIsolation(isolation).map(({ isolated, text }) => `${isolated ? ' ' : '!'} ${text}`)),
      paint,
    ),
    section('Connections gained', gainedTable(gained, look), paint),
    section(
      'Connections lost, by the namespace where a route would keep them',
      lossesOf(connections, waiting, look),
      paint,
    ),
    section(
      'New findings',
      formatFindings(placeFindings(findings, undefined), { paint }, maxFindings),
      paint,
    ),
    section('Policies', policyTable(policies, look), paint),
  ];
  return `${sections.join('')}${paint('bold', formatTotals(changes))}\n`;
}

/** How rows are printed. */
interface Look {
  readonly paint: Paint;
  readonly nameEnds: NameEnds;
  readonly room: number;
}

const indentation = '  ';

function section(title: string, text: string, paint: Paint): string {
  return text === '' ? '' : `${paint('bold', title)}\n${indented(text)}\n`;
}

function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, indentation);
}

function gainedTable(connections: readonly ConnectionChange[], look: Look): string {
  return formatTable(
    connections.map((each) => gainedRow(each, look)),
    look.room,
  );
}

function lossesOf(
  connections: readonly ConnectionChange[],
  waiting: PlanReport['waiting'],
  look: Look,
): string {
  return lostByTeam(connections)
    .map(({ namespace, used, others }) => {
      const routes = waiting.get(namespace) ?? [];
      const rest = [
        ...(others === 0 ? [] : [formatOthers(others)]),
        ...(routes.length === 0 ? [] : [formatWaiting(routes)]),
      ];
      return `${look.paint('bold', namespace)}\n${indented(lossTables(used, look) + lines(rest))}`;
    })
    .join('');
}

/** The ends that lose something, and below them what they lose: long lists of ends are told once. */
function lossTables(losses: TeamLosses['used'], { nameEnds, room }: Look): string {
  const namesOf = (ends: readonly Endpoint[]) => formatEnds(ends, nameEnds, maxEnds);
  return losses
    .map((lost) => {
      const rows = lost.map((each) => [
        `- to ${namesOf(each.to)}`,
        formatChangedPorts(each),
        formatReasons(each),
      ]);
      const [head, table] = [
        formatTable([[`from ${namesOf(lost[0].from)}`]], room - indentation.length),
        formatTable(rows, room - 2 * indentation.length),
      ];
      return `${head}${indented(table)}`;
    })
    .join('');
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('');
}

/** A policy that only gets another name is counted: nobody has to check it. */
function policyTable(policies: readonly PolicyDifference[], { paint, room }: Look): string {
  const rows = policies
    .filter(({ change }) => change !== 'renamed')
    .map(({ change, policy }) => [formatChange(change, paint), formatKey(policy), formatOwner(policy)]);
  const renamed = policies.length - rows.length;
  const last = renamed === 0 ? [] : [[formatChange('renamed', paint), formatRenamed(renamed)]];
  return formatTable([...rows, ...last], room);
}

function gainedRow(connection: ConnectionChange, { paint, nameEnds }: Look): readonly string[] {
  const { from, to, dangers } = connection;
  return [
    formatChange('gained', paint, dangers.length > 0 ? '! ' : '  '),
    `${formatEnds(from, nameEnds, maxEnds)} -> ${formatEnds(to, nameEnds, maxEnds)}`,
    formatChangedPorts(connection),
    formatReasons(connection),
  ];
}

function formatChange(change: Change, paint: Paint, mark = ''): string {
  const [sign, style] = looks[change];
  return paint(style, `${mark}${sign} ${change}`);
}

const policy = z.strictObject({
  namespace: z.string(),
  name: z.string(),
  previousName: z.string().optional(),
  profile: profileText.optional(),
  before: policySpec.optional(),
  spec: policySpec.describe('the new spec; the old one if the policy is removed'),
});

const connection = z.strictObject({
  from: z.array(endpointText),
  to: z.array(endpointText),
  ports: portTextList,
  dangers: z
    .array(z.enum(['FromAnywhere', 'FromOutside', 'ToAnywhere', 'Lost']))
    .describe('why to look at it'),
  deniedBy: direction
    .optional()
    .describe(
      'of lost ones: `Ingress` if the destination does not let them in, so that a route in its namespace would; `Egress` if only the source denies them',
    ),
  offered: portTextList
    .optional()
    .describe('of the lost ports of workloads, those that a container declares or to which a Service leads'),
  because: z
    .enum(['NewEnd', 'EndGone', 'Policies'])
    .describe('whether an end is new or removed, or policies change'),
});

const schema = z.strictObject({
  changed: z.boolean(),
  dryRun: z
    .array(z.string())
    .describe('the namespaces in which nothing changes because they are in a dry run'),
  policies: z.strictObject({
    added: z.array(policy),
    changed: z.array(policy),
    renamed: z.array(policy),
    removed: z.array(policy),
  }),
  connections: z.strictObject({ gained: z.array(connection), lost: z.array(connection) }),
  waiting: z
    .record(z.string(), z.array(waitingRoute))
    .describe('by namespace, the routes of others that it does not let in afterwards'),
  findings: z.array(findingData).describe('the errors and warnings that are there only afterwards'),
  isolation: z
    .array(z.strictObject({ namespace: z.string(), direction, isolated: z.boolean() }))
    .describe('namespaces of which every pod becomes isolated, or is no longer isolated'),
});

/** For programs. */
function planAsData({ changes, dryRun, waiting, findings }: PlanReport) {
  const policies = Object.groupBy(changes.policies, ({ change }) => change);
  const connections = Object.groupBy(changes.connections, ({ change }) => change);
  const { added = [], changed = [], renamed = [], removed = [] } = policies;
  const { gained = [], lost = [] } = connections;
  return {
    changed: !isEmptyChange(changes),
    dryRun,
    policies: {
      added: added.map(policyAsData),
      changed: changed.map(policyAsData),
      renamed: renamed.map(policyAsData),
      removed: removed.map(policyAsData),
    },
    connections: { gained: gained.map(connectionAsData), lost: lost.map(connectionAsData) },
    waiting: Object.fromEntries(waiting),
    findings: findingsAsData(placeFindings(findings, undefined)),
    isolation: changes.isolation,
  };
}

function policyAsData({ policy: { namespace, name, owner, spec }, before }: PolicyDifference) {
  const profile = owner === undefined ? {} : { profile: `${owner.kind} ${owner.name}` };
  const earlier = before === undefined ? {} : { before: before.spec };
  const renamed = before === undefined || before.name === name ? {} : { previousName: before.name };
  return { namespace, name, ...renamed, ...profile, ...earlier, spec };
}

function connectionAsData({ from, to, ports, dangers, deniedBy, offered, because }: ConnectionChange) {
  return {
    from: from.map(spellEndpoint),
    to: to.map(spellEndpoint),
    ports: portTexts(ports),
    dangers,
    ...(deniedBy === undefined ? {} : { deniedBy }),
    ...(offered === undefined ? {} : { offered: portTexts(offered) }),
    because,
  };
}

/** The formats of `plan`. */
export const planFormats = textAndData({
  text: formatPlan,
  data: planAsData,
  schema,
  more: { markdown: planAsMarkdown },
});
