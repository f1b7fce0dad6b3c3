// Whoever waits sees that something happens.
import { describe, expect, test } from '@jest/globals';
import { withProgress } from './progress.ts';

function terminal(isTTY: boolean) {
  const texts: string[] = [];
  return { isTTY, texts, write: (text: string) => texts.push(text) };
}

const aMoment = () => new Promise<string>((resolve) => setTimeout(() => resolve('done'), 120));

describe('progress', () => {
  test('is a line now and then where it goes to a log', async () => {
    const log = terminal(false);
    expect(await withProgress(log, 'building etcd', aMoment, 25)).toBe('done');
    expect(log.texts.length).toBeGreaterThan(3);
    expect(log.texts[0]).toBe('building etcd\n');
    expect(log.texts[1]).toBe('building etcd: 0 s so far\n');
    expect(log.texts.at(-1)).toBe('building etcd: took 0 s\n');
  });

  test('is one line that counts where it goes to a terminal', async () => {
    const screen = terminal(true);
    await withProgress(screen, 'building etcd', aMoment, 25);
    expect(screen.texts.length).toBeGreaterThan(3);
    const [first, ...later] = screen.texts;
    expect(first).toBe('building etcd');
    expect(new Set(later)).toEqual(new Set(['\rbuilding etcd: 0 s ', '\rbuilding etcd: took 0 s\n']));
  });

  test('says when the work failed, and passes the error on', async () => {
    const log = terminal(false);
    const failing = withProgress(log, 'building etcd', () => Promise.reject(new Error('no space')));
    await expect(failing).rejects.toThrow('no space');
    expect(log.texts.at(-1)).toBe('building etcd: failed after 0 s\n');
  });
});
