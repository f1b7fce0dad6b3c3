// The tool as a person has it: the bundle as a process of its own, called from a shell.
// Must not know what the tool should answer.
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';

const root = join(import.meta.dirname, '../..');

/** How a command ended. */
export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
}

/** How a command is run. */
export interface RunOptions {
  readonly folder?: string;
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** The user to be. */
  readonly uid?: number;
}

/** Work that takes longer than a second is reported: that depends on the machine, and has a test of its own. */
function withoutProgress(stderr: string): string {
  return stderr.replace(/^ringfence: .* …\n/gm, '');
}

/** The bundle in a folder of its own, as `ringfence` and `kubectl-ringfence`. */
export class Tool implements Disposable {
  #folder: string | undefined;

  /** Bundles it, for `useTool()` alone. */
  build(): void {
    this.#folder = mkdtempSync(join(tmpdir(), 'ringfence-tool-'));
    execFileSync(process.execPath, ['esbuild.config.mjs', this.bundle], { cwd: root });
    const bin = join(this.folder, 'bin');
    mkdirSync(bin);
    // A test may run it as another user.
    for (const path of [this.folder, bin, this.bundle]) chmodSync(path, 0o755);
    for (const name of ['ringfence', 'kubectl-ringfence']) symlinkSync(this.bundle, join(bin, name));
  }

  /** Its own folder, which the files of a test may share. */
  get folder(): string {
    if (this.#folder === undefined) throw new Error('the tool is not built: tests may use it once they run');
    return this.#folder;
  }

  get bundle(): string {
    return join(this.folder, 'ringfence.mjs');
  }

  /** Runs a line of shell, in which the tool is `ringfence`. */
  async run(line: string, options: RunOptions = {}): Promise<Ended> {
    const { folder = root, input = '', environment = {}, uid } = options;
    const path = [join(this.folder, 'bin'), dirname(process.execPath), process.env.PATH].join(delimiter);
    const child = spawn('bash', ['-c', line], {
      cwd: folder,
      env: { PATH: path, HOME: this.folder, KUBECONFIG: '/nowhere', ...environment },
      ...(uid === undefined ? {} : { uid, gid: uid }),
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    const [stdout, stderr, exitCode] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise<number | null>((resolve) => child.on('close', resolve)),
    ]);
    return { stdout, stderr: withoutProgress(stderr), exitCode };
  }

  [Symbol.dispose](): void {
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
  }
}
