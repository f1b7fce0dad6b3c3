// The verb `completion`: a script that completes verbs and flags in a shell.
import { Argument } from 'commander';
import { defineVerb } from '../define-verb.ts';
import { bashScript } from './bash.ts';
import { fishScript } from './fish.ts';
import { grammarOf } from './grammar.ts';
import { zshScript } from './zsh.ts';

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

/** The verb `completion`. */
export const completionVerb = defineVerb({
  description: 'Prints a script that completes verbs, flags, formats and files in a shell.',
  help: {
    examples: [
      ['source <(ringfence completion bash)', 'in ~/.bashrc'],
      ['source <(ringfence completion zsh)', 'in ~/.zshrc, after compinit'],
      ['ringfence completion fish > ~/.config/fish/completions/ringfence.fish', 'once'],
    ],
    ok: 'printed',
  },
  args: [new Argument('<shell>', 'the shell').choices(Object.keys(scripts))],
  formats: { print: { text: (script: string) => script } },
  run: async ({ program }, _flags: object, shell: keyof typeof scripts) => ({
    result: scripts[shell](grammarOf(program)),
  }),
});
