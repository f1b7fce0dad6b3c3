// What a shell evaluates to use a cluster.
import { dirname } from 'node:path';

/** Quoted for a POSIX shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Lines that set KUBECONFIG, and a PATH with kubectl. */
export const shellExports = (cluster: { kubeconfigPath: string; kubectlPath: string }): readonly string[] => [
  `export KUBECONFIG=${quoted(cluster.kubeconfigPath)}`,
  `export PATH=${quoted(dirname(cluster.kubectlPath))}:"$PATH"`,
];
