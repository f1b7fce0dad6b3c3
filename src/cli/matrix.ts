// The verb `matrix`: everything that is allowed, for people in groups, for programs pair by pair.
import type { Command } from 'commander';
import { type Analysis, analyze } from '../analyze/analysis.ts';
import type { Connection } from '../analyze/connections.ts';
import { type Endpoint, isWorkload, spellEndpoint } from '../analyze/endpoints.ts';
import type { AnalysisInput } from '../analyze/facts.ts';
import { withoutStandIns } from '../analyze/stand-ins.ts';
import { formatKey } from '../model/object-key.ts';
import { portTexts } from '../model/port-texts.ts';
import { askedWorld } from './ask-world.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { formatBlocks, groupsOf } from './matrix/blocks.ts';
import { checkNamespace, namespacesOf } from './namespace-check.ts';
import { type ClusterFlags, clusterOptions, type InputFlags, inputOptions, outputOption } from './options.ts';
import { toYaml } from './output/manifests.ts';
import { paintOf } from './output/paint.ts';
import type { OutputTarget } from './output/target.ts';
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
    'Prints everything that NetworkPolicies allow: from whom, to whom, on which ports; what is not listed is denied. For people, those who reach the same are listed together, and `shop/*` is every workload of the namespace shop; `json` and `yaml` have an item for each pair. Addresses are those outside of all pods. Without `-f` it looks at the current context, and reads only. With `-n` only what begins or ends in that namespace is printed.',
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
  const { namespace } = flags;
  const { world, facts } = await askedWorld(flags, around);
  if (namespace !== undefined) checkNamespace(namespace, namespacesOf(world), 'nothing');
  around.progress.tell('analysing');
  const analysis = analyze(facts);
  if (analysis.workloads.length === 0) around.note('there are no workloads: nothing can connect');
  noteHostNetwork(facts, namespace, around);
  const text = {
    text: () => {
      const seen = analyze(withoutStandIns(facts));
      const groups = seen.groups();
      const some = namespace === undefined ? groups : groupsOf(groups, namespace);
      return formatBlocks(some, seen.workloads, paintOf(output, around.paint));
    },
    json: () => jsonLines(chosen(analysis, namespace).map(asData)),
    yaml: () => toYaml(chosen(analysis, namespace).map(asData)),
  }[output.format]();
  await around.answer(output, text);
  return exitCodes.ok;
}

/** What is listed of them, no policy can change. */
function noteHostNetwork(
  { workloads }: AnalysisInput,
  namespace: string | undefined,
  { note }: Surroundings,
): void {
  const names = workloads
    .filter((workload) => namespace === undefined || workload.namespace === namespace)
    .filter(({ pods }) => pods.some(({ hostNetwork }) => hostNetwork))
    .map((workload) => `\`${formatKey(workload)}\``);
  if (names.length === 0) return;
  const more = names.length > 5 ? ` and ${names.length - 5} more` : '';
  note(`in the network of their node, where no policy reaches them: ${names.slice(0, 5).join(', ')}${more}`);
}

function chosen(analysis: Analysis, namespace: string | undefined): readonly Connection[] {
  const isIn = (end: Endpoint) => isWorkload(end) && end.workload.namespace === namespace;
  return [...analysis.connections()].filter(
    ({ from, to }) => namespace === undefined || isIn(from) || isIn(to),
  );
}

function asData({ from, to, ports }: Connection): object {
  return { from: spellEndpoint(from), to: spellEndpoint(to), ports: portTexts(ports) };
}

/** A JSON list with a line for each item, which two versions of can be compared. */
function jsonLines(items: readonly object[]): string {
  return items.length === 0
    ? '[]\n'
    : `[\n${items.map((item) => `  ${JSON.stringify(item)}`).join(',\n')}\n]\n`;
}
