// Completion for zsh. It runs no program when somebody presses Tab.
import type { Flag, VerbGrammar } from './grammar.ts';

/** The script, to be sourced or saved in a folder of `$fpath`. */
export function zshScript(verbs: readonly VerbGrammar[]): string {
  const descriptions = verbs.map(
    ({ name, does }) => `    ${quote(`${name}:${does.replaceAll(':', '\\:')}`)}`,
  );
  const cases = verbs.map(({ name, flags, words }) => {
    const specs = [
      ...flags.flatMap(specsOf),
      ...(words.length === 0 ? [] : [quote(`1:word:(${words.join(' ')})`)]),
    ];
    return `    ${name})\n      _arguments ${specs.join(' \\\n        ')}\n      ;;`;
  });
  return `#compdef ringfence
# zsh completion for ringfence: source <(ringfence completion zsh)
_ringfence() {
  local -a verbs
  verbs=(
${descriptions.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe verb verbs
    _arguments '--help[print help]' '--version[print the version]'
    return
  fi
  shift words
  (( CURRENT -= 1 ))
  case $words[1] in
${cases.join('\n')}
  esac
}
_ringfence_formats() {
  _alternative "formats:format:($*)" 'files:file:_files'
}
if [[ $funcstack[1] == _ringfence ]]; then
  _ringfence "$@"
else
  compdef _ringfence ringfence
fi
`;
}

function specsOf({ short, long, does, value }: Flag): readonly string[] {
  const description = `[${does.replaceAll(/[[\]\\:]/g, '\\$&')}]`;
  return [short, long].flatMap((flag) =>
    flag === undefined ? [] : [quote(`*${flag}${description}${argument(value)}`)],
  );
}

function argument(value: Flag['value']): string {
  if (value === 'none') return '';
  if (value === 'unknown') return ':value: ';
  if (value === 'file') return ':file:_files';
  const words = value.words.join(' ');
  // The blank keeps `_arguments` from adding its own arguments.
  return value.orFile ? `:format: _ringfence_formats ${words}` : `:value:(${words})`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
