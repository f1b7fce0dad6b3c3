// What the command lines of the control plane and of the node do alike: print, list what is prepared, and end with an error's words.
import type { Command } from 'commander';

export const print = (...lines: readonly string[]): void => {
  process.stdout.write(`${lines.join('\n')}\n`);
};

/** Lists where binaries are, in the order of the names. */
export function printPaths<Name extends string>(
  names: readonly Name[],
  paths: Readonly<Record<Name, string>>,
): void {
  for (const name of names) print(`${name.padEnd(24)}${paths[name]}`);
}

/** Runs what the arguments of this process ask for. An error is one line, and exit code 1. */
export async function runCommandLine(program: Command): Promise<void> {
  try {
    await program.parseAsync();
  } catch (error) {
    process.stderr.write(`error: ${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
