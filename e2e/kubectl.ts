// kubectl as a person types it: also the commands that the operator's log tells people to run, word for word.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ensureBinaries } from './control-plane/binaries.ts';

const run = promisify(execFile);

/** A cluster, by the kubeconfig of its administrator. */
interface Reached {
  readonly kubeconfigPath: string;
}

/** Runs kubectl as the administrator. @throws with its stderr where it fails */
export async function kubectl(controlPlane: Reached, ...words: readonly string[]): Promise<string> {
  const binary = await ensureBinaries(['kubectl'], {});
  const { stdout } = await run(binary.kubectl, [`--kubeconfig=${controlPlane.kubeconfigPath}`, ...words]);
  return stdout;
}

/** Applies objects with strict validation. @throws with the words of kubectl where one is refused */
export async function applyObjects(controlPlane: Reached, items: readonly object[]): Promise<void> {
  const binary = await ensureBinaries(['kubectl'], {});
  const words = [`--kubeconfig=${controlPlane.kubeconfigPath}`, 'apply', '--validate=strict', '-f', '-'];
  const running = run(binary.kubectl, words);
  // If it ends before it has read all, its own words say why.
  running.child.stdin
    ?.on('error', () => undefined)
    .end(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  await running;
}

/** Runs the command in `backticks` of a line of the log. */
export async function obey(controlPlane: Reached, message: string): Promise<void> {
  const command = /`kubectl ([^`]+)`/.exec(message)?.[1];
  if (command === undefined) throw new Error(`no kubectl command in: ${message}`);
  await kubectl(controlPlane, ...command.split(' '));
}
