// Anyone who waits sees that something happens.
import { describe, expect, test } from '@jest/globals';
import { withProgress } from './progress.ts';

/** A terminal that keeps what is written, and on which work can wait for so many texts. */
function terminal(isTTY: boolean) {
  const texts: string[] = [];
  const enough = Promise.withResolvers<string>();
  return {
    isTTY,
    texts,
    write(text: string) {
      texts.push(text);
      if (texts.length === 4) enough.resolve('done');
    },
    /** Work that is done when there are three signs of life behind the first text, however long that takes. */
    work: () => enough.promise,
  };
}

/** The texts, without how long it took. */
const untimed = (texts: readonly string[]) => texts.map((text) => text.replace(/(\d+ min )?\d+ s/, 'TIME'));

describe('progress', () => {
  test('is a line now and then where it goes to a log', async () => {
    const log = terminal(false);
    expect(await withProgress(log, 'building etcd', log.work, 1)).toBe('done');
    const [first, ...later] = untimed(log.texts);
    expect(first).toBe('building etcd\n');
    expect(new Set(later)).toEqual(new Set(['building etcd: TIME so far\n', 'building etcd: took TIME\n']));
    expect(later.at(-1)).toBe('building etcd: took TIME\n');
  });

  test('is one line that counts where it goes to a terminal', async () => {
    const screen = terminal(true);
    await withProgress(screen, 'building etcd', screen.work, 1);
    const [first, ...later] = untimed(screen.texts);
    expect(first).toBe('building etcd');
    expect(new Set(later)).toEqual(new Set(['\rbuilding etcd: TIME ', '\rbuilding etcd: took TIME\n']));
    expect(later.at(-1)).toBe('\rbuilding etcd: took TIME\n');
  });

  test('says when the work failed, and passes the error on', async () => {
    const log = terminal(false);
    const failing = withProgress(log, 'building etcd', () => Promise.reject(new Error('no space')));
    await expect(failing).rejects.toThrow('no space');
    expect(untimed(log.texts).at(-1)).toBe('building etcd: failed after TIME\n');
  });
});
