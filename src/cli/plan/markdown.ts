// A plan as the comment of a pull request: important changes first, then every connection, then the policies, folded.
// GitHub's limit is 65,536 characters, so long lists are cut and counted. Must not know how it was found.

import { diffLines } from 'diff';
import { andMore } from '../../model/counted.ts';
import { formatKey } from '../../model/object-key.ts';
import { formatPorts } from '../../model/port-texts.ts';
import { toYaml } from '../output/formats.ts';
import { type Changes, type ConnectionChange, isEmptyChange, type PolicyDifference } from './difference.ts';
import {
  dangerWords,
  formatEnds,
  formatIsolation,
  formatOwner,
  formatReasons,
  formatRenamed,
  formatTotals,
} from './messages.ts';

const signs = { gained: '➕ gained', lost: '➖ lost' } as const;
const maxRows = 40;
const maxEnds = 6;
const maxCharacters = 40_000;

/** The comment. */
export function planAsMarkdown(changes: Changes): string {
  const head = `### Ringfence: ${formatTotals(changes)}\n`;
  if (isEmptyChange(changes)) return head;
  const parts = [head, warnings(changes), isolation(changes), connections(changes), policies(changes)];
  return parts.filter((part) => part !== '').join('\n');
}

function warnings({ connections: all, isolation: namespaces }: Changes): string {
  const opened = namespaces.filter(({ isolated }) => !isolated);
  const dangerous = all.filter(({ dangers }) => dangers.length > 0);
  const lines = [...opened.map(formatIsolation), ...dangerous.map(formatDanger)];
  if (lines.length === 0) return '';
  return `> [!WARNING]\n${cut(lines.map((line) => `> - ${line}`)).join('\n')}\n`;
}

function formatDanger(change: ConnectionChange): string {
  const { from, to, ports, dangers } = change;
  const why = dangers.map((danger) => dangerWords[danger]).join(', ');
  return `${code(from)} → ${code(to)} on ${formatPorts(ports)}: ${why}`;
}

function isolation({ isolation: namespaces }: Changes): string {
  const lines = namespaces.filter(({ isolated }) => isolated).map((each) => `- ${formatIsolation(each)}`);
  return lines.length === 0 ? '' : `${cut(lines).join('\n')}\n`;
}

function connections({ connections: all }: Changes): string {
  if (all.length === 0) return '';
  const rows = all.map(
    (each) =>
      `| ${signs[each.change]} | ${code(each.from)} | ${code(each.to)} | ${formatPorts(each.ports)} | ${formatReasons(each)} |`,
  );
  return `| | From | To | Ports | |\n|---|---|---|---|---|\n${cut(rows).join('\n')}\n`;
}

function code(ends: ConnectionChange['from']): string {
  return formatEnds(ends, maxEnds, (name) => `\`${name}\``);
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
