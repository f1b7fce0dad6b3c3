// What every verb has: examples and exit codes in its help, notes on stderr, and an action that ends with an exit code.
// Must not know any verb.
import { Command } from 'commander';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { type Paint, paintFor } from './output/paint.ts';
import { Progress } from './output/progress.ts';
import type { OutputTarget } from './output/target.ts';
import { writeOutput } from './output/write.ts';

/** A verb, whose code is loaded when it is asked for. */
export interface Verb {
  readonly name: string;
  /** In the list of verbs: a few words, lower case. */
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** What its help says at the end. */
export interface VerbHelp {
  /** Each a command line without the name of the tool, and what it does. */
  readonly examples: readonly (readonly [line: string, does: string])[];
  /** What the exit codes mean; an error is the same for all but the operator. */
  readonly ok: string;
  readonly found?: string;
  readonly error?: string;
  readonly mistake?: string;
}

/** What an action may use beside its answer. */
export interface Surroundings {
  readonly progress: Progress;
  /** For what is written to stdout. */
  readonly paint: Paint;
  /** Tells a person something on stderr that is not the answer. */
  readonly note: (text: string) => void;
  /** Gives the answer, to stdout or a file, after the line of progress is taken away. @throws ToolError where it can't be written */
  readonly answer: (target: OutputTarget, text: string) => Promise<void>;
}

/** The name of the tool as it was called: `kubectl ringfence` where kubectl did. */
export function toolName(calledAs: string): string {
  return /kubectl-ringfence/.test(calledAs) ? 'kubectl ringfence' : 'ringfence';
}

/** A command with examples and exit codes in its help. */
export function verbCommand(name: string, help: VerbHelp): Command {
  return withHelp(new Command(name), help);
}

/** The command with examples and exit codes at the end of its help. */
export function withHelp(command: Command, { examples, ...ends }: VerbHelp): Command {
  const lines = (tool: string) =>
    examples.flatMap(([line, does]) => [`  # ${does}`, `  ${line.replaceAll('ringfence ', `${tool} `)}`, '']);
  const told = { error: 'an error: bad input, an unknown flag, no cluster; nothing was written', ...ends };
  const codes = (Object.keys(exitCodes) as (keyof typeof exitCodes)[]).flatMap((end) =>
    told[end] === undefined ? [] : [`${String(exitCodes[end]).padStart(3)}  ${told[end]}`],
  );
  return command.addHelpText('after', ({ command }) =>
    ['', 'Examples:', ...lines(command.parent?.name() ?? 'ringfence'), 'Exit codes:', ...codes].join('\n'),
  );
}

/** An action that sets the exit code of the process to what `run` returns. */
export function endsWith<T extends readonly unknown[]>(
  run: (around: Surroundings, ...args: T) => Promise<ExitCode>,
): (...args: T) => Promise<void> {
  return async (...args) => {
    const progress = new Progress(
      () => process.stderr,
      () => process.uptime() * 1000,
    );
    const note = (text: string) => {
      progress.done();
      process.stderr.write(`ringfence: ${text}\n`);
    };
    const answer = async (target: OutputTarget, text: string) => {
      progress.done();
      await writeOutput(target, text);
    };
    const paint = paintFor(process.stdout, process.env);
    try {
      process.exitCode = await run({ progress, note, paint, answer }, ...args);
    } finally {
      progress.done();
    }
  };
}
