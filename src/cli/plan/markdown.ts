// A plan as the comment of a pull request: important changes first, then every connection, then the policies, folded.
// GitHub's limit is 65,536 characters, so long lists are cut and counted. Must not know how it was found.

import { diffLines } from 'diff';
import { andMore } from '../../model/counted.ts';
import { formatKey } from '../../model/object-key.ts';
import { objectOf, placeFindings } from '../lint/placed-findings.ts';
import { toYaml } from '../output/formats.ts';
import type { Changes, ConnectionChange, PolicyDifference } from './difference.ts';
import { lostByTeam } from './lost-by-team.ts';
import {
  formatChangedPorts,
  formatDryRun,
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

const signs = { gained: '➕ gained', lost: '➖ lost' } as const;
const maxRows = 40;
const maxEnds = 6;
const maxCharacters = 40_000;

/** The comment. Each thing is in it once. */
export function planAsMarkdown({ changes, dryRun, waiting, findings, nameEnds }: PlanReport): string {
  const head = `### Ringfence: ${formatTotals(changes)}\n`;
  const parts = [
    head,
    dryRunNote(dryRun),
    opened(changes),
    connections(changes, waiting, nameEnds),
    found(findings),
    isolated(changes),
    policies(changes),
  ];
  return parts.filter((part) => part !== '').join('\n');
}

function dryRunNote(namespaces: readonly string[]): string {
  if (namespaces.length === 0) return '';
  return `> [!NOTE]\n> ${formatDryRun(namespaces)}\n`;
}

function opened({ isolation }: Changes): string {
  const lines = formatIsolation(isolation.filter(({ isolated }) => !isolated)).map(
    ({ text }) => `> - ${text}`,
  );
  return lines.length === 0 ? '' : `> [!WARNING]\n${cut(lines).join('\n')}\n`;
}

function found(findings: PlanReport['findings']): string {
  const lines = placeFindings(findings, undefined).map(
    (placed) =>
      `- ⚠️ new ${placed.severity} ${placed.finding.code}: \`${objectOf(placed)}\`: ${placed.finding.message}`,
  );
  return lines.length === 0 ? '' : `${cut(lines).join('\n')}\n`;
}

function isolated({ isolation }: Changes): string {
  const lines = formatIsolation(isolation.filter((each) => each.isolated)).map(({ text }) => `- ${text}`);
  return lines.length === 0 ? '' : `${cut(lines).join('\n')}\n`;
}

/** What to look at first has a ⚠️. Lost connections come with the namespace whose team would add a route. */
function connections(
  { connections: all }: Changes,
  waiting: PlanReport['waiting'],
  nameEnds: NameEnds,
): string {
  const lost = lostByTeam(all);
  const gained = all.filter(({ change }) => change === 'gained');
  const rows = [
    ...gained.map((each) => connectionRow(each, nameEnds)),
    ...lost.flatMap(({ namespace, used }) =>
      used.flat().map((each) => connectionRow(each, nameEnds, namespace)),
    ),
  ];
  const table =
    rows.length === 0
      ? ''
      : `| | From | To | Ports | Why, or where a route would keep it |\n|---|---|---|---|---|\n${cut(rows).join('\n')}\n`;
  const others = lost.flatMap(({ namespace, others }) => {
    const routes = waiting.get(namespace) ?? [];
    const texts = [
      ...(others > 0 ? [formatOthers(others)] : []),
      ...(routes.length > 0 ? [formatWaiting(routes)] : []),
    ];
    return texts.map((text) => `- \`${namespace}\`: ${text}`);
  });
  return [table, others.length === 0 ? '' : `${cut(others).join('\n')}\n`]
    .filter((part) => part !== '')
    .join('\n');
}

/** @param team the namespace where a route would keep it */
function connectionRow(change: ConnectionChange, nameEnds: NameEnds, team?: string): string {
  const mark = change.dangers.length > 0 ? '⚠️ ' : '';
  const [from, to] = [change.from, change.to].map((ends) =>
    formatEnds(ends, nameEnds, maxEnds, (name) => `\`${name}\``),
  );
  const where = team === undefined ? '' : `\`${team}\``;
  return `| ${mark}${signs[change.change]} | ${from} | ${to} | ${formatChangedPorts(change)} | ${formatReasons(change) || where} |`;
}

function policies({ policies: all }: Changes): string {
  const others = all.filter(({ change }) => change !== 'renamed');
  const renamed = all.length - others.length;
  const folded: string[] = [];
  let length = 0;
  for (const change of others) {
    const text = policy(change);
    length += text.length;
    if (length > maxCharacters) break;
    folded.push(text);
  }
  const rest = others.length - folded.length;
  if (rest > 0) folded.push(`\n… ${andMore(rest)} policies\n`);
  if (renamed > 0) folded.push(`\nRenamed: ${formatRenamed(renamed)}\n`);
  return folded.join('\n');
}

function policy({ change, policy: facts, before }: PolicyDifference): string {
  const owner = formatOwner(facts);
  const title = `policy <code>${formatKey(facts)}</code> ${change}${owner === '' ? '' : ` (${owner})`}`;
  const now = change === 'removed' ? '' : toYaml(facts.spec);
  const was = change === 'added' ? '' : toYaml((before ?? facts).spec);
  const lines = lineDifference(was, now);
  return `<details><summary>${title}</summary>\n\n\`\`\`diff\n${lines}\`\`\`\n</details>\n`;
}

/** Every line of both texts, in order, with ` `, `-` or `+` before it. */
function lineDifference(before: string, after: string): string {
  return diffLines(before, after)
    .map(({ value, added, removed }) => value.replaceAll(/^(?=.)/gm, added ? '+ ' : removed ? '- ' : '  '))
    .join('');
}

function cut(lines: readonly string[]): readonly string[] {
  const rest = lines.length - maxRows;
  return rest > 0 ? [...lines.slice(0, maxRows), `\n… ${andMore(rest)}`] : lines;
}
