// The verb `canary`: whether policies are in force, by what the canary in the cluster found.
// Must not know how that is tried.
import { Option } from 'commander';
import { defineVerb } from '../define-verb.ts';
import type { ClusterFlags } from '../options.ts';
import { type CanaryInCluster, readCanary } from './canary-in-cluster.ts';
import { canaryFormats } from './format.ts';

type CanaryFlags = ClusterFlags & { readonly operatorNamespace: string };

/** The verb `canary`. */
export const canaryVerb = defineVerb({
  description:
    'Says whether the CNI of the cluster of the current context enforces policies: the condition `Enforced` of the platform profile, what the clients of the canary reported last of each node, how long a change of a policy takes, and what this CNI does in its own way. It needs the canary, `config/canary`, and writes nothing; `ringfence verify` tries a single connection without it.',
  help: {
    examples: [
      ['ringfence canary', 'is every node fenced?'],
      ['ringfence canary -o json', 'for a program'],
    ],
    ok: 'policies are in force on every node that the canary tries',
    found: 'they are not on some node, or nobody knows, as when the operator is not active',
  },
  reads: 'a cluster',
  flags: [
    new Option('--operator-namespace <name>', 'the namespace of the operator').default('ringfence-system'),
  ],
  formats: canaryFormats,
  run: async ({ progress }, flags: CanaryFlags) => {
    progress.show('reading what the canary reports');
    const result = await readCanary(flags);
    return { result, exit: isInForce(result) ? 'ok' : 'found' };
  },
});

/** What an operator said that is gone says nothing of now. */
function isInForce({ condition, operator }: CanaryInCluster): boolean {
  return condition?.status === 'True' && operator.state !== 'Silent';
}
