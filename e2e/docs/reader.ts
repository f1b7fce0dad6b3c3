// A simulated reader of a page: a folder that looks like a checkout, kubectl and ringfence on the PATH, one
// block after the other in a shell. Must not know what a block is for.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ensureBinaries } from '../control-plane/binaries.ts';
import { patienceMs } from '../control-plane/poll.ts';

/** How a command ended. */
export interface Ran {
  readonly code: number | null;
  /** Both streams, as they would stand on a terminal. */
  readonly printed: string;
}

const root = join(import.meta.dirname, '../..');
const hidden = ['.git'];

/** Somebody who follows a page. */
export class Reader implements AsyncDisposable {
  readonly folder: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #others: ChildProcess[] = [];
  #elsewhere = '';

  private constructor(folder: string, env: NodeJS.ProcessEnv) {
    this.folder = folder;
    this.#env = env;
  }

  /** Prepares for a cluster, in a new folder with links to everything in the repository. */
  static async at(kubeconfig: string): Promise<Reader> {
    const { kubectl } = await ensureBinaries(['kubectl']);
    const folder = await mkdtemp(join(tmpdir(), 'ringfence-docs-'));
    const entries = (await readdir(root)).filter((name) => !hidden.includes(name));
    await Promise.all(entries.map((name) => symlink(join(root, name), join(folder, name))));
    const bin = join(folder, '.bin');
    await mkdir(bin);
    await symlink(kubectl, join(bin, 'kubectl'));
    await writeFile(join(bin, 'ringfence'), `#!/bin/sh\nexec node ${join(root, 'src/main.ts')} "$@"\n`, {
      mode: 0o755,
    });
    await symlink('ringfence', join(bin, 'kubectl-ringfence'));
    const path = [bin, dirname(process.execPath), process.env.PATH].join(':');
    return new Reader(folder, {
      PATH: path,
      HOME: folder,
      KUBECONFIG: kubeconfig,
      LANG: 'C.UTF-8',
      NO_COLOR: '1',
    });
  }

  /** Saves a file, as the page says. */
  async save(name: string, text: string): Promise<void> {
    const path = join(this.folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `${text}\n`);
  }

  /** Runs some lines in a shell that stops at the first failing one. */
  async run(lines: string, input = '', timeoutMs = patienceMs): Promise<Ran> {
    // One pipe for both streams: only then is their order the same as on a terminal.
    const args = ['--norc', '-euo', 'pipefail', '-c', `exec 2>&1\n${lines}`];
    const child = this.#spawn('bash', args, AbortSignal.timeout(timeoutMs));
    let printed = '';
    child.stdout?.on('data', (data) => {
      printed += String(data);
    });
    child.stdin?.end(input);
    const [code] = (await once(child, 'close')) as [number | null];
    // A page shows lines as a terminal does.
    return { code, printed: printed.replaceAll('\r\n', '\n') };
  }

  /** Runs something in another terminal until the page is read, or for three minutes if this process is killed. */
  leaveRunning(lines: string): void {
    const child = this.#spawn('timeout', ['180', 'bash', '-c', lines]);
    child.stdin?.end();
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (data) => {
        this.#elsewhere += String(data);
      });
    }
    this.#others.push(child);
  }

  /** What was printed in other terminals. */
  get elsewhere(): string {
    return this.#elsewhere;
  }

  /** Ends what is still running and deletes the folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#others) {
      if (child.exitCode !== null || child.pid === undefined) continue;
      process.kill(-child.pid, 'SIGTERM');
      await once(child, 'exit');
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  #spawn(command: string, args: readonly string[], signal?: AbortSignal): ChildProcess {
    return spawn(command, args, {
      cwd: this.folder,
      env: this.#env,
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(signal ? { signal } : {}),
    });
  }
}
