// What differs on a terminal: colours and progress, on a real pseudo-terminal and off it.
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { useTool } from '../../test/cli/use-tool.ts';

const tool = useTool();

const folder = 'test/cli/sessions/explain';
const question = 'ringfence explain -f . shop/web shop/mongo 27017';
const escapeCharacter = '\u001b';
/** What takes the line of progress away. */
const clear = `\r${escapeCharacter}[K`;
/** It belongs to util-linux; that of BSD has other flags. */
const hasScript = spawnSync('script', ['-qec', 'true', '/dev/null']).status === 0;

/** What a terminal shows of a line of shell that is run in it. */
async function onTerminal(line: string, environment: Readonly<Record<string, string>> = {}): Promise<string> {
  const quoted = `'${line.replaceAll("'", `'\\''`)}'`;
  const { stdout } = await tool.run(`script -qec ${quoted} /dev/null`, {
    folder,
    environment: { TERM: 'xterm-256color', SHELL: '/bin/bash', ...environment },
  });
  return stdout.replaceAll('\r\n', '\n');
}

/** The text without its colours. */
const bare = (text: string) => text.replaceAll(new RegExp(`${escapeCharacter}\\[\\d*m`, 'g'), '');

/** The text that stays on a terminal: progress, which a slow machine shows, is gone. */
const atLast = (shown: string) =>
  shown
    .split('\n')
    .map((line) => line.split(clear).at(-1))
    .join('\n');

(hasScript ? describe : describe.skip)('colours', () => {
  test('are there on a terminal, and the text says the same without them', async () => {
    const shown = await onTerminal(question);
    expect(shown).toContain(`${escapeCharacter}[32m`);
    const { stdout } = await tool.run(question, { folder });
    expect(bare(shown)).toBe(stdout);
  });

  test.each([
    ['with NO_COLOR', { NO_COLOR: '1' }],
    ['on a terminal that has none', { TERM: 'dumb' }],
  ])('are not there %s', async (_where, environment) => {
    const shown = await onTerminal(question, environment);
    expect(shown).not.toContain(escapeCharacter);
    expect(shown).toContain('allowed');
  });

  test('are not there if the answer goes to a pipe or a file, even on a terminal', async () => {
    const piped = atLast(await onTerminal(`${question} | cat`));
    expect(piped).not.toContain(escapeCharacter);
    expect(piped).toContain('allowed');
    const saved = await onTerminal(`${question} -o ~/answer.txt && cat ~/answer.txt`);
    expect(atLast(saved)).toBe(piped);
  });

  test('are not there off a terminal', async () => {
    expect((await tool.run(question, { folder })).stdout).not.toContain(escapeCharacter);
  });
});

describe('progress', () => {
  /** It takes longer than a second, also where it takes seconds to start. */
  const slow = 'ringfence matrix -f . -f <(sleep 8)';

  test('of a second or more is reported on stderr, a line for each stage', async () => {
    const { stdout: told } = await tool.run(`${slow} 2>&1 >/dev/null`, { folder });
    expect(told).toContain('ringfence: compiling …\nringfence: analysing …\n');
    const { stdout } = await tool.run(`${slow} 2>/dev/null`, { folder });
    expect(stdout).toBe((await tool.run('ringfence matrix -f .', { folder })).stdout);
  });

  (hasScript ? test : test.skip)('is one line on a terminal, and gone when the answer comes', async () => {
    const shown = await onTerminal(`bash -c "${slow}"`, { NO_COLOR: '1' });
    expect(shown).toContain(`${clear}compiling …`);
    expect(atLast(shown)).toBe(atLast(await onTerminal('ringfence matrix -f .', { NO_COLOR: '1' })));
  });
});
