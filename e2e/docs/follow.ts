// What happens to a block of a page: it is run, checked by the API server, saved, or compared with the output.
// Must not know any page.
import { readFile, writeFile } from 'node:fs/promises';
import { parseAllDocuments, stringify } from 'yaml';
import { type Block, noteOf, type Page } from '../../test/pages.ts';
import { patienceMs } from '../control-plane/poll.ts';
import { isPrinted, pageTextOf } from './printed.ts';
import type { Ran, Reader } from './reader.ts';

const isUpdating = process.env.UPDATE_DOCS === '1';

/** Whether a page needs a cluster in a certain state: whether something in it is run. */
export function isFollowed({ blocks }: Page): boolean {
  return blocks.some((block) => block.language === 'sh' && noteOf(block, 'not run') === undefined);
}

/**
 * Follows a page from its first block to its last.
 *
 * @throws Error with the place of the block that does not do what the page says
 */
export async function follow(page: Page, reader: Reader): Promise<void> {
  for (const [index, block] of page.blocks.entries()) {
    if (block.language === 'yaml') await check(block, reader);
    if (block.language !== 'sh' || noteOf(block, 'not run') !== undefined) continue;
    const next = page.blocks[index + 1];
    await run(block, next?.language === 'text' ? next : undefined, reader);
  }
}

/** @param shown what the page shows of what is printed */
async function run(block: Block, shown: Block | undefined, reader: Reader): Promise<void> {
  if (block.notes.includes('in another terminal')) return reader.leaveRunning(block.text);
  const expected = Number(block.notes.find((note) => note.startsWith('exits with '))?.split(' ')[2] ?? 0);
  const isRight = ({ code, printed }: Ran) =>
    code === expected && (shown === undefined || isPrinted(shown.text, printed));
  let ran = await reader.run(block.text);
  if (block.notes.includes('repeated until it prints what is shown')) {
    for (const end = performance.now() + patienceMs; !isRight(ran) && performance.now() < end; ) {
      ran = await reader.run(block.text);
    }
  }
  if (ran.code !== expected) {
    throw at(block, `ended with ${ran.code}, not ${expected}:\n${ran.printed}${reader.elsewhere}`);
  }
  if (shown !== undefined && !isRight(ran)) await differ(shown, ran.printed);
}

/** Lets the API server validate the text, and saves it if its first line is a comment with the name of a file. */
async function check(block: Block, reader: Reader): Promise<void> {
  if (noteOf(block, 'not checked') === undefined) {
    const ran = await reader.run(
      'kubectl apply --server-side --force-conflicts --field-manager=docs --dry-run=server --validate=strict -f -',
      withoutPlace(block.text),
    );
    if (ran.code !== 0) throw at(block, `is refused:\n${ran.printed}`);
  }
  const file = /^# (\S+\.ya?ml)$/m.exec(block.text.split('\n')[0] ?? '')?.[1];
  if (file !== undefined) await reader.save(file, block.text);
}

/** It reads YAML 1.1, in which `off` is false. */
const asKubectl = { version: '1.1' } as const;

/** A namespace that the page has not created yet would refuse its objects, so everything is validated in `default`. */
function withoutPlace(text: string): string {
  return parseAllDocuments(text, asKubectl)
    .map((document) => document.toJS())
    .map((object) =>
      stringify({ ...object, metadata: { ...object.metadata, namespace: undefined } }, asKubectl),
    )
    .join('---\n');
}

/** @throws unless the page is to be rewritten */
async function differ(shown: Block, printed: string): Promise<void> {
  const isWhole = !/^ *\.\.\.$/m.test(shown.text);
  if (isUpdating && isWhole) return rewrite(shown, pageTextOf(printed));
  throw at(shown, `shows something else than was printed:\n${printed}`);
}

/** The page is read again, because a block before this one may have changed it: only the text identifies the block. */
async function rewrite({ page, text }: Block, printed: string): Promise<void> {
  const fenced = (lines: string) => ['```text', ...(lines === '' ? [] : [lines]), '```'].join('\n');
  const before = await readFile(page, 'utf8');
  await writeFile(
    page,
    before.replace(fenced(text), () => fenced(printed)),
  );
}

function at({ page, line }: Block, what: string): Error {
  return new Error(`${page}:${line} ${what}`);
}
