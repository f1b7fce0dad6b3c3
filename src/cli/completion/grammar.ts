// The words to complete, from the definitions of the verbs: a new flag is completed without a change here.
// Must not know a shell.
import type { Command, Option } from 'commander';
import { FileOption, OutputOption } from '../options.ts';

/** A flag. */
export interface Flag {
  /** As in `-f`. */
  readonly short?: string;
  /** As in `--filename`. */
  readonly long: string;
  readonly does: string;
  /** Its value: nothing, a file, one of these words, one of these or a file, or something unknown. */
  readonly value:
    | 'none'
    | 'file'
    | 'unknown'
    | { readonly words: readonly string[]; readonly orFile: boolean };
}

/** A verb with its flags and the words that may follow it. */
export interface VerbGrammar {
  readonly name: string;
  readonly does: string;
  readonly flags: readonly Flag[];
  readonly words: readonly string[];
}

/** The verbs of a program and the flags of each. */
export function grammarOf(program: Command): readonly VerbGrammar[] {
  const help = program.createHelp();
  const commands = help.visibleCommands(program);
  return commands.map((command) => ({
    name: command.name(),
    does: command.summary() || command.description(),
    flags: help.visibleOptions(command).map(flagOf),
    words:
      command.name() === 'help'
        ? commands.map((each) => each.name())
        : command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices),
  }));
}

function flagOf(option: Option): Flag {
  const { short, long = '', description } = option;
  return { ...(short ? { short } : {}), long, does: description, value: valueKind(option) };
}

function valueKind(option: Option): Flag['value'] {
  if (!option.required && !option.optional) return 'none';
  if (option instanceof OutputOption) return { words: option.formats, orFile: true };
  if (option instanceof FileOption) return 'file';
  return option.argChoices === undefined ? 'unknown' : { words: option.argChoices, orFile: false };
}
