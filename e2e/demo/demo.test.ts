// The demo is what a newcomer sees first: it must tell its story to the end, with packets where a node can run, and leave nothing
// running.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ensureBinaries } from '../control-plane/binaries.ts';
import { poll } from '../control-plane/poll.ts';
import { binaryNames } from '../control-plane/versions.ts';
import { describeOnNode } from '../node/on-node.ts';
import { cgroupsOf, directoriesOf, isGone } from '../node/remains.ts';
import { whyNotHere } from '../node/requirements.ts';
import { runCommand } from '../support/run-command.ts';

/** A demo in a process group of its own, as a shell runs a command in a terminal. */
class Demo {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  output = '';

  constructor(flags: readonly string[], env: NodeJS.ProcessEnv = {}) {
    const child = spawn(process.execPath, ['e2e/demo/demo.ts', ...flags], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_OPTIONS: '', ...env },
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    }
    this.pid = child.pid ?? 0;
    this.#child = child;
    this.#ended = once(child, 'close');
  }

  async says(text: string): Promise<void> {
    await poll(async () => this.output.includes(text) || this.#child.exitCode !== null, {
      expired: () => new Error(`it does not say \`${text}\`: ${this.output}`),
    });
    expect(this.output).toContain(text);
  }

  /** As a terminal does it, which tells the whole process group. */
  pressCtrlC(): void {
    process.kill(-this.pid, 'SIGINT');
  }

  /** @returns the exit code */
  async ended(): Promise<number | null> {
    await this.#ended;
    return this.#child.exitCode;
  }
}

/** What the story tells wherever it is told. */
function expectStory(output: string): void {
  const headings = output.split('\n').filter((line) => /^\d+\. /.test(line));
  expect(headings.map((line) => line.replace(/\..*/, ''))).toEqual(
    Array.from({ length: 11 }, (_, index) => String(index + 1)),
  );
  expect(headings.at(-1)).toBe('11. Off: the orderly way out');
  expect(output).toMatch(/would write 6 policies in 3 namespaces; none is written/);
  expect(output).toMatch(/It is back \d+(\.\d)? ms after the deletion was sent/);
  expect(output).toMatch(/Rejected: Service `nosqlclient` has no port `3000`/);
  expect(output).toMatch(/One policy was written, \d+/);
  expect(output).toMatch(/ringfence-\S+-out-\S+ +reports +27018/);
  expect(output).toMatch(/Ringed \d+(\.\d)? ms after/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape of a colour is what must not be there
  expect(output).not.toMatch(/\u001b/);
}

describe('the demo without a node', () => {
  /** A cache without the programs of a node. */
  let home: string;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'ringfence-home-'));
    const assets = join(home, 'assets');
    mkdirSync(assets);
    for (const [name, path] of Object.entries(await ensureBinaries(binaryNames)))
      symlinkSync(path, join(assets, name));
    env = { XDG_CACHE_HOME: home, KUBEBUILDER_ASSETS: assets, RINGFENCE_NODE_ASSETS: '' };
  });
  afterAll(() => rmSync(home, { recursive: true }));

  test('tells its story to the end, and how to see it with packets', async () => {
    const demo = new Demo([], env);
    expect([await demo.ended(), demo.output]).toEqual([0, expect.stringContaining('There are no nodes')]);
    expectStory(demo.output);
    expect(demo.output).not.toContain('kubectl exec');
    const sentence = (await whyNotHere()) ?? '`make demo NODE=1` tells it with pods and packets';
    expect(demo.output.replaceAll(/\s+/g, ' ')).toContain(sentence);
  });

  /** Where no program is found, no node can run. */
  const nowhere = '/var/empty';
  const why = 'a node needs unshare, nsenter';

  test('says why no node can run', async () => {
    const demo = new Demo([], { ...env, PATH: nowhere });
    await demo.says('It can');
    await demo.says(`It can't be told with pods and packets here: ${why}`);
    demo.pressCtrlC();
    await demo.ended();
  });

  test('is not told where a node is asked for, and none can run', async () => {
    const demo = new Demo(['--node'], { ...env, PATH: nowhere });
    expect(await demo.ended()).toBe(1);
    expect(demo.output).toContain(`\nerror: ${why}`);
    expect(demo.output).not.toContain('1. ');
  });
});

/** Each command that reads from a server, with the first line that it printed. The address of the database is `MONGO`. */
function readsIn(output: string): readonly (readonly string[])[] {
  const address = /^ +shop +mongo +([\d.]+)$/m.exec(output)?.[1] ?? 'no address';
  return [...output.matchAll(/^ {3}\$ kubectl exec (.+) -- \/agent read (.+)\n {3}(.+)$/gm)].map(
    ([, pod = '', server = '', printed = '']) => [pod, server.replace(address, 'MONGO'), printed],
  );
}

describeOnNode('the demo on a node', () => {
  test('tells with packets who reads the database, and ends by itself with nothing left', async () => {
    const demo = new Demo(['--node']);
    expect([await demo.ended(), demo.output]).toEqual([0, expect.stringContaining('Pods run')]);
    expectStory(demo.output);
    const order = expect.stringMatching(/^order 1001: /);
    const denied = expect.stringMatching(/^agent: dial tcp .*(refused|timeout)$/);
    expect(readsIn(demo.output)).toEqual([
      ['stranger', 'MONGO:27017', order],
      ['stranger', 'MONGO:27017', denied],
      ['-n shop web-console', 'mongo:27017', order],
      ['stranger', 'MONGO:27017', denied],
      ['-n shop web-console', 'mongo:27017', order],
      ['-n shop-reports reports', 'mongo.shop:27017', order],
      ['-n shop-reports reports', 'MONGO:9216', denied],
      ['stranger', 'MONGO:27017', order],
    ]);
    const told = demo.output.replaceAll(/\s+/g, ' ');
    expect(told.match(/[1-9]\d* connections were tried, and 0 failed/g)).toHaveLength(2);
    expect(await directoriesOf(demo.pid)).toEqual([]);
  });

  test('keeps everything until Ctrl-C, and says how to go on in a pod', async () => {
    const demo = new Demo(['--node', '--keep']);
    await demo.says('Everything stays up until you press Ctrl-C');
    await demo.says('web-console -- /agent read');
    const [, last = ''] = demo.output.split('Everything stays up');
    const commands = last.replaceAll('\\\n', '').match(/(?<=^ {3}\$ ).+$/gm) ?? [];
    expect(commands.filter((command) => command.startsWith('kubectl exec'))).toHaveLength(2);
    const script = ['set -e', ...commands].join('\n');
    const { code, stdout, stderr } = await runCommand('bash', ['-c', script], process.env);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.match(/^order 1001: /gm)).toHaveLength(2);
    await leavesNothing(demo);
    expect(await demo.ended()).toBe(0);
  });

  test('leaves nothing running after Ctrl-C in the middle', async () => {
    const demo = new Demo(['--node']);
    await demo.says('2. A dry run');
    await leavesNothing(demo);
  });

  async function leavesNothing(demo: Demo): Promise<void> {
    const directories = await directoriesOf(demo.pid);
    expect(directories).toHaveLength(1);
    demo.pressCtrlC();
    await demo.ended();
    for (const directory of directories) {
      await isGone(directory);
      expect(cgroupsOf(directory)).toEqual([]);
    }
  }
});
