// A plan in a terminal, and as data for programs.
// Must not know how it was found.
import * as z from 'zod';
import { spellEndpoint } from '../../analyze/endpoints.ts';
import type { PolicyFacts } from '../../analyze/facts.ts';
import { formatKey } from '../../model/object-key.ts';
import { formatPorts, portTexts } from '../../model/port-texts.ts';
import { textAndData } from '../output/formats.ts';
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

const signs = { added: '+', changed: '~', renamed: '~', removed: '-', gained: '+', lost: '-' } as const;
const styles: Readonly<Record<keyof typeof signs, Style>> = {
  added: 'green',
  changed: 'yellow',
  renamed: 'yellow',
  removed: 'red',
  gained: 'green',
  lost: 'red',
};

/** If there are more ends than this, the rest is counted, on each side. */
const maxEnds = 4;

/** For people. Important changes have a `!`. */
function formatPlan(changes: Changes, paint: Paint): string {
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
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => `  ${line}\n`);
  return `${paint('bold', title)}\n${lines.join('')}\n`;
}

function painted(text: string, style: Style, paint: Paint) {
  return { text, look: (padded: string) => paint(style, padded) };
}

/** A policy that only gets another name is counted: nobody has to check it. */
function policyTable(policies: readonly PolicyDifference[], paint: Paint): string {
  const renamed = policies.filter(({ change }) => change === 'renamed');
  const rows = policies.filter(({ change }) => change !== 'renamed').map((each) => policyRow(each, paint));
  const last = renamed.length === 0 ? [] : [[sign('renamed', paint), formatRenamed(renamed.length)]];
  return formatTable([...rows, ...last]);
}

function sign(change: PolicyDifference['change'], paint: Paint) {
  return painted(`${signs[change]} ${change}`, styles[change], paint);
}

function policyRow({ change, policy }: PolicyDifference, paint: Paint) {
  return [sign(change, paint), formatKey(policy), formatOwner(policy)];
}

function connectionRow(change: ConnectionChange, paint: Paint) {
  const mark = change.dangers.length > 0 ? '!' : ' ';
  return [
    painted(`${mark} ${signs[change.change]} ${change.change}`, styles[change.change], paint),
    `${formatEnds(change.from, maxEnds)} -> ${formatEnds(change.to, maxEnds)}`,
    formatPorts(change.ports),
    formatReasons(change),
  ];
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
  const { policies, connections, isolation } = changes;
  const ofChange = (wanted: PolicyDifference['change']) =>
    policies
      .filter(({ change }) => change === wanted)
      .map(({ policy, before }) => policyAsData(policy, before));
  const ofKind = (wanted: ConnectionChange['change']) =>
    connections.filter(({ change }) => change === wanted).map(connectionAsData);
  return {
    changed: !isEmptyChange(changes),
    policies: {
      added: ofChange('added'),
      changed: ofChange('changed'),
      renamed: ofChange('renamed'),
      removed: ofChange('removed'),
    },
    connections: { gained: ofKind('gained'), lost: ofKind('lost') },
    isolation,
  };
}

function policyAsData({ namespace, name, owner, spec }: PolicyFacts, before: PolicyFacts | undefined) {
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
  text: (changes: Changes, { paint }) => formatPlan(changes, paint),
  data: planAsData,
  schema,
  more: { markdown: planAsMarkdown },
});
