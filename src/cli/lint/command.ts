// The verb `lint`: finds mistakes in profiles and policies, with their places and how to fix them.
import { compile } from '../../compile/compile.ts';
import { countFindings } from '../../model/findings.ts';
import { defineVerb } from '../define-verb.ts';
import type { ClusterFlags, InputFlags } from '../options.ts';
import { loadSnapshot } from '../snapshot/load-snapshot.ts';
import { checkNamespace, namespacesOf } from '../snapshot/namespace-check.ts';
import { concerns } from '../snapshot/profile-findings.ts';
import { allFindings } from './all-findings.ts';
import { lintFormats } from './format.ts';
import { placeFindings } from './placed-findings.ts';

/** The verb `lint`. */
export const lintVerb = defineVerb({
  description:
    'Finds mistakes in profiles and policies: routes that are not in force and why, routes, policies and rules that lead nowhere or repeat others, namespaces that nothing isolates, what a ring would cut off, and what foreign policies open. A namespace in DryRun counts as enforced. Each finding has a code, which `docs/reference/findings.md` explains. Without `-f` it reads the cluster of the current context, and writes nothing. With `-n` it prints only findings about that namespace, and about routes of others that wait for it.',
  help: {
    examples: [
      ['ringfence lint -f platform.yaml -f app/', 'every mistake, with its place in the files'],
      ['ringfence lint -f . -R -o json', 'the same for a program'],
      ['ringfence lint -f . -R -o github', 'the same as annotations of a pull request'],
      [
        'ringfence lint -n shop',
        'in the cluster of the current context, only findings about the namespace shop',
      ],
    ],
    ok: 'no findings, or only remarks',
    found: 'there are errors or warnings',
  },
  reads: 'files or a cluster',
  namespaceMeans: 'print only findings about it, and about routes that wait for it',
  formats: lintFormats,
  run: async (context, flags: InputFlags & ClusterFlags) => {
    const snapshot = await loadSnapshot(flags, context);
    if (snapshot.cluster.view().platform === undefined && flags.platform !== false) {
      const where = snapshot.input === undefined ? 'cluster' : 'input';
      context.note(`there is no PlatformNetworkProfile in the ${where}: profiles are checked on their own`);
    }
    if (flags.namespace !== undefined) checkNamespace(flags.namespace, namespacesOf(snapshot));
    context.progress.show('analysing');
    const { findings: all, notes } = allFindings(snapshot, compile(snapshot.cluster.view()));
    for (const note of notes) context.note(note);
    const asked = all.filter((finding) => concerns(finding, flags.namespace));
    const findings = placeFindings(asked, snapshot.input);
    const isFound = findings.some(({ severity }) => severity !== 'info');
    return {
      result: findings,
      exit: isFound ? 'found' : 'ok',
      remark: countFindings(findings.map(({ finding }) => finding)) || 'nothing found',
    };
  },
});
