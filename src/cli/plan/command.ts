// The verb `plan`: what would change, as policies and as connections, before it does.
import { endpointKey } from '../../analyze/endpoints.ts';
import { compareText } from '../../model/object-key.ts';
import { defineVerb } from '../define-verb.ts';
import { enforceOption, FileOption, repeatable } from '../options.ts';
import { endNamesAmong } from '../output/end-names.ts';
import { checkNamespace } from '../snapshot/namespace-check.ts';
import { concerns } from '../snapshot/profile-findings.ts';
import { changesBetween, isEmptyChange } from './difference.ts';
import { planFormats } from './format.ts';
import { howToExplain } from './how-to-explain.ts';
import { loadComparison, type PlanFlags } from './load-comparison.ts';
import { formatDryRun, noWorkloads } from './messages.ts';

/** The verb `plan`. */
export const planVerb = defineVerb({
  description:
    'Shows what would change: policies added, changed and removed, and connections gained and lost; the most important ones have a `!`. Lost connections are grouped by the namespace where a route would keep them: that of the destination if it does not let them in, or else that of the source; those to ports that no container declares and no Service leads to are only counted. It also shows the errors and warnings that are there only afterwards. It compares files with files (`--against`), or with the cluster, as if they were applied to it. Without files, it compares the policies in the cluster with those that an operator of this version would write. With `-n` it prints only changes in that namespace. It writes nothing to the cluster.',
  help: {
    examples: [
      ['ringfence plan -f app/', 'how the cluster of the current context would change if these were applied'],
      ['ringfence plan', 'what an operator of this version would change in the cluster, before an upgrade'],
      ['ringfence plan -f new/ --against old/ -R', 'files against files, as in a pull request'],
      ['ringfence plan -f new/ --against old/ -R -o markdown=comment.md', 'the same as a comment for GitHub'],
      ['ringfence plan -f platform.yaml --enforce', 'what a dry run would do if it were enforced'],
    ],
    ok: 'nothing changes',
    found: 'something changes',
  },
  reads: 'files or a cluster',
  namespaceMeans: 'print only changes in this namespace',
  flags: [
    repeatable(
      new FileOption('--against <path>', 'the files as they are now, instead of a cluster; may be repeated'),
    ),
    enforceOption(),
  ],
  formats: planFormats,
  run: async (context, flags: PlanFlags) => {
    const { before, after, waiting, findings, noEffect } = await loadComparison(flags, context);
    if (noEffect !== undefined) context.note(noEffect);
    context.progress.show('analysing');
    if (after.dryRun.length > 0 && !flags.enforce) {
      context.note(formatDryRun(after.dryRun));
    }
    const { namespace: only } = flags;
    const known = [before, after].flatMap(({ facts }) => facts.namespaces.map(({ name }) => name));
    if (only !== undefined) checkNamespace(only, [...new Set(known)].sort(compareText));
    const changes = changesBetween(before.facts, after.facts, only);
    const ends = new Map(
      [...before.facts.workloads, ...after.facts.workloads].map((workload) => [
        endpointKey({ workload }),
        { workload },
      ]),
    );
    if (ends.size === 0 && !isEmptyChange(changes)) context.note(noWorkloads);
    const remark = howToExplain(changes, flags);
    return {
      ...(remark === undefined ? {} : { remark }),
      result: {
        changes,
        dryRun: flags.enforce ? [] : after.dryRun,
        waiting,
        findings: findings.filter((finding) => concerns(finding, only)),
        nameEnds: endNamesAmong([...ends.values()]),
      },
      exit: isEmptyChange(changes) ? 'ok' : 'found',
    };
  },
});
