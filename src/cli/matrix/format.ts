// A matrix, for people and for programs. For people it is as short as possible without leaving anything out: in a cluster without
// policies it says `every workload` and `any address`. Must not know how connections are found.
import * as z from 'zod';
import { analyze } from '../../analyze/analysis.ts';
import { type Connection, type ConnectionGroup, isInNamespace } from '../../analyze/connections.ts';
import {
  type Endpoint,
  isSelf,
  isWorkload,
  spellEndpoint,
  type WorkloadEnd,
} from '../../analyze/endpoints.ts';
import type { AnalysisInput } from '../../analyze/facts.ts';
import { groupsBy } from '../../model/groups.ts';
import { formatKey } from '../../model/object-key.ts';
import { formatPorts, portTexts } from '../../model/port-texts.ts';
import type { DeepReadonly } from '../../routes/schema/fields.ts';
import { formatCsv } from '../output/csv.ts';
import { endNames, endNamesAmong } from '../output/end-names.ts';
import { type PrintContext, textAndData } from '../output/formats.ts';
import type { Paint } from '../output/paint.ts';
import { direction, endpointText, portTextList, profileText } from '../output/schemas.ts';
import { formatTable } from '../output/table.ts';
import { type AllowedLine, allowedLines } from './allowed-lines.ts';
import { type AskedEnds, groupsAsked } from './asked-ends.ts';
import { formatLines } from './format-lines.ts';
import type { OriginOf } from './policy-origins.ts';

/** The content of a matrix. */
interface Matrix {
  readonly input: AnalysisInput;
  readonly asked: AskedEnds;
  readonly originOf: OriginOf;
}

const because = z.strictObject({
  side: direction,
  policy: z.string().describe('as in `shop/web`'),
  rule: z.int().describe('its index in the `ingress` or `egress` of the policy'),
  ports: portTextList.describe('the ports that it allows between these two ends'),
  profile: profileText.optional(),
  routes: z.array(z.string()).optional().describe('the routes or objects that ask for the rule'),
  owner: z
    .string()
    .optional()
    .describe(
      '`platform`, or the namespace of the profile, as in `namespace shop`; of a policy of somebody else its controller, or what wrote it last',
    ),
  since: z.string().optional().describe('when the policy was created; of a pause its NetworkPause'),
  until: z.string().optional().describe('when it ends, if it is a pause'),
  reason: z.string().optional().describe('why it is paused'),
});

const schema = z.array(
  z.strictObject({
    from: endpointText,
    to: endpointText,
    ports: portTextList,
    because: z
      .array(because)
      .optional()
      .describe('with `--from` or `--to`: the rules that allow it; empty if no policy isolates either end'),
  }),
);

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

/** Whether two ends are asked about: then there is room for the rules behind each line. */
function isAbout({ from, to }: AskedEnds): boolean {
  return from !== undefined || to !== undefined;
}

function formatMatrix({ input, asked, originOf }: Matrix, { paint, room }: PrintContext): string {
  const shown = analyze(input);
  return isAbout(asked)
    ? formatLines(allowedLines(shown, asked, originOf), shown.workloads, { paint, room })
    : formatBlocks(groupsAsked(shown.groups(), asked), shown.workloads, paint);
}

function matrixAsData({ input, asked, originOf }: Matrix): DeepReadonly<z.input<typeof schema>> {
  const analysis = analyze(input);
  if (isAbout(asked)) return allowedLines(analysis, asked, originOf).map(lineAsData);
  const { namespace } = asked;
  return [...analysis.connections()]
    .filter(
      ({ from, to }) =>
        namespace === undefined || isInNamespace(from, namespace) || isInNamespace(to, namespace),
    )
    .map(connectionAsData);
}

function connectionAsData({ from, to, ports }: Connection) {
  return { from: spellEndpoint(from), to: spellEndpoint(to), ports: portTexts(ports) };
}

function lineAsData(line: AllowedLine) {
  return {
    ...connectionAsData(line),
    because: line.because.map(({ side, policy, rule, ports, origins, owner, since, until, reason }) => ({
      side,
      policy: formatKey(policy),
      rule,
      ports: portTexts(ports),
      ...(policy.owner === undefined ? {} : { profile: `${policy.owner.kind} ${policy.owner.name}` }),
      ...(origins.length === 0 ? {} : { routes: origins }),
      ...(owner === undefined ? {} : { owner }),
      ...(since === undefined ? {} : { since }),
      ...(until === undefined ? {} : { until }),
      ...(reason === undefined ? {} : { reason }),
    })),
  };
}

const columns = [
  ...['from', 'to', 'ports', 'side', 'policy', 'rule', 'rulePorts', 'profile', 'routes', 'owner', 'since'],
  ...['until', 'reason'],
];

/** Ranges that are allowed alike have one name, as for people: what nobody can read, nobody can audit. */
function withNamedAddresses(lines: readonly AllowedLine[]) {
  const nameOf = (end: Endpoint) => (isWorkload(end) ? spellEndpoint(end) : '');
  const alike = groupsBy(lines, (line) => {
    const { ports, because } = lineAsData(line);
    return JSON.stringify([nameOf(line.from), nameOf(line.to), ports, because]);
  });
  return alike.flatMap((group) => {
    const { ports, because } = lineAsData(group[0]);
    // A workload is alone in its group, and is spelt out: `endNames` cuts long lists of pods.
    const namesOf = (ends: readonly Endpoint[]) =>
      ends.every(isWorkload) ? [...new Set(ends.map(spellEndpoint))] : endNames(ends);
    const targets = namesOf(group.map(({ to }) => to));
    return namesOf(group.map(({ from }) => from)).flatMap((from) =>
      targets.map((to) => ({ from, to, ports, because })),
    );
  });
}

/** A row for each rule behind a connection; one without a policy if none isolates either end. */
function matrixAsCsv({ input, asked, originOf }: Matrix): string {
  const lines = allowedLines(analyze(input), asked, originOf);
  const rows = withNamedAddresses(lines).flatMap(({ from, to, ports, because: rules }) => {
    const connection = [from, to, ports.join(', ')];
    if (rules.length === 0) return [[...connection, ...columns.slice(connection.length).map(() => '')]];
    return rules.map(({ side, policy, rule, ports: own, profile, routes, owner, since, until, reason }) => [
      ...connection,
      ...[
        side,
        policy,
        // As people count, and as the text of all answers says.
        `${rule + 1}`,
        own.join(', '),
        profile,
        routes?.join(', '),
        owner,
        since,
        until,
        reason,
      ].map((cell = '') => cell),
    ]);
  });
  return formatCsv([columns, ...rows]);
}

/** The formats of `matrix`. */
export const matrixFormats = textAndData({
  text: formatMatrix,
  data: matrixAsData,
  json: jsonLines,
  schema,
  more: { csv: matrixAsCsv },
});
