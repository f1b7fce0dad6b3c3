// The verb `plan`: what would change, as policies and as connections, before it does.
import { Option } from 'commander';
import { defineVerb } from '../define-verb.ts';
import { FileOption, repeatable } from '../options.ts';
import { changesBetween, isEmptyChange } from './difference.ts';
import { planFormats } from './format.ts';
import { loadComparison, type PlanFlags } from './load-comparison.ts';

/** The verb `plan`. */
export const planVerb = defineVerb({
  description:
    'Says what would change: policies added, changed and removed, and the connections that are gained and lost; what to look at first has a `!`. Files are compared with files (`--against`), or with the cluster, as if they were applied to it. Without files, the policies in the cluster are compared with those that an operator of this version would write. It reads only.',
  help: {
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
  },
  reads: 'files or a cluster',
  flags: [
    repeatable(
      new FileOption(
        '--against <path>',
        'the files as they are now, instead of a cluster; may be given several times',
      ),
    ),
    new Option('--enforce', 'take namespaces in dry run as if they were enforced'),
  ],
  formats: planFormats,
  run: async (context, flags: PlanFlags) => {
    const { before, after } = await loadComparison(flags, context);
    context.progress.tell('analysing');
    if (after.dryRun.length > 0 && !flags.enforce) {
      context.note(
        `in dry run, so that nothing is written there; \`--enforce\` shows what would be: ${after.dryRun.join(', ')}`,
      );
    }
    const changes = changesBetween(before.facts, after.facts);
    return { result: changes, exit: isEmptyChange(changes) ? 'ok' : 'found' };
  },
});
