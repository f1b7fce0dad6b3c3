// The verb `resume`: deletes the NetworkPauses of a namespace.
// Must not know how a pause is ended.
import { Argument } from 'commander';
import { defineVerb } from '../define-verb.ts';
import type { ClusterFlags, WriteFlags } from '../options.ts';
import { withPauses } from '../writing/pause-client.ts';
import { resumeFormats } from './format.ts';

/** The verb `resume`. */
export const resumeVerb = defineVerb({
  description:
    'Ends every pause of a namespace. Unlike most verbs it writes to the cluster of the current context: it deletes the NetworkPauses of the namespace, whoever created them. Ringfence then writes what is missing and deletes the one policy that allowed everything. A tool that keeps the cluster like a Git repository may create a pause again: delete it there, too.',
  help: {
    examples: [
      ['ringfence resume shop', 'end every pause of the namespace shop'],
      ['ringfence resume shop --dry-run', 'ask the API server, and delete nothing'],
      ['ringfence pause shop --for 2h --reason "checkout is down"', 'pause it'],
    ],
    ok: 'ended, or there was no pause',
    error: 'an error: bad input, an unknown flag, no cluster; some pauses may be left',
  },
  args: [new Argument('<namespace>', 'the paused namespace')],
  writes: true,
  formats: resumeFormats,
  run: async (_context, flags: ClusterFlags & WriteFlags, namespace: string) =>
    withPauses(flags, async (pauses) => {
      const found = await pauses.of(namespace);
      // Whoever misspells it must not believe that the pause has ended.
      if (found.length === 0) await pauses.requireNamespace(namespace);
      for (const pause of found) await pauses.delete(pause);
      return { result: { namespace, ended: found, dryRun: flags.dryRun ?? false } };
    }),
});
