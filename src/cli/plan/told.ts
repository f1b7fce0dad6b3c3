// A plan in a terminal, and as data for programs.
// Must not know how it was found.
import { spellEndpoint } from '../../analyze/endpoints.ts';
import type { PolicyFacts } from '../../analyze/facts.ts';
import { formatKey } from '../../model/object-key.ts';
import { formatPorts, portTexts } from '../../model/port-texts.ts';
import type { Paint, Style } from '../output/paint.ts';
import { formatTable } from '../output/table.ts';
import {
  type Changes,
  type ConnectionChange,
  isEmptyChange,
  type PolicyChange,
  policyChangeKinds,
} from './changes.ts';
import { sayEnds, sayIsolation, sayOwner, sayRenamed, sayTotals, sayWhy } from './words.ts';

const signs = { added: '+', changed: '~', renamed: '~', removed: '-', gained: '+', lost: '-' } as const;
const styles: Readonly<Record<keyof typeof signs, Style>> = {
  added: 'green',
  changed: 'yellow',
  renamed: 'yellow',
  removed: 'red',
  gained: 'green',
  lost: 'red',
};

/** So many ends are named of each side. */
const maxEnds = 4;

/** For people. What to look at has a `!`. */
export function formatPlan(changes: Changes, paint: Paint): string {
  if (isEmptyChange(changes)) return 'no change\n';
  const { policies, connections, isolation } = changes;
  const sections = [
    section('Policies', policyTable(policies, paint), paint),
    section('Connections', formatTable(connections.map((each) => connectionRow(each, paint))), paint),
    section(
      'Namespaces',
      isolation.map((each) => `${each.isolated ? ' ' : '!'} ${sayIsolation(each)}\n`).join(''),
      paint,
    ),
  ];
  return `${sections.join('')}${paint('bold', sayTotals(changes))}\n`;
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

/** A policy that only has another name is counted: nobody has to look at it. */
function policyTable(policies: readonly PolicyChange[], paint: Paint): string {
  const renamed = policies.filter(({ change }) => change === 'renamed');
  const rows = policies.filter(({ change }) => change !== 'renamed').map((each) => policyRow(each, paint));
  const last = renamed.length === 0 ? [] : [[sign('renamed', paint), sayRenamed(renamed.length)]];
  return formatTable([...rows, ...last]);
}

function sign(change: PolicyChange['change'], paint: Paint) {
  return painted(`${signs[change]} ${change}`, styles[change], paint);
}

function policyRow({ change, policy }: PolicyChange, paint: Paint) {
  return [sign(change, paint), formatKey(policy), sayOwner(policy)];
}

function connectionRow(change: ConnectionChange, paint: Paint) {
  const mark = change.dangers.length > 0 ? '!' : ' ';
  return [
    painted(`${mark} ${signs[change.change]} ${change.change}`, styles[change.change], paint),
    `${sayEnds(change.from, maxEnds)} -> ${sayEnds(change.to, maxEnds)}`,
    formatPorts(change.ports),
    sayWhy(change),
  ];
}

/** For programs. */
export function planAsData(changes: Changes): object {
  const { policies, connections, isolation } = changes;
  const ofChange = (wanted: PolicyChange['change']) =>
    policies
      .filter(({ change }) => change === wanted)
      .map(({ policy, before }) => policyAsData(policy, before));
  const ofKind = (wanted: ConnectionChange['change']) =>
    connections.filter(({ change }) => change === wanted).map(connectionAsData);
  return {
    changed: !isEmptyChange(changes),
    policies: Object.fromEntries(policyChangeKinds.map((kind) => [kind, ofChange(kind)])),
    connections: { gained: ofKind('gained'), lost: ofKind('lost') },
    isolation,
  };
}

function policyAsData(
  { namespace, name, owner, spec }: PolicyFacts,
  before: PolicyFacts | undefined,
): object {
  const profile = owner === undefined ? {} : { profile: `${owner.kind} ${owner.name}` };
  const earlier = before === undefined ? {} : { before: before.spec };
  const renamed = before === undefined || before.name === name ? {} : { previousName: before.name };
  return { namespace, name, ...renamed, ...profile, ...earlier, spec };
}

function connectionAsData({ from, to, ports, dangers, because }: ConnectionChange): object {
  return {
    from: from.map(spellEndpoint),
    to: to.map(spellEndpoint),
    ports: portTexts(ports),
    dangers,
    because,
  };
}
