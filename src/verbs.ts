// Every verb, in the order of `--help`: those of the tool, and the operator. Nothing else knows both.
// Must not load verbs that are not called.
import { toolVerbs, type Verb } from './cli/program.ts';
import { type VerbHelp, withHelp } from './cli/verb-help.ts';

const operatorHelp: VerbHelp = {
  examples: [
    ['ringfence operator --log-level debug', 'against the current context, to try it'],
    [
      'ringfence operator --leader-elect --health-address 0.0.0.0:8081',
      'as in a Deployment, with the service account of its pod; one of several is active, the others wait',
    ],
    ['ringfence operator --context staging --settle 15', 'with a CNI that applies changes slowly'],
  ],
  ok: 'stopped by SIGINT or SIGTERM; the policies stay',
  error: 'an error: it could not start, or the lease is lost; the policies stay',
  mistake: 'ended by a bug in ringfence, which is in the log; the lease is released, the policies stay',
};

/** Every verb. */
export const verbs: readonly Verb[] = [
  ...toolVerbs,
  {
    name: 'operator',
    summary: 'run the operator against a cluster',
    load: async () => withHelp((await import('./operator/command.ts')).operatorCommand(), operatorHelp),
  },
  {
    name: 'dial',
    summary: 'try connections from this pod',
    isHidden: true,
    load: async () => (await import('./dial/command.ts')).dialCommand(),
  },
];
