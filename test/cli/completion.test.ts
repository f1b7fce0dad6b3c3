// Completion in the shells themselves: bash always, zsh and fish where they are installed.
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Tool } from './tool.ts';

let tool: Tool;

beforeAll(() => {
  tool = new Tool();
}, 60_000);

afterAll(() => tool?.[Symbol.dispose]());

const has = (shell: string) => spawnSync(shell, ['-c', 'exit 0']).status === 0;

/** What the last of `words` may become, as bash would offer it. */
async function inBash(...words: readonly string[]): Promise<readonly string[]> {
  const quoted = words.map((word) => `'${word}'`).join(' ');
  const { stdout, stderr } = await tool.run(
    `source <(ringfence completion bash); source <(ringfence completion bash)
     COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _ringfence; printf '%s\\n' "\${COMPREPLY[@]}"`,
    { folder: 'test/cli/sessions/render' },
  );
  expect(stderr).toBe('');
  return stdout.trim().split('\n');
}

describe('bash', () => {
  test('completes verbs', async () => {
    expect(await inBash('ringfence', 're')).toEqual(['render']);
    expect(await inBash('ringfence', '')).toEqual(
      expect.arrayContaining(['plan', 'explain', 'operator', '--version']),
    );
  });

  test('completes the flags of a verb', async () => {
    expect(await inBash('ringfence', 'render', '--re')).toEqual(['--recursive']);
    expect(await inBash('ringfence', 'operator', '--log')).toEqual(['--log-level']);
  });

  test('completes formats and files after a flag, and nothing where it does not know', async () => {
    expect(await inBash('ringfence', 'plan', '-o', 'm')).toEqual(['markdown', 'marked.yml']);
    expect(await inBash('ringfence', 'render', '-f', 'pl')).toEqual(['platform.yaml']);
    expect(await inBash('ringfence', 'render', '-n', '')).toEqual(['']);
    expect(await inBash('ringfence', 'operator', '--log-level', 'w')).toEqual(['warn']);
  });

  test('completes the words that are arguments', async () => {
    expect(await inBash('ringfence', 'completion', 'f')).toEqual(['fish']);
    expect(await inBash('ringfence', 'help', 'expl')).toEqual(['explain']);
  });
});

(has('fish') ? describe : describe.skip)('fish', () => {
  const inFish = async (line: string) => {
    const { stdout, stderr } = await tool.run(
      `fish -c "ringfence completion fish | source; complete -C '${line}'"`,
    );
    expect(stderr).toBe('');
    return stdout
      .trim()
      .split('\n')
      .map((each) => each.split('\t')[0]);
  };

  test('completes verbs, flags and formats', async () => {
    expect(await inFish('ringfence re')).toEqual(['render']);
    expect(await inFish('ringfence render --re')).toEqual(['--recursive']);
    expect(await inFish('ringfence plan -o mark')).toContain('markdown');
    expect(await inFish('ringfence completion f')).toEqual(['fish']);
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
    expect(specs).toContain('*-R[read the folders in a folder, too]');
    expect(specs.find((spec) => spec.startsWith('*--filename['))).toMatch(/:file:_files$/);
    expect(specs.find((spec) => spec.startsWith('*-o['))).toContain(
      '_ringfence_formats text json yaml markdown',
    );
  });
});
