// Allowed connections with the rules behind them, as a table for people: lines that differ only in one end are one.
// Must not know how they are found.
import { type Endpoint, endpointKey, type WorkloadEnd } from '../../analyze/endpoints.ts';
import { groupsBy } from '../../model/groups.ts';
import { formatKey } from '../../model/object-key.ts';
import { formatPortSet } from '../../model/port-set.ts';
import { formatPorts } from '../../model/port-texts.ts';
import { formatRule } from '../explain/format-verdicts.ts';
import { endNamesAmong } from '../output/end-names.ts';
import type { PrintContext } from '../output/formats.ts';
import { formatTable } from '../output/table.ts';
import type { AllowedLine, Because } from './allowed-lines.ts';

/** Lines that have the same ports and reasons between each of some ends and each of others. */
interface Block extends Pick<AllowedLine, 'ports' | 'because'> {
  readonly from: readonly Endpoint[];
  readonly to: readonly Endpoint[];
}

/** The lines as a table. @param workloads all workloads, of which a line may name all */
export function formatLines(
  lines: readonly AllowedLine[],
  workloads: readonly WorkloadEnd[],
  { paint, room }: Pick<PrintContext, 'paint' | 'room'>,
): string {
  if (lines.length === 0) return 'nothing is allowed\n';
  const nameAll = endNamesAmong(workloads);
  const blocks = blocksOf(lines).map(({ from, to, ports, because }) =>
    besideEachOther([
      nameAll(from),
      nameAll(to),
      [formatPorts(ports)],
      because.length === 0 ? ['no policy isolates either end'] : because.map(formatReason),
      because.map(({ owner = '' }) => owner),
      because.map(({ since = '' }) => since.slice(0, 'yyyy-mm-dd'.length)),
    ]),
  );
  const head = ['FROM', 'TO', 'PORTS', 'BECAUSE', 'OWNER', 'SINCE'].map((title) => paint('bold', title));
  const rows = blocks.flatMap((block, index) => (index > 0 ? [head.map(() => ''), ...block] : block));
  return formatTable([head, ...rows], room);
}

function formatReason({ side, ...rule }: Because): string {
  const { until, reason } = rule;
  const end = until === undefined ? '' : ` until ${until}, because of \`${reason}\``;
  return `${side === 'Ingress' ? 'in ' : 'out'}  ${formatRule(rule)}${end}`;
}

function blocksOf(lines: readonly AllowedLine[]): readonly Block[] {
  const bySource = groupsBy(lines, (line) => `${endpointKey(line.to)} ${whyOf(line)}`).map((alike) => ({
    ...alike[0],
    from: alike.map(({ from }) => from),
    to: [alike[0].to],
  }));
  return groupsBy(bySource, (block) => `${block.from.map(endpointKey).join(' ')} ${whyOf(block)}`).map(
    (alike) => ({ ...alike[0], to: alike.flatMap(({ to }) => to) }),
  );
}

function whyOf({ ports, because }: Pick<AllowedLine, 'ports' | 'because'>): string {
  const rules = because.map(({ side, policy, rule }) => `${side} ${formatKey(policy)} ${rule}`);
  return [formatPortSet(ports), ...rules].join('\n');
}

function besideEachOther(columns: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const height = Math.max(...columns.map(({ length }) => length));
  return Array.from({ length: height }, (_, line) => columns.map((column) => column[line] ?? ''));
}
