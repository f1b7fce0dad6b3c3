import { describe, expect, test } from '@jest/globals';
import { Progress } from './progress.ts';

function told(isTTY: boolean, steps: readonly (readonly [at: number, stage: string])[]): string {
  let text = '';
  let now = 0;
  const stream = {
    isTTY,
    write: (more: string) => {
      text += more;
    },
  };
  const progress = new Progress(
    () => stream,
    () => now,
  );
  for (const [at, stage] of steps) {
    now = at;
    progress.show(stage, `${at}`);
  }
  progress.done();
  return text;
}

describe('progress', () => {
  test('is silent about what takes no second', () => {
    expect(
      told(true, [
        [0, 'reading'],
        [999, 'reading'],
      ]),
    ).toBe('');
  });

  test('is one line for each piece of work in a log', () => {
    expect(
      told(false, [
        [1500, 'reading'],
        [9000, 'reading'],
        [9500, 'compiling'],
      ]),
    ).toBe('ringfence: reading …\nringfence: compiling …\n');
  });

  test('is one line on a terminal, which changes not too often and goes away', () => {
    expect(
      told(true, [
        [1500, 'reading'],
        [1600, 'reading'],
        [2000, 'compiling'],
      ]),
    ).toBe('\r\u001b[Kreading 1500 …\r\u001b[Kcompiling 2000 …\r\u001b[K');
  });
});
