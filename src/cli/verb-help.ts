// The end of a verb's help: examples and exit codes.
// Must not know any verb.
import type { Command } from 'commander';
import { exitCodes } from './exit-codes.ts';

/** What the help of a verb says at its end. */
export interface VerbHelp {
  /** Each a command line, and what it does. */
  readonly examples: readonly (readonly [line: string, does: string])[];
  /** What the exit codes mean; an error is the same for all verbs but the operator. */
  readonly ok: string;
  readonly found?: string;
  readonly error?: string;
  readonly mistake?: string;
}

/** The command, with examples and exit codes at the end of its help. */
export function withHelp(command: Command, { examples, ...meanings }: VerbHelp): Command {
  const lines = (tool: string) =>
    examples.flatMap(([line, does]) => [`  # ${does}`, `  ${line.replaceAll('ringfence ', `${tool} `)}`, '']);
  const means: Readonly<Partial<Record<string, string>>> = {
    error: 'an error: bad input, an unknown flag, no cluster; nothing was written',
    ...meanings,
  };
  const codes = Object.entries(exitCodes).flatMap(([exit, code]) =>
    means[exit] === undefined ? [] : [`${String(code).padStart(3)}  ${means[exit]}`],
  );
  return command.addHelpText('after', ({ command }) =>
    ['', 'Examples:', ...lines(command.parent?.name() ?? 'ringfence'), 'Exit codes:', ...codes].join('\n'),
  );
}
