// The verb `plan`: what would change, as policies and as connections, before it does.
import { type Command, Option } from 'commander';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { clusterOptions, collect, FileOption, inputOptions, outputOption } from './options.ts';
import { toJson, toYaml } from './output/manifests.ts';
import { paintOf } from './output/paint.ts';
import type { OutputTarget } from './output/target.ts';
import { changesBetween, isEmptyChange } from './plan/changes.ts';
import { planAsMarkdown } from './plan/markdown.ts';
import { formatPlan, planAsData } from './plan/told.ts';
import { type PlanFlags, readMoments } from './plan/worlds.ts';
import { endsWith, type Surroundings, verbCommand } from './verb.ts';

const formats = ['text', 'json', 'yaml', 'markdown'] as const;

type Flags = PlanFlags & { readonly output: OutputTarget<(typeof formats)[number]> };

/** The verb `plan`. */
export function planCommand(): Command {
  const command = verbCommand('plan', {
    examples: [
      [
        'ringfence plan -f app/',
        'what the cluster of the current context would become if these were applied',
      ],
      ['ringfence plan', 'what an operator of this version would change in the cluster, before an upgrade'],
      ['ringfence plan -f new/ --against old/ -R', 'files against files, as in a pull request'],
      ['ringfence plan -f new/ --against old/ -R -o markdown=comment.md', 'its comment, for GitHub'],
      ['ringfence plan -f platform.yaml --enforce', 'what a dry run would do if it were enforced'],
    ],
    ok: 'nothing changes',
    found: 'something changes',
  }).description(
    'Says what would change: policies added, changed and removed, and the connections that are gained and lost; what to look at first has a `!`. Files are compared with files (`--against`), or with the cluster, as if they were applied to it. Without files, the policies in the cluster are compared with those that an operator of this version would write. It reads only.',
  );
  const options = [
    ...inputOptions(),
    new FileOption(
      '--against <path>',
      'the files as they are now, instead of a cluster; may be given several times',
    ).argParser(collect),
    new Option('--enforce', 'take namespaces in dry run as if they were enforced'),
    ...clusterOptions(),
    outputOption(formats, 'how to print it'),
  ];
  for (const option of options) command.addOption(option);
  return command.action(endsWith(run));
}

async function run(around: Surroundings, { output, ...flags }: Flags): Promise<ExitCode> {
  const { before, after } = await readMoments(flags, around);
  around.progress.tell('analysing');
  if (after.dryRun.length > 0 && !flags.enforce) {
    around.note(
      `in dry run, so that nothing is written there; \`--enforce\` shows what would be: ${after.dryRun.join(', ')}`,
    );
  }
  const changes = changesBetween(before.facts, after.facts);
  const text = {
    text: () => formatPlan(changes, paintOf(output, around.paint)),
    json: () => toJson(planAsData(changes)),
    yaml: () => toYaml(planAsData(changes)),
    markdown: () => planAsMarkdown(changes),
  }[output.format]();
  await around.answer(output, text);
  return isEmptyChange(changes) ? exitCodes.ok : exitCodes.found;
}
