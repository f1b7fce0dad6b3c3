// A matrix, for people and for programs. For people it is as short as possible without leaving anything out: in a cluster without
// policies it says `every workload` and `any address`. Must not know how connections are found.
import * as z from 'zod';
import { analyze } from '../../analyze/analysis.ts';
import { type ConnectionGroup, groupsOfNamespaces, isInNamespace } from '../../analyze/connections.ts';
import { isSelf, spellEndpoint, type WorkloadEnd } from '../../analyze/endpoints.ts';
import type { AnalysisInput } from '../../analyze/facts.ts';
import { withoutStandIns } from '../../analyze/stand-ins.ts';
import { formatPorts, portTexts } from '../../model/port-texts.ts';
import { endNamesAmong } from '../output/end-names.ts';
import { textAndData } from '../output/formats.ts';
import type { Paint } from '../output/paint.ts';
import { endpointText, portTextList } from '../output/schemas.ts';
import { formatTable } from '../output/table.ts';

/** The content of a matrix. */
interface Matrix {
  readonly input: AnalysisInput;
  /** Only connections that begin or end in this namespace are printed. */
  readonly namespace: string | undefined;
}

/**
 * Groups as blocks of lines: each of its sources reaches each of its targets.
 *
 * @param workloads all workloads, some of which may reach nothing
 */
function formatBlocks(
  groups: readonly ConnectionGroup[],
  workloads: readonly WorkloadEnd[],
  paint: Paint,
): string {
  if (groups.length === 0) return 'nothing is allowed\n';
  const nameAll = endNamesAmong(workloads);
  const blocks = groups.map(({ from, to, ports }) => {
    const [only] = from;
    // A single pod does not reach itself through a policy.
    const others = from.length === 1 && only ? to.filter((target) => !isSelf(only, target)) : to;
    return block(nameAll(from), nameAll(others), formatPorts(ports));
  });
  const isTall = blocks.some((rows) => rows.length > 1);
  const head = ['FROM', 'TO', 'PORTS'].map((title) => paint('bold', title));
  const rows = blocks.flatMap((lines, index) => (isTall && index > 0 ? [['', '', ''], ...lines] : lines));
  return formatTable([head, ...rows]);
}

function block(from: readonly string[], to: readonly string[], ports: string): readonly string[][] {
  return Array.from({ length: Math.max(from.length, to.length) }, (_, line) => [
    from[line] ?? '',
    to[line] ?? '',
    line === 0 ? ports : '',
  ]);
}

/** A JSON list with a line for each item, so that two versions of it can be compared. */
function jsonLines(items: readonly object[]): string {
  return items.length === 0
    ? '[]\n'
    : `[\n${items.map((item) => `  ${JSON.stringify(item)}`).join(',\n')}\n]\n`;
}

/** The formats of `matrix`. */
export const matrixFormats = textAndData({
  text: ({ input, namespace }: Matrix, { paint }) => {
    const shown = analyze(withoutStandIns(input));
    const groups = groupsOfNamespaces(shown.groups(), namespace === undefined ? [] : [namespace]);
    return formatBlocks(groups, shown.workloads, paint);
  },
  data: ({ input, namespace }) =>
    [...analyze(input).connections()]
      .filter(
        ({ from, to }) =>
          namespace === undefined || isInNamespace(from, namespace) || isInNamespace(to, namespace),
      )
      .map(({ from, to, ports }) => ({
        from: spellEndpoint(from),
        to: spellEndpoint(to),
        ports: portTexts(ports),
      })),
  json: jsonLines,
  schema: z.array(z.strictObject({ from: endpointText, to: endpointText, ports: portTextList })),
});
