// What the start keeps from one time to the next, and that it does without.
import { chmodSync, existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { useTool } from '../../test/cli/use-tool.ts';

const tool = useTool();
let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tool.folder, 'home-'));
  chmodSync(home, 0o755);
});

const cached = (...path: readonly string[]) => {
  const folder = join(home, ...path, 'ringfence');
  return existsSync(folder) ? readdirSync(folder, { recursive: true }).length : 0;
};

test('the compiled code of the bundle is in the cache folder of the user', async () => {
  await tool.run('ringfence --version', { environment: { HOME: home } });
  expect(cached('.cache')).toBeGreaterThan(1);
});

test('XDG_CACHE_HOME, if it is absolute, is that folder', async () => {
  await tool.run('ringfence --version', { environment: { HOME: home, XDG_CACHE_HOME: join(home, 'other') } });
  expect(cached('other')).toBeGreaterThan(1);
  await tool.run('ringfence --version', { environment: { HOME: home, XDG_CACHE_HOME: 'relative' } });
  expect(cached('.cache')).toBeGreaterThan(1);
});

test('the operator keeps nothing', async () => {
  const { exitCode } = await tool.run('ringfence operator --help', { environment: { HOME: home } });
  expect([exitCode, readdirSync(home)]).toEqual([0, []]);
});

test('the tool also starts without a home, and where it may not write', async () => {
  for (const [line, uid] of [
    ['env -u HOME ringfence --version', 0],
    ['ringfence --version', 65_534],
  ] as const) {
    const { stdout, stderr, exitCode } = await tool.run(line, {
      environment: { HOME: home },
      ...(process.getuid?.() === 0 ? { uid } : {}),
    });
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  }
});

describe('code that runs often', () => {
  /** Says on stderr whether V8 may optimize a function. */
  const hook = `import v8 from 'node:v8';
process.on('exit', () => {
  v8.setFlagsFromString('--allow-natives-syntax');
  // A bit of OptimizationStatus in V8's runtime.h.
  const neverOptimize = 1 << 1;
  const status = (0, eval)('(() => { const some = () => 1; some(); return %GetOptimizationStatus(some); })()');
  console.error((status & neverOptimize) === 0 ? 'may be optimized' : 'is never optimized');
});`;

  test.each([
    ['ringfence operator --kubeconfig /nowhere', 'is never optimized'],
    ['ringfence crds', 'may be optimized'],
  ])('in `%s` it %s', async (line, answer) => {
    const file = join(tool.folder, 'hook.mjs');
    writeFileSync(file, hook);
    const { stderr } = await tool.run(line, {
      environment: { HOME: home, NODE_OPTIONS: `--import=${file}` },
    });
    expect(stderr).toContain(`${answer}\n`);
  });
});
