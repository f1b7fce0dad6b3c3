// Completion in the shells themselves: bash always, zsh and fish where they are installed.
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { useTool } from '../../test/cli/use-tool.ts';

const tool = useTool();

const has = (shell: string) => spawnSync(shell, ['-c', 'exit 0']).status === 0;

/** What the last of each of `lines` may become, as bash would offer it: asked in one shell, as a person has one. */
async function inBash(...lines: readonly (readonly string[])[]): Promise<readonly (readonly string[])[]> {
  const asked = lines.map((words) => {
    const quoted = words.map((word) => `'${word}'`).join(' ');
    return `COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _ringfence; printf '%s\\n' "\${COMPREPLY[@]}" --`;
  });
  // Twice, as if both the start of the shell and the person had sourced it.
  const script = [
    'completion=$(ringfence completion bash)',
    'eval "$completion"',
    'eval "$completion"',
    ...asked,
  ];
  const { stdout, stderr } = await tool.run(script.join('\n'), { folder: 'test/cli/sessions/render' });
  expect(stderr).toBe('');
  return stdout
    .trimEnd()
    .split(/(?<=^|\n)--(?:\n|$)/)
    .slice(0, lines.length)
    .map((answer) => answer.trim().split('\n'));
}

describe('bash', () => {
  test('completes verbs', async () => {
    const [re, all] = await inBash(['ringfence', 're'], ['ringfence', '']);
    expect(re).toEqual(['render', 'resume']);
    expect(all).toEqual(expect.arrayContaining(['plan', 'explain', 'operator', '--version']));
  });

  test('completes the flags of a verb, formats and files after a flag, and nothing that it does not know', async () => {
    expect(
      await inBash(
        ['ringfence', 'render', '--re'],
        ['ringfence', 'operator', '--log'],
        ['ringfence', 'plan', '-o', 'm'],
        ['ringfence', 'render', '-f', 'pl'],
        ['ringfence', 'render', '-n', ''],
        ['ringfence', 'operator', '--log-level', 'w'],
      ),
    ).toEqual([
      ['--recursive'],
      ['--log-level'],
      ['markdown', 'marked.yml'],
      ['platform.yaml'],
      [''],
      ['warn'],
    ]);
  });

  test('completes the words that are arguments', async () => {
    expect(await inBash(['ringfence', 'completion', 'f'], ['ringfence', 'help', 'expl'])).toEqual([
      ['fish'],
      ['explain'],
    ]);
  });
});

(has('fish') ? describe : describe.skip)('fish', () => {
  const inFish = async (...lines: readonly string[]) => {
    const asked = lines.map((line) => `complete -C '${line}'; echo ===`).join('; ');
    const { stdout, stderr } = await tool.run(`fish -c "ringfence completion fish | source; ${asked}"`);
    expect(stderr).toBe('');
    return stdout.split('===\n').map((answer) =>
      answer
        .trim()
        .split('\n')
        .map((each) => each.split('\t')[0]),
    );
  };

  test('completes verbs, flags and formats', async () => {
    const answers = await inFish(
      'ringfence ren',
      'ringfence render --re',
      'ringfence completion f',
      'ringfence plan -o mark',
    );
    expect(answers.slice(0, 3)).toEqual([['render'], ['--recursive'], ['fish']]);
    expect(answers[3]).toContain('markdown');
  });
});

(has('zsh') ? describe : describe.skip)('zsh', () => {
  /** Zsh completes in its line editor only: what is asked of it there is printed. */
  const inZsh = async (...words: readonly string[]) => {
    const { stdout, stderr } = await tool.run(
      `zsh -f -c 'compdef() { : }; source <(ringfence completion zsh)
       _describe() { print -l -- \${(P)2} }; _arguments() { print -l -- "$@" }
       words=(${words.map((word) => `"${word}"`).join(' ')}) CURRENT=${words.length}; _ringfence'`,
    );
    expect(stderr).toBe('');
    return stdout.trim().split('\n');
  };

  test('completes verbs with what they do', async () => {
    expect(await inZsh('ringfence', 're')).toContain(
      'render:print the NetworkPolicies that the operator would write',
    );
  });

  test('completes the flags of a verb, its formats and files', async () => {
    const specs = await inZsh('ringfence', 'plan', '');
    expect(specs).toContain('*-R[also read subfolders]');
    expect(specs.find((spec) => spec.startsWith('*--filename['))).toMatch(/:file:_files$/);
    expect(specs.find((spec) => spec.startsWith('*-o['))).toContain(
      '_ringfence_formats text json yaml markdown',
    );
  });
});
