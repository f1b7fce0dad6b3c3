// The end of a verb's help: examples and exit codes.
// Must not know any verb.
import type { Command } from 'commander';
import { exitCodes } from './exit-codes.ts';

/** The end of a verb's help. */
export interface VerbHelp {
  /** Each is a command line, and what it does. */
  readonly examples: readonly (readonly [line: string, does: string])[];
  /** The meaning of the exit codes; an error means the same for all verbs except the operator. */
  readonly ok: string;
  readonly found?: string;
  readonly disagrees?: string;
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
