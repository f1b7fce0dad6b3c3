import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { writeOutput } from './write.ts';

let folder: string;
const at = (name: string) => join(folder, name);
const write = (file: string, text: string) => writeOutput({ format: 'text', file }, text);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ringfence-write-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('a file', () => {
  test('is written, written again, and nothing else is left beside it', async () => {
    await write(at('a.txt'), 'one');
    await write(at('a.txt'), 'two');
    expect(readFileSync(at('a.txt'), 'utf8')).toBe('two');
    expect(readdirSync(folder)).toEqual(['a.txt']);
  });

  test('behind a link is written, and the link stays one', async () => {
    writeFileSync(at('real.txt'), 'old');
    symlinkSync(at('real.txt'), at('link.txt'));
    await write(at('link.txt'), 'new');
    expect(readFileSync(at('real.txt'), 'utf8')).toBe('new');
    expect(lstatSync(at('link.txt')).isSymbolicLink()).toBe(true);
  });

  test('that is not a regular file is written to, not replaced', async () => {
    await write('/dev/null', 'gone');
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  test('that cannot be written is reported, and nothing is left', async () => {
    mkdirSync(at('folder'));
    await expect(write(at('folder'), 'x')).rejects.toThrow('it is a folder');
    await expect(write(at('nowhere/a.txt'), 'x')).rejects.toThrow('there is no such folder');
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});
