// The verb `resume`: deletes the NetworkPauses of a namespace.
// Must not know how a pause is put in force.
import { Argument, Option } from 'commander';
import { defineVerb } from '../define-verb.ts';
import type { ClusterFlags, WriteFlags } from '../options.ts';
import { patienceMs, withPauses } from '../writing/pause-client.ts';
import { resumeFormats } from './format.ts';

type Flags = ClusterFlags & WriteFlags & { readonly wait: boolean };

/** The verb `resume`. */
export const resumeVerb = defineVerb({
  description:
    'Ends every pause of a namespace. Unlike most verbs it writes to the cluster of the current context: it deletes the NetworkPauses of the namespace, whoever created them. Then it waits until the operator has written what is missing and has deleted the one policy that allowed everything: until then the namespace stays open. A tool that keeps the cluster like a Git repository may create a pause again: delete it there, too.',
  help: {
    examples: [
      ['ringfence resume shop', 'end every pause of the namespace shop'],
      ['ringfence resume shop --dry-run', 'ask the API server, and delete nothing'],
      ['ringfence pause shop --for 2h --reason "checkout is down"', 'pause it'],
    ],
    ok: 'ended, or there was no pause; with `--no-wait` or `--dry-run`, it could be ended',
    found: 'the namespace is still open: what is printed says why',
    error: 'an error: bad input, an unknown flag, no cluster; some pauses may be left',
  },
  args: [new Argument('<namespace>', 'the paused namespace')],
  writes: true,
  flags: [new Option('--no-wait', 'do not wait for the operator')],
  formats: resumeFormats,
  run: async ({ progress }, { wait, ...flags }: Flags, namespace: string) =>
    withPauses(flags, async (pauses) => {
      const { dryRun = false } = flags;
      const { here = [], elsewhere = [] } = Object.groupBy(await pauses.all(), ({ spec }) =>
        spec.namespace === namespace ? 'here' : 'elsewhere',
      );
      // Whoever misspells it must not believe that the pause has ended.
      if (here.length === 0) await pauses.requireNamespace(namespace);
      for (const pause of here) await pauses.delete(pause);
      if (wait && !dryRun) progress.show('waiting for the operator');
      // Also without a pause: an operator that was down when the last one ended has left its policy.
      const isClosed = wait && !dryRun ? await pauses.closed(namespace, patienceMs) : undefined;
      return {
        result: { namespace, ended: here, elsewhere, dryRun, isClosed },
        exit: isClosed === false ? 'found' : 'ok',
      };
    }),
});
