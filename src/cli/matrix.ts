// The verb `matrix`: everything that is allowed, source by source.
import type { Command } from 'commander';
import { type Analysis, analyze } from '../analyze/analysis.ts';
import type { Connection } from '../analyze/connections.ts';
import { type Endpoint, formatEndpoint, isWorkload } from '../analyze/endpoints.ts';
import { formatPortSet } from '../model/port-set.ts';
import { askedWorld } from './ask-world.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { type ClusterFlags, clusterOptions, type InputFlags, inputOptions, outputOption } from './options.ts';
import { toYaml } from './output/manifests.ts';
import { type Paint, paintOf } from './output/paint.ts';
import { portTexts, sayPorts } from './output/ports.ts';
import { formatTable } from './output/table.ts';
import type { OutputTarget } from './output/target.ts';
import { writeOutput } from './output/write.ts';
import { endsWith, type Surroundings, verbCommand } from './verb.ts';

type Flags = InputFlags & ClusterFlags & { readonly output: OutputTarget<'text' | 'json' | 'yaml'> };

/** The verb `matrix`. */
export function matrixCommand(): Command {
  const command = verbCommand('matrix', {
    examples: [
      ['ringfence matrix', 'who reaches whom in the cluster of the current context'],
      ['ringfence matrix -n shop', 'only what begins or ends in the namespace shop'],
      ['ringfence matrix -f . -R -o json', 'of files, for a program: a list of `{from, to, ports}`'],
    ],
    ok: 'printed, also where nothing is allowed',
  }).description(
    'Prints everything that NetworkPolicies allow: from whom, to whom, on which ports; what is not listed is denied. Addresses are those outside of all pods. Without `-f` it looks at the current context, and reads only. With `-n` only what begins or ends in that namespace is printed.',
  );
  for (const option of [
    ...inputOptions(),
    ...clusterOptions(),
    outputOption(['text', 'json', 'yaml'], 'how to print it'),
  ]) {
    command.addOption(option);
  }
  return command.action(endsWith(run));
}

async function run(around: Surroundings, { output, ...flags }: Flags): Promise<ExitCode> {
  const { facts } = await askedWorld(flags, around);
  around.progress.tell('analysing');
  const analysis = analyze(facts);
  if (analysis.workloads.length === 0) around.note('there are no workloads: nothing can connect');
  const connections = chosen(analysis, flags.namespace);
  const text = {
    text: () => formatMatrix(connections, paintOf(output, around.paint)),
    json: () => jsonLines(connections.map(asData)),
    yaml: () => toYaml(connections.map(asData)),
  }[output.format]();
  await writeOutput(output, text);
  return exitCodes.ok;
}

function chosen(analysis: Analysis, namespace: string | undefined): readonly Connection[] {
  const isIn = (end: Endpoint) => isWorkload(end) && end.workload.namespace === namespace;
  return [...analysis.connections()].filter(
    ({ from, to }) => namespace === undefined || isIn(from) || isIn(to),
  );
}

function asData({ from, to, ports }: Connection): object {
  return { from: formatEndpoint(from), to: formatEndpoint(to), ports: portTexts(ports) };
}

/** A JSON list with a line for each item, which two versions of can be compared. */
function jsonLines(items: readonly object[]): string {
  return items.length === 0
    ? '[]\n'
    : `[\n${items.map((item) => `  ${JSON.stringify(item)}`).join(',\n')}\n]\n`;
}

function formatMatrix(connections: readonly Connection[], paint: Paint): string {
  if (connections.length === 0) return 'nothing is allowed\n';
  const head = ['FROM', 'TO', 'PORTS'].map((text) => ({
    text,
    look: (padded: string) => paint('bold', padded),
  }));
  const rows = bothFamilies(connections).map(({ from, to, ports }) => [from, to, sayPorts(ports)]);
  return formatTable([head, ...rows]);
}

interface Row {
  readonly from: string;
  readonly to: string;
  readonly ports: Connection['ports'];
}

/** What holds of every address of both families is one line. */
function bothFamilies(connections: readonly Connection[]): readonly Row[] {
  const known = new Set(connections.map(keyOf));
  return connections.flatMap((connection) => {
    const twin = { ...connection, from: twinOf(connection.from), to: twinOf(connection.to) };
    const isWhole = keyOf(twin) !== keyOf(connection) && known.has(keyOf(twin));
    if (isWhole && [connection.from, connection.to].some(isEveryV6)) return [];
    const say = (end: Endpoint) => (isWhole && isEveryV4(end) ? 'any address' : formatEndpoint(end));
    return [{ from: say(connection.from), to: say(connection.to), ports: connection.ports }];
  });
}

function keyOf({ from, to, ports }: Connection): string {
  return `${formatEndpoint(from)} ${formatEndpoint(to)} ${formatPortSet(ports)}`;
}

/** Every address of the other family. */
function twinOf(end: Endpoint): Endpoint {
  if (isEveryV4(end)) return { cidr: '::/0' };
  return isEveryV6(end) ? { cidr: '0.0.0.0/0' } : end;
}

function isEveryV4(end: Endpoint): boolean {
  return formatEndpoint(end) === '0.0.0.0/0';
}

function isEveryV6(end: Endpoint): boolean {
  return formatEndpoint(end) === '::/0';
}
