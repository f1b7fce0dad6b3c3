// What a verb may use beside its flags and arguments.
// Must not know any verb.
import type { Command } from 'commander';
import { Progress } from './output/progress.ts';

/** What the run of a verb may use. */
export interface CommandContext {
  readonly progress: Progress;
  /** Tells a person on stderr what is not part of the answer. */
  readonly note: (text: string) => void;
  /** The whole program, with all verbs that are loaded. */
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
