// Completion for bash 3.2 and later, without the package bash-completion. It runs no program when somebody presses Tab.
import type { Flag, VerbGrammar } from './grammar.ts';

/** The script to source. */
export function bashScript(verbs: readonly VerbGrammar[]): string {
  const cases = verbs.flatMap((verb) => verb.flags.flatMap((flag) => valueCase(verb, flag)));
  const words = verbs.map(({ name, flags, words: more }) => {
    const all = [...more, ...flags.flatMap(({ short = [], long }) => [short, long].flat())];
    return `    ${name}) words='${all.join(' ')}' ;;`;
  });
  return `# bash completion for ringfence: source <(ringfence completion bash)
_ringfence() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} verb='' words='' i IFS=$' \\t\\n'
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in -*) ;; *) verb=\${COMP_WORDS[i]}; break ;; esac
  done
  case "$verb $prev" in
${cases.join('\n')}
  esac
  case $verb in
    '') words='${[...verbs.map(({ name }) => name), '--help', '--version'].join(' ')}' ;;
${words.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
_ringfence_files() {
  local IFS=$'\\n'
  compopt -o filenames 2>/dev/null
  COMPREPLY+=($(compgen -f -- "$1"))
}
complete -F _ringfence ringfence
`;
}

function valueCase({ name }: VerbGrammar, { short, long, value }: Flag): readonly string[] {
  if (value === 'none') return [];
  const pattern = [short, long]
    .flatMap((flag) => (flag === undefined ? [] : [`'${name} ${flag}'`]))
    .join(' | ');
  return [`    ${pattern}) ${completeValue(value)}return ;;`];
}

function completeValue(value: Exclude<Flag['value'], 'none'>): string {
  if (value === 'unknown') return '';
  if (value === 'file') return '_ringfence_files "$cur"; ';
  const words = `COMPREPLY=($(compgen -W '${value.words.join(' ')}' -- "$cur")); `;
  return value.orFile ? `${words}_ringfence_files "$cur"; ` : words;
}
