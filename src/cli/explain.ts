// The verb `explain`: whether one end may reach another, by which rule, and if not, what to add.
import type { Command } from 'commander';
import { analyze } from '../analyze/analysis.ts';
import { askedWorld } from './ask-world.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { answer } from './explain/answer.ts';
import { findEnd, readPort } from './explain/ends.ts';
import { mend } from './explain/mend.ts';
import { answerAsData, formatAnswer, type ToldAnswer } from './explain/told.ts';
import {
  type ClusterFlags,
  clusterOptions,
  type InputFlags,
  inputOptions,
  namespaceOf,
  outputOption,
} from './options.ts';
import { toJson, toYaml } from './output/manifests.ts';
import { paintOf } from './output/paint.ts';
import type { OutputTarget } from './output/target.ts';
import { endsWith, type Surroundings, verbCommand } from './verb.ts';

type Flags = InputFlags & ClusterFlags & { readonly output: OutputTarget<'text' | 'json' | 'yaml'> };

/** The verb `explain`. */
export function explainCommand(): Command {
  const command = verbCommand('explain', {
    examples: [
      ['ringfence explain shop/web shop/mongo 27017', 'in the cluster of the current context'],
      [
        'ringfence explain -f . -R shop/web service/shop/mongo',
        'in files, before a merge; to each port of a Service',
      ],
      ['ringfence explain shop/web 203.0.113.7 443', 'to an address outside'],
      [
        'ringfence explain shop/web kube-system/coredns 53/UDP -o json',
        'for a program: `allowed`, and its reasons',
      ],
    ],
    ok: 'allowed; without a port, on any',
    found: 'denied, all of it or in part',
  })
    .description(
      'Says whether SRC may open a connection to DST, by which rule of which policy and for which route; if not, which policies deny it and what to add. It speaks of NetworkPolicies, whoever wrote them. Without `-f` it looks at the current context, and reads only.',
    )
    .argument('<src>', 'namespace/workload, namespace/pod, an address or a CIDR')
    .argument('<dst>', 'the same, or a Service; kind/namespace/name where a name is taken twice')
    .argument('[port]', "the pods' port, of a Service its own: 8080, 8000-8100, 53/UDP or a name");
  for (const option of [
    ...inputOptions(),
    ...clusterOptions(),
    outputOption(['text', 'json', 'yaml'], 'how to print it'),
  ]) {
    command.addOption(option);
  }
  return command.action(endsWith(run));
}

async function run(
  around: Surroundings,
  from: string,
  to: string,
  port: string | undefined,
  { output, ...flags }: Flags,
): Promise<ExitCode> {
  const spec = port === undefined ? undefined : readPort(port);
  const { world, facts, enforced } = await askedWorld(flags, around);
  around.progress.tell('analysing');
  const analysis = analyze(facts);
  const names = { analysis, namespace: namespaceOf(flags) };
  const question = { from: findEnd(from, names), to: findEnd(to, names), port: spec };
  const found = answer(analysis, question);
  const { meant = question } = found;
  const { parts } = found.meant === undefined ? found : answer(analysis, meant);
  const { operatorNamespace } = flags;
  const suggestion = found.allowed
    ? undefined
    : mend({ question: meant, parts, world, enforced, operatorNamespace });
  const told: ToldAnswer = {
    ...found,
    words: { from, to, ...(port === undefined ? {} : { port }) },
    ...(suggestion === undefined ? {} : { suggestion }),
  };
  const text = {
    text: () => formatAnswer(told, paintOf(output, around.paint)),
    json: () => toJson(answerAsData(told)),
    yaml: () => toYaml(answerAsData(told)),
  }[output.format]();
  await around.answer(output, text);
  return found.allowed ? exitCodes.ok : exitCodes.found;
}
