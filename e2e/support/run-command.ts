// Runs a command to its end, as a person does who reads what it prints, or lets a person read that. Must not know what is right.
import { execFile, type SpawnOptions, spawn } from 'node:child_process';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Never rejects: an exit code is an outcome. */
export function runCommand(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(command, [...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

/**
 * Runs a command whose output goes where ours goes.
 * @param options as a `signal` that ends it
 * @throws Error if it fails; the reason of the signal if that has ended it
 */
export async function runAloud(
  command: string,
  args: readonly string[],
  options: Pick<SpawnOptions, 'env' | 'signal' | 'detached'> = {},
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const child = spawn(command, [...args], { stdio: 'inherit', ...options });
  const failed = new Error(`Command failed: ${[command, ...args].join(' ')}`);
  // It is closed then, too.
  child.on('error', () => undefined);
  child.on('close', (code) => {
    if (code === 0) resolve();
    else reject(options.signal?.aborted ? options.signal.reason : failed);
  });
  return await promise;
}
