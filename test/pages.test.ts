// What can be said of the pages without running them: each block is run, checked, printed by a block that is run, or says
// why not; profiles decode; links lead somewhere. e2e/docs/docs.test.ts runs the rest.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { decodeAppNetworkProfile, decodePlatformNetworkProfile, formatProblem } from '../src/api/decode.ts';
import { anchorsOf, type Block, blocksOf, linksOf, noteOf, readPages } from './pages.ts';

const root = join(import.meta.dirname, '..');
const pages = readPages();
const blocks = pages.flatMap((page) => page.blocks);
const place = ({ page, line }: Block) => `${page}:${line}`;

/** Languages of blocks that are pictures, or excerpts of what is tested elsewhere. */
const shown = ['', 'mermaid'];

test('a block has its language, its text without the indent of its list, and the comments above it', () => {
  const text =
    'Words.\n\n<!-- not run: because -->\n<!-- exits with 1 -->\n\n1. x\n   ```sh more\n   a\n     b\n\n   ```\n```\npicture\n```';
  expect(blocksOf('page.md', text)).toEqual([
    { page: 'page.md', line: 7, language: 'sh', text: 'a\n  b', notes: [] },
    { page: 'page.md', line: 12, language: '', text: 'picture', notes: [] },
  ]);
  expect(blocksOf('page.md', text.replace('1. x\n', ''))[0]?.notes).toEqual([
    'not run: because',
    'exits with 1',
  ]);
  expect(() => blocksOf('page.md', '```sh')).toThrow(
    'page.md: the block that starts with ````sh` is not closed',
  );
});

describe('the pages', () => {
  test('have blocks that are run, are checked, are printed by what is run, or say why not', () => {
    // The reference is printed from the code and held to it by another test.
    const written = pages.filter(({ path }) => !path.startsWith('docs/reference/'));
    const wrong = written.flatMap(({ blocks: all }) =>
      all.filter((block, index) => {
        const isRun = ({ language }: Block) => language === 'sh';
        const before = all[index - 1];
        if (isRun(block)) return noteOf(block, 'not run') === '';
        if (block.language === 'yaml') return noteOf(block, 'not checked') === '';
        if (block.language === 'text') return before === undefined || !isRun(before);
        return !shown.includes(block.language);
      }),
    );
    expect(wrong.map(place)).toEqual([]);
  });

  test('have profiles that decode', () => {
    const decoders = {
      AppNetworkProfile: decodeAppNetworkProfile,
      PlatformNetworkProfile: decodePlatformNetworkProfile,
    };
    const problems = blocks
      .filter((block) => block.language === 'yaml' && noteOf(block, 'not checked') === undefined)
      .flatMap((block) =>
        parseAllDocuments(block.text, { version: '1.1' }).flatMap((document) => {
          if (document.errors.length > 0) return [`${place(block)}: ${document.errors[0]?.message}`];
          const object = document.toJS() as { kind?: keyof typeof decoders } | null;
          const decoded = object?.kind === undefined ? undefined : decoders[object.kind]?.(object);
          return decoded === undefined || decoded.ok
            ? []
            : decoded.error.map((problem) => `${place(block)}: ${formatProblem(problem)}`);
        }),
      );
    expect(problems).toEqual([]);
  });

  test('have links that lead somewhere', () => {
    const broken = pages.flatMap((page) =>
      linksOf(page)
        .filter(({ path, heading }) => {
          const target = pages.find((candidate) => candidate.path === path);
          if (heading !== undefined && target !== undefined) return !anchorsOf(target).has(heading);
          return !existsSync(join(root, path));
        })
        .map(({ line, path, heading }) => `${page.path}:${line}: ${path}#${heading ?? ''}`),
    );
    expect(broken).toEqual([]);
  });
});

test('the list of decisions names each one by its number and title', () => {
  const decisions = pages.filter(({ path }) => /^docs\/adr\/\d{4}-/.test(path));
  const list = pages.find(({ path }) => path === 'docs/adr/README.md')?.text ?? '';
  const listed = [...list.matchAll(/^\| (\d+) \| \[(.*)\]\((.*)\) \| (?:\d{4}-\d\d-\d\d) \|/gm)];
  expect(listed.map(([, number, title, file]) => `docs/adr/${file} # ${number}. ${title}`)).toEqual(
    decisions.map(({ path, text }) => `${path} ${text.split('\n')[0]}`),
  );
});
