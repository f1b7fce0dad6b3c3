// Bad input that a session can't hold: what is too large, what may not be read, what is half there. One clear message, the exit
// code of an error, and nothing half-written.
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Ended } from '../../test/cli/tool.ts';
import { useTool } from '../../test/cli/use-tool.ts';

const nobody = 65_534;
const isRoot = process.getuid?.() === 0;
const shop = 'config/samples/shop';

const tool = useTool();
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tool.folder, 'case-'));
  chmodSync(folder, 0o755);
});

/** Root may read everything: then the tool runs as another user. */
const asSomebody = () => (isRoot ? { uid: nobody } : {});

function write(name: string, text: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** An error that these lines report, and no others. */
function told(...lines: readonly string[]): Ended {
  return { stdout: '', stderr: `${lines.join('\n')}\n`, exitCode: 2 };
}

describe('a file of 50 MiB', () => {
  const size = 50 * 2 ** 20;

  test('of YAML is refused before it is read to the end, with a hint what to do instead', async () => {
    const policy = `---\n${readFileSync('test/cli/sessions/bad-input/twins/a.yaml', 'utf8')}\n`;
    const path = write('large.yaml', policy.repeat(Math.ceil(size / policy.length)));
    expect(await tool.run(`ringfence render -f ${path}`)).toEqual(
      told(
        `${path}: 50 MiB of YAML is too much: the limit is 16 MiB`,
        '  hint: use JSON, which has no such limit (`kubectl get … -o json`), or split it into several files',
      ),
    );
  });

  /** What `kubectl get pods -o json` prints. */
  const listOfPods = (spec?: object) => {
    const metadata = (index: number) => ({
      ...{ name: `pod-${index}`, namespace: 'shop' },
      annotations: { note: 'x'.repeat(2 ** 20) },
    });
    const items = Array.from({ length: 50 }, (_, index) => ({
      ...{ apiVersion: 'v1', kind: 'Pod', metadata: metadata(index) },
      ...(index === 49 ? { spec } : { spec: { containers: [] } }),
    }));
    return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  };

  test('of JSON is read, as `kubectl get -o json` prints it', async () => {
    const path = write('large.json', listOfPods({ containers: [] }));
    const { stderr, exitCode } = await tool.run(`ringfence matrix -f ${shop} -f ${path} -o json | tail -1`);
    expect([exitCode, stderr.replace(/^ringfence: .*\n/gm, '')]).toEqual([0, '']);
  });

  test('of JSON in which an item is wrong says which one', async () => {
    const path = write('large.json', listOfPods());
    expect(await tool.run(`ringfence matrix -f ${path}`)).toEqual(
      told(`${path}: items[49].spec: is required`),
    );
  });

  test('of zeros is no text', async () => {
    const path = write('zeros.yaml', Buffer.alloc(size));
    expect(await tool.run(`ringfence lint -f ${path}`)).toEqual(
      told(`${path}: this is not text, so it is neither YAML nor JSON: byte 0 is zero`),
    );
  });
});

describe('what may not be read is named', () => {
  test('a file', async () => {
    const path = write('secret.yaml', '');
    chmodSync(path, 0);
    expect(await tool.run(`ringfence render -f ${path}`, asSomebody())).toEqual(
      told(`${path}: no permission to read it`),
    );
  });

  test.each([
    ['a folder', 0o000],
    ['a folder whose files may be listed and not be read', 0o744],
  ])('%s', async (_what, mode) => {
    const path = join(folder, 'closed');
    mkdirSync(path);
    write('closed/policy.yaml', '');
    chmodSync(path, mode);
    const { stdout, stderr, exitCode } = await tool.run(`ringfence plan -f ${path} --against ${path}`, {
      ...asSomebody(),
    });
    chmodSync(path, 0o700);
    expect([stdout, exitCode]).toEqual(['', 2]);
    expect(stderr).toMatch(/^\S+\/closed(\/policy\.yaml)?: no permission to read it\n$/);
  });

  test('a folder deeper down', async () => {
    mkdirSync(join(folder, 'open/closed'), { recursive: true });
    write('open/policy.yaml', '');
    chmodSync(join(folder, 'open/closed'), 0);
    const ended = await tool.run(`ringfence matrix -R -f ${folder}/open`, asSomebody());
    chmodSync(join(folder, 'open/closed'), 0o700);
    expect(ended).toEqual(told(`${folder}/open/closed: no permission to read it`));
  });
});

describe('what a shell substitutes', () => {
  test('is read like a file', async () => {
    const files = await tool.run(`ringfence render -f ${shop}`);
    const pipes = await tool.run(
      `ringfence render ${['namespaces', 'platform', 'shop'].map((name) => `-f <(cat ${shop}/${name}.yaml)`).join(' ')}`,
    );
    expect(pipes).toEqual(files);
    expect(files.exitCode).toBe(0);
  });

  test('is named as the shell names it if it is wrong', async () => {
    const { stdout, stderr, exitCode } = await tool.run("ringfence render -f <(printf 'kind: [')");
    expect([stdout, exitCode]).toEqual(['', 2]);
    expect(stderr).toMatch(/^\/dev\/fd\/\d+:1:\d+: .*\n {2}1 \| kind: \[\n {4}\| +\^\n$/);
  });
});

describe('a kubeconfig', () => {
  const kubeconfig = (server: string) => `
apiVersion: v1
kind: Config
current-context: here
contexts: [{name: here, context: {cluster: here, user: me}}]
clusters: [{name: here, cluster: {server: '${server}'}}]
users: [{name: me, user: {token: none}}]
`;

  test('of a cluster that does not answer ends with its address', async () => {
    const path = write('kubeconfig', kubeconfig('https://127.0.0.1:1'));
    for (const verb of ['explain shop/web shop/mongo', 'matrix', 'graph', `plan -f ${shop}`]) {
      const { stdout, stderr, exitCode } = await tool.run(`ringfence ${verb} --kubeconfig ${path}`);
      expect([stdout, exitCode]).toEqual(['', 2]);
      expect(stderr).toMatch(
        /^ringfence: can't reach the API server at `https:\/\/127\.0\.0\.1:1`: .*ECONNREFUSED.*\n$/,
      );
    }
  });

  test('without the cluster that its context names says so', async () => {
    const path = write(
      'kubeconfig',
      kubeconfig('https://127.0.0.1:1').replace(/^clusters.*$/m, 'clusters: []'),
    );
    const { stdout, stderr, exitCode } = await tool.run(`ringfence matrix --kubeconfig ${path}`);
    expect([stdout, exitCode]).toEqual(['', 2]);
    expect(stderr).toMatch(/^ringfence: .*`here`.*\n$/);
  });

  test('that is no YAML is named', async () => {
    const path = write('kubeconfig', 'clusters: [');
    const { stdout, stderr, exitCode } = await tool.run(`ringfence matrix --kubeconfig ${path}`);
    expect([stdout, exitCode]).toEqual(['', 2]);
    expect(stderr).toMatch(new RegExp(`^ringfence: .*\`${path}\``));
  });
});

describe('a file that is written', () => {
  test('stays as it was if anything is wrong, and nothing is left beside it', async () => {
    const out = write('policies.yaml', 'as it was\n');
    const { exitCode } = await tool.run(`ringfence render -f ${shop} -f <(echo 'kind: [') -o ${out}`);
    expect([exitCode, readFileSync(out, 'utf8'), readdirSync(folder)]).toEqual([
      2,
      'as it was\n',
      ['policies.yaml'],
    ]);
  });

  test('is the old one or the new one to anyone who reads it meanwhile', async () => {
    const { stdout: whole } = await tool.run(`ringfence crds`);
    const out = write('crds.yaml', whole);
    const sizes = await tool.run(
      `for i in 1 2 3 4 5; do ringfence crds -o ${out}; done & while kill -0 $! 2>/dev/null; do wc -c < ${out}; done | sort -u`,
    );
    expect(sizes).toEqual({ stdout: `${Buffer.byteLength(whole)}\n`, stderr: '', exitCode: 0 });
    expect(readdirSync(folder)).toEqual(['crds.yaml']);
  });

  test('is reported if it may not be written, and nothing is there', async () => {
    chmodSync(folder, 0o555);
    const out = join(folder, 'policies.yaml');
    const { stderr, exitCode } = await tool.run(`ringfence crds -o ${out}`, asSomebody());
    chmodSync(folder, 0o755);
    expect([stderr, exitCode]).toEqual([`ringfence: can't write \`${out}\`: no permission\n`, 2]);
    expect(readdirSync(folder)).toEqual([]);
  });
});
