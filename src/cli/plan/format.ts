// A plan in a terminal, and as data for programs.
// Must not know how it was found.
import * as z from 'zod';
import { spellEndpoint } from '../../analyze/endpoints.ts';
import { formatKey } from '../../model/object-key.ts';
import { formatPorts, portTexts } from '../../model/port-texts.ts';
import { type PrintContext, textAndData } from '../output/formats.ts';
import type { Paint, Style } from '../output/paint.ts';
import { direction, endpointText, policySpec, portTextList, profileText } from '../output/schemas.ts';
import { formatTable } from '../output/table.ts';
import { type Changes, type ConnectionChange, isEmptyChange, type PolicyDifference } from './difference.ts';
import { planAsMarkdown } from './markdown.ts';
import {
  formatEnds,
  formatIsolation,
  formatOwner,
  formatReasons,
  formatRenamed,
  formatTotals,
} from './messages.ts';

type Change = PolicyDifference['change'] | ConnectionChange['change'];

/** How a change looks. */
const looks: Readonly<Record<Change, readonly [sign: string, style: Style]>> = {
  ...{ added: ['+', 'green'], changed: ['~', 'yellow'], renamed: ['~', 'yellow'], removed: ['-', 'red'] },
  ...{ gained: ['+', 'green'], lost: ['-', 'red'] },
};

/** If there are more ends than this, the rest is counted, on each side. */
const maxEnds = 4;

/** For people. Important changes have a `!`. */
function formatPlan(changes: Changes, { paint }: PrintContext): string {
  if (isEmptyChange(changes)) return 'no change\n';
  const { policies, connections, isolation } = changes;
  const sections = [
    section('Policies', policyTable(policies, paint), paint),
    section('Connections', formatTable(connections.map((each) => connectionRow(each, paint))), paint),
    section(
      'Namespaces',
      isolation.map((each) => `${each.isolated ? ' ' : '!'} ${formatIsolation(each)}\n`).join(''),
      paint,
    ),
  ];
  return `${sections.join('')}${paint('bold', formatTotals(changes))}\n`;
}

function section(title: string, text: string, paint: Paint): string {
  if (text === '') return '';
  return `${paint('bold', title)}\n${text.replaceAll(/^(?=.)/gm, '  ')}\n`;
}

/** A policy that only gets another name is counted: nobody has to check it. */
function policyTable(policies: readonly PolicyDifference[], paint: Paint): string {
  const rows = policies
    .filter(({ change }) => change !== 'renamed')
    .map(({ change, policy }) => [formatChange(change, paint), formatKey(policy), formatOwner(policy)]);
  const renamed = policies.length - rows.length;
  const last = renamed === 0 ? [] : [[formatChange('renamed', paint), formatRenamed(renamed)]];
  return formatTable([...rows, ...last]);
}

function connectionRow(connection: ConnectionChange, paint: Paint): readonly string[] {
  const { change, from, to, ports, dangers } = connection;
  return [
    formatChange(change, paint, dangers.length > 0 ? '! ' : '  '),
    `${formatEnds(from, maxEnds)} -> ${formatEnds(to, maxEnds)}`,
    formatPorts(ports),
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
  because: z
    .enum(['NewEnd', 'EndGone', 'Policies'])
    .describe('whether an end is new or removed, or policies change'),
});

const schema = z.strictObject({
  changed: z.boolean(),
  policies: z.strictObject({
    added: z.array(policy),
    changed: z.array(policy),
    renamed: z.array(policy),
    removed: z.array(policy),
  }),
  connections: z.strictObject({ gained: z.array(connection), lost: z.array(connection) }),
  isolation: z
    .array(z.strictObject({ namespace: z.string(), direction, isolated: z.boolean() }))
    .describe('namespaces of which every pod becomes isolated, or is no longer isolated'),
});

/** For programs. */
function planAsData(changes: Changes) {
  const policies = Object.groupBy(changes.policies, ({ change }) => change);
  const connections = Object.groupBy(changes.connections, ({ change }) => change);
  const { added = [], changed = [], renamed = [], removed = [] } = policies;
  const { gained = [], lost = [] } = connections;
  return {
    changed: !isEmptyChange(changes),
    policies: {
      added: added.map(policyAsData),
      changed: changed.map(policyAsData),
      renamed: renamed.map(policyAsData),
      removed: removed.map(policyAsData),
    },
    connections: { gained: gained.map(connectionAsData), lost: lost.map(connectionAsData) },
    isolation: changes.isolation,
  };
}

function policyAsData({ policy: { namespace, name, owner, spec }, before }: PolicyDifference) {
  const profile = owner === undefined ? {} : { profile: `${owner.kind} ${owner.name}` };
  const earlier = before === undefined ? {} : { before: before.spec };
  const renamed = before === undefined || before.name === name ? {} : { previousName: before.name };
  return { namespace, name, ...renamed, ...profile, ...earlier, spec };
}

function connectionAsData({ from, to, ports, dangers, because }: ConnectionChange) {
  return {
    from: from.map(spellEndpoint),
    to: to.map(spellEndpoint),
    ports: portTexts(ports),
    dangers,
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
