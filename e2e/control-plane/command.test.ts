// The control plane by hand: what a person types, sees, and is left with.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { cacheHome } from '../binaries/binary-cache.ts';
import { type Outcome, runCommand } from '../support/run-command.ts';
import { ensureBinaries } from './binaries.ts';
import { kubernetesVersion } from './kubernetes.ts';
import { belongsTo } from './leftovers.ts';
import { binaryNames } from './versions.ts';

/** A home of its own, so that the control plane of anyone who runs this test is left alone. */
let home: string;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'ringfence-home-'));
  env = { ...process.env, NODE_OPTIONS: '', XDG_CACHE_HOME: home, KUBEBUILDER_ASSETS: '' };
  const paths = await ensureBinaries(binaryNames);
  mkdirSync(cacheFolder(), { recursive: true });
  for (const name of binaryNames) symlinkSync(paths[name], join(cacheFolder(), name));
}, 900_000);

afterAll(async () => {
  await controlPlane('down');
  rmSync(home, { recursive: true });
});

const run = (command: string, args: readonly string[]): Promise<Outcome> => runCommand(command, args, env);

const controlPlane = (...args: readonly string[]): Promise<Outcome> =>
  run(process.execPath, [join(import.meta.dirname, 'command.ts'), ...args]);

interface State {
  readonly directory: string;
  readonly supervisorPid: number;
  readonly componentPids: readonly number[];
}

const stateFile = () => join(cacheHome(env, 'control-plane'), 'control-plane.json');
const cacheFolder = () => join(cacheHome(env, 'control-plane'), kubernetesVersion);
const state = (): State => JSON.parse(readFileSync(stateFile(), 'utf8'));

async function alive({ directory, supervisorPid, componentPids }: State): Promise<number> {
  const pids = [supervisorPid, ...componentPids];
  return (await Promise.all(pids.map((pid) => belongsTo(directory, pid)))).filter(Boolean).length;
}

describe('without a control plane', () => {
  test('`--help` says what there is and where binaries come from', async () => {
    const { code, stdout } = await controlPlane('--help');
    expect(code).toBe(0);
    for (const word of ['up ', 'down ', 'env ', 'prepare ', 'KUBEBUILDER_ASSETS', 'XDG_CACHE_HOME']) {
      expect(stdout).toContain(word);
    }
  });

  test('`down` has nothing to do, and succeeds', async () => {
    expect(await controlPlane('down')).toEqual({ code: 0, stdout: 'none is up\n', stderr: '' });
  });

  test('`env` fails, prints nothing that a shell would run, and says what to do', async () => {
    const { code, stdout, stderr } = await controlPlane('env');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toBe('error: no control plane is up: start one with `npm run -s control-plane -- up`\n');
  });

  test('an unknown command is refused', async () => {
    const { code, stderr } = await controlPlane('upp');
    expect(code).toBe(1);
    expect(stderr).toContain("unknown command 'upp'");
  });

  test('`prepare` shows where each binary is', async () => {
    const { code, stdout } = await controlPlane('prepare');
    expect(code).toBe(0);
    for (const name of binaryNames) expect(stdout).toContain(join(cacheFolder(), name));
  });
});

describe('a control plane started by hand', () => {
  test('is one, even where two start it at the same time, and outlives both', async () => {
    const outcomes = await Promise.all([controlPlane('up'), controlPlane('up')]);
    const texts = outcomes.map(({ stdout }) => stdout.split('\n')[0]);
    expect(outcomes.map(({ code }) => code)).toEqual([0, 0]);
    expect(texts.sort()).toEqual([
      expect.stringMatching(/^Kubernetes 1\.37\.2 is already up at https:/),
      expect.stringMatching(/^Kubernetes 1\.37\.2 is up after [\d.]+ s at https:/),
    ]);
    expect(outcomes[0]?.stdout).toContain(`kubeconfig: ${state().directory}/admin.kubeconfig`);
    expect(await alive(state())).toBe(4);
  });

  test('is used through `env`', async () => {
    const script = 'eval "$("$0" "$1" env)" && command -v kubectl && kubectl get serviceaccounts -o name';
    const main = join(import.meta.dirname, 'command.ts');
    const { stdout, stderr } = await run('sh', ['-c', script, process.execPath, main]);
    expect(stderr).toBe('');
    expect(stdout).toBe(`${join(cacheFolder(), 'kubectl')}\nserviceaccount/default\n`);
  });

  test('is cleaned up and replaced where its supervisor has vanished', async () => {
    const stale = state();
    process.kill(stale.supervisorPid, 'SIGKILL');
    expect((await controlPlane('env')).code).toBe(1);
    expect(await alive(stale)).toBe(3);
    expect((await controlPlane('up')).stdout).toContain('is up after');
    expect(await alive(stale)).toBe(0);
    expect(existsSync(stale.directory)).toBe(false);
    expect(state().directory).not.toBe(stale.directory);
  });

  test('is gone after `down`, with all its files', async () => {
    const last = state();
    const { stdout } = await controlPlane('down');
    expect(stdout).toBe('the control plane is stopped and its data deleted\n');
    expect(await alive(last)).toBe(0);
    expect(existsSync(last.directory)).toBe(false);
    expect(readdirSync(dirname(stateFile()))).toEqual(['1.37.2']);
    expect((await controlPlane('down')).stdout).toBe('none is up\n');
  });
});
