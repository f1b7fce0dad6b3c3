// Mistakes on the command line, in the form of all our errors: the user's words in backticks, and a suggestion. commander
// identifies the mistake by a code. Must not know any verb.
import { type Argument, type Command, InvalidArgumentError, type Option } from 'commander';
import { nearest } from '../model/did-you-mean.ts';
import { ToolError } from './failures.ts';

/** The command, which throws mistakes of usage as ToolErrors. */
export function reportUsageErrors(command: Command): Command {
  command.error = (message, { code } = {}) => {
    throw new ToolError(usageMessage(command, code, message.replace(/^error: /, '').replaceAll("'", '`')));
  };
  for (const option of command.options) {
    const { short, long } = option;
    explainRefusal(option, (value) => `\`${short ?? long} ${value}\`: `);
  }
  for (const argument of command.registeredArguments) {
    explainRefusal(argument, (value) => `\`${value}\` is not a valid ${argument.name()}: `);
  }
  return command;
}

/** @param message commander's message, with the user's words in backticks */
function usageMessage(command: Command, code: string | undefined, message: string): string {
  if (code === 'commander.excessArguments') return excessArguments(command);
  const known = {
    'commander.unknownOption': command
      .createHelp()
      .visibleOptions(command)
      .map(({ long = '' }) => long),
    'commander.unknownCommand': command.commands.map((each) => each.name()),
  };
  const [, word = ''] = /`(.*)`/.exec(message) ?? [];
  if (code === 'commander.unknownOption' && isNamespaceFlag(word) && takesNamespace(command))
    return `\`${command.name()}\` takes the namespace as an argument, without \`${word}\``;
  const meant = nearest(word, known[code as keyof typeof known] ?? []);
  if (meant !== undefined) return `${message}: did you mean \`${meant}\`?`;
  if (code === 'commander.missingArgument') return `\`${word}\` is missing: \`--help\` says what it is`;
  if (code === 'commander.optionMissingArgument')
    return `\`${word.split(',')[0]}\` needs a value: \`${word}\``;
  return message;
}

function isNamespaceFlag(word: string): boolean {
  return /^(-n|--namespace)(=|$)/.test(word);
}

function takesNamespace({ registeredArguments }: Command): boolean {
  return registeredArguments.some((argument) => argument.name() === 'namespace');
}

/** Whether it may be the name of a namespace, and is not clearly a path. */
function isNamespaceName(word: string): boolean {
  return /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(word);
}

function excessArguments(command: Command): string {
  const { args, registeredArguments: taken, options } = command;
  const [word = ''] = args.slice(taken.length);
  const readsFiles = options.some(({ long }) => long === '--filename');
  const orNamespace = isNamespaceName(word) ? `, a namespace with \`-n ${word}\`` : '';
  const hint = readsFiles ? `: files and folders are named with \`-f ${word}\`${orNamespace}` : '';
  return `\`${command.name()}\` takes no argument \`${word}\`${hint}`;
}

/** Where a value is refused, the message begins with `subject`, and lists the choices if there are any. */
function explainRefusal(parsed: Option | Argument, subject: (value: string) => string): void {
  const parse = parsed.parseArg;
  if (parse === undefined) return;
  const { argChoices } = parsed;
  parsed.argParser((value: string, before: unknown) => {
    try {
      return parse(value, before);
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error;
      const reason = argChoices === undefined ? error.message : `must be one of ${argChoices.join(', ')}`;
      throw new ToolError(`${subject(value)}${reason}`);
    }
  });
}
