// The verb `completion`: a script that completes verbs and flags in a shell.
import { Argument, type Command } from 'commander';
import { bashScript } from './completion/bash.ts';
import { fishScript } from './completion/fish.ts';
import { grammarOf } from './completion/grammar.ts';
import { zshScript } from './completion/zsh.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { endsWith, verbCommand } from './verb.ts';

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

type Shell = keyof typeof scripts;

/** The verb `completion`. */
export function completionCommand(): Command {
  return verbCommand('completion', {
    examples: [
      ['source <(ringfence completion bash)', 'in ~/.bashrc'],
      ['source <(ringfence completion zsh)', 'in ~/.zshrc, after compinit'],
      ['ringfence completion fish > ~/.config/fish/completions/ringfence.fish', 'once'],
    ],
    ok: 'printed',
  })
    .description('Prints a script that completes verbs, flags, formats and files in a shell.')
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(scripts)))
    .action(endsWith(async (_around, shell: Shell, _flags: object, command: Command) => run(shell, command)));
}

async function run(shell: Shell, command: Command): Promise<ExitCode> {
  if (command.parent !== null) process.stdout.write(scripts[shell](grammarOf(command.parent)));
  return exitCodes.ok;
}
