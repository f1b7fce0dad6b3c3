// What a verb may use besides its flags and arguments.
// Must not know any verb.
import type { Command } from 'commander';
import { Progress } from './output/progress.ts';

/** The context of a verb's run. */
export interface CommandContext {
  readonly progress: Progress;
  /** Prints a note for people on stderr, which is not part of the answer. */
  readonly note: (text: string) => void;
  /** The whole program, with all loaded verbs. */
  readonly program: Command;
}

/** The context of this process. */
export function processContext(program: Command): CommandContext {
  const progress = new Progress(
    () => process.stderr,
    () => process.uptime() * 1000,
  );
  const note = (text: string) => {
    progress.done();
    process.stderr.write(`ringfence: ${text}\n`);
  };
  return { progress, note, program };
}
