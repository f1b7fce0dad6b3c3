// Completion for fish. It runs no program when somebody presses Tab.
import type { Flag, VerbGrammar } from './grammar.ts';

/** The script, to be sourced or saved as ~/.config/fish/completions/ringfence.fish. */
export function fishScript(verbs: readonly VerbGrammar[]): string {
  const lines = [
    '# fish completion for ringfence: ringfence completion fish | source',
    'complete -c ringfence -f',
    'complete -c ringfence -n __fish_use_subcommand -l help -d "print help"',
    'complete -c ringfence -n __fish_use_subcommand -l version -d "print the version"',
    ...verbs.flatMap(({ name, does, flags, words }) => [
      `complete -c ringfence -n __fish_use_subcommand -a ${name} -d ${quote(does)}`,
      ...words.map((word) => `complete -c ringfence -n ${seen(name)} -a ${word}`),
      ...flags.map((flag) => `complete -c ringfence -n ${seen(name)}${formatFlag(flag)}`),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

function seen(verb: string): string {
  return `'__fish_seen_subcommand_from ${verb}'`;
}

function formatFlag({ short, long, does, value }: Flag): string {
  const names = `${short === undefined ? '' : ` -s ${short.slice(1)}`} -l ${long.slice(2)}`;
  return `${names}${argument(value)} -d ${quote(does)}`;
}

function argument(value: Flag['value']): string {
  if (value === 'none') return '';
  if (value === 'unknown') return ' -x';
  if (value === 'file') return ' -r -F';
  return `${value.orFile ? ' -r -F' : ' -x'} -a ${quote(value.words.join(' '))}`;
}

function quote(text: string): string {
  return `'${text.replaceAll(/['\\]/g, '\\$&')}'`;
}
