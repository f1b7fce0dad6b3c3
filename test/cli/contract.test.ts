// What every verb promises, whatever it does: help with examples that parse, answers that its published schema describes, a
// sentence instead of a stack for bad input, the same answer from stdin as from files, and exit codes as its help says.
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';
import * as z from 'zod';
import type { DefinedVerb } from '../../src/cli/define-verb.ts';
import { programOf, toolVerbs } from '../../src/cli/program.ts';
import type { Ended } from './tool.ts';
import { useTool } from './use-tool.ts';

type JsonSchema = Parameters<typeof z.fromJSONSchema>[0];

/** Words after the verb and its files, by the exit that they lead to. */
type Exits = Readonly<Partial<Record<'ok' | 'found', string>>>;

/** A verb that is missing here fails: add a line for a new one, unless it needs a cluster: e2e/cli runs those. */
const exits: Readonly<Record<string, Exits>> = {
  status: { ok: '' },
  render: { ok: '' },
  plan: { ok: '--against input', found: '--against other' },
  explain: { ok: 'shop/web-console shop/mongo 27017', found: 'shop/report shop/web-console 3000' },
  matrix: { ok: '' },
  graph: { ok: '' },
  lint: { ok: '-n shop-admin', found: '' },
  crds: { ok: '' },
  completion: { ok: 'bash' },
};

/** Words for the verbs that write to a cluster. */
const writing: Readonly<Record<string, string>> = {
  verify: 'shop/web shop/mongo 27017',
  pause: 'shop --for 2h --reason test',
  resume: 'shop',
};

const definitions = new Map<string, DefinedVerb>();
for (const { name, definition } of toolVerbs) definitions.set(name, await definition());
const program = await programOf({ verbs: toolVerbs, calledAs: 'ringfence', version: '', load: 'all' });
const names = [...definitions.keys()];
const writers = names.filter((name) => definitions.get(name)?.writes);
const clusterReaders = names.filter((name) => definitions.get(name)?.reads === 'a cluster');
const printers = names.filter((name) => !writers.includes(name) && !clusterReaders.includes(name));
const readers = names.filter((name) => definitions.get(name)?.reads?.startsWith('files'));
const withSchema = printers.filter((name) => definitions.get(name)?.formats.schema !== undefined);

const tool = useTool();
let folder: string;

beforeAll(() => {
  folder = join(tool.folder, 'work');
  mkdirSync(join(folder, 'other'), { recursive: true });
  mkdirSync(join(folder, 'input'));
  const samples = ['shop/platform.yaml', 'shop/namespaces.yaml', 'shop/shop.yaml', 'workloads/shop.yaml'];
  const texts = samples.map((sample) => readFileSync(join('config/samples', sample), 'utf8'));
  writeFileSync(join(folder, 'input/all.yaml'), texts.join('\n---\n'));
  writeFileSync(join(folder, 'other/platform.yaml'), texts[0] ?? '');
  writeFileSync(join(folder, 'empty.yaml'), '');
  writeFileSync(join(folder, 'broken.yaml'), 'kind: [\n');
});

const answers = new Map<string, Promise<Ended>>();

/** The answer to a line: several tests look at the same one, and each start of the tool takes a while. */
function run(line: string): Promise<Ended> {
  const answer = answers.get(line) ?? tool.run(`ringfence ${line}`, { folder });
  answers.set(line, answer);
  return answer;
}

/** A line that ends with `exit`; the files are in `input` unless it says otherwise. */
function lineOf(name: string, exit: keyof Exits = 'ok', files = '-f input'): string {
  const isReader = readers.includes(name);
  return `${name} ${isReader ? files : ''} ${exits[name]?.[exit] ?? writing[name] ?? ''}`;
}

/** What the published schema says is wrong with a value. */
function faultsOf(name: string, value: unknown): readonly string[] {
  const published = JSON.parse(readFileSync(`docs/reference/${name}.schema.json`, 'utf8')) as JsonSchema;
  const { error } = z.fromJSONSchema(published).safeParse(value);
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

test('every verb has cases here, and a golden session if it reads files', () => {
  expect(Object.keys(exits).sort()).toEqual([...printers].sort());
  const sessions = globSync('test/cli/sessions/*/session.txt').map((path) => readFileSync(path, 'utf8'));
  expect(readers.filter((name) => !sessions.some((text) => text.includes(`$ ringfence ${name} `)))).toEqual(
    [],
  );
});

describe.each(names)('%s', (name) => {
  test('prints help with examples whose flags there are', async () => {
    const { stdout, stderr, exitCode } = await run(`${name} --help`);
    expect([stderr, exitCode]).toEqual(['', 0]);
    expect(stdout).toContain(`Usage: ringfence ${name} `);
    const command = program.commands.find((each) => each.name() === name);
    const known = (command?.options ?? []).flatMap(({ short, long }) => [short, long]);
    const examples = stdout.match(/(?<=^ {2})[^#\n]*ringfence .*$/gm) ?? [];
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      const [, ours = ''] = new RegExp(`ringfence ${name}\\b(.*?)(?: [|>] |$)`).exec(example) ?? [];
      for (const [flag] of ours.matchAll(/(?<=^| )--?[a-z][\w-]*/gi)) expect(known).toContain(flag);
    }
  });

  test('refuses flags that there are not, and prints nothing', async () => {
    const noFlag = await run(`${lineOf(name)} --nonsense`);
    expect(noFlag).toEqual({ stdout: '', stderr: 'ringfence: unknown option `--nonsense`\n', exitCode: 2 });
  });
});

describe.each(writers)('%s', (name) => {
  test('says that it writes, and names the flag that keeps it from that', async () => {
    const { stdout } = await run(`${name} --help`);
    expect(stdout).toMatch(/Unlike most verbs it\s+writes\s+to\s+the\s+cluster/);
    expect(stdout).toContain('--dry-run');
  });
});

describe.each([...writers, ...clusterReaders])('%s', (name) => {
  test('says in a sentence that there is no cluster, and prints nothing', async () => {
    const { stdout, stderr, exitCode } = await run(`${lineOf(name)} --kubeconfig missing.yaml`);
    expect([stdout, exitCode]).toEqual(['', 2]);
    expect(stderr).toMatch(/^ringfence: .*missing\.yaml.*\n$/);
  });
});

describe.each(printers)('%s', (name) => {
  test('ends with the exit codes that its help names', async () => {
    const help = definitions.get(name)?.help;
    expect(Object.keys(exits[name] ?? {})).toEqual(help?.found === undefined ? ['ok'] : ['ok', 'found']);
    for (const [exit, code] of [
      ['ok', 0],
      ['found', 1],
    ] as const) {
      if (help?.[exit] === undefined) continue;
      const { exitCode, stdout } = await run(lineOf(name, exit));
      expect(`${exit} ${exitCode}`).toBe(`${exit} ${code}`);
      expect(stdout).not.toBe('');
    }
  });

  test('refuses formats that there are not, and prints nothing', async () => {
    if (definitions.get(name)?.formats.outputHelp === undefined) return;
    const noFormat = await run(`${lineOf(name)} -o nonsense`);
    expect([noFormat.stdout, noFormat.exitCode]).toEqual(['', 2]);
    expect(noFormat.stderr).toMatch(/^ringfence: `-o nonsense`: must be one of /);
  });

  test('writes to a file what it prints, and then prints nothing', async () => {
    if (definitions.get(name)?.formats.outputHelp === undefined) return;
    const printed = await run(lineOf(name));
    const [format] = Object.keys(definitions.get(name)?.formats.print ?? {});
    const saved = await run(`${lineOf(name)} -o ${format}=saved`);
    expect(saved).toEqual({ ...printed, stdout: '' });
    expect(readFileSync(join(folder, 'saved'), 'utf8')).toBe(printed.stdout);
    rmSync(join(folder, 'saved'));
  });
});

describe.each(withSchema)('%s -o json', (name) => {
  test('is what its published schema says, and `-o yaml` is the same', async () => {
    for (const exit of Object.keys(exits[name] ?? {}) as (keyof Exits)[]) {
      const json = JSON.parse((await run(`${lineOf(name, exit)} -o json`)).stdout) as { items?: unknown };
      expect(faultsOf(name, json)).toEqual([]);
      const yaml = (await run(`${lineOf(name, exit)} -o yaml`)).stdout;
      const isList = definitions.get(name)?.formats.outputHelp === 'the output format of the objects';
      const read = isList
        ? parseAllDocuments(yaml, { version: '1.1' }).map((document) => document.toJS() as unknown)
        : (parse(yaml, { version: '1.1' }) as unknown);
      expect(read).toEqual(isList ? json.items : json);
    }
  });

  test('has a schema that refuses anything else', () => {
    expect(faultsOf(name, { nonsense: 1 })).not.toEqual([]);
    expect(faultsOf(name, [{ nonsense: 1 }])).not.toEqual([]);
  });
});

describe.each(readers)('%s', (name) => {
  test('reads from stdin what it reads from files', async () => {
    const files = await run(lineOf(name));
    const stdin = await tool.run(`cat input/all.yaml | ringfence ${lineOf(name, 'ok', '-f -')}`, { folder });
    const bare = ({ stdout, stderr, exitCode }: Ended) =>
      [stdout, stderr, exitCode].map((part) => `${part}`.replaceAll(/<stdin>|input\/all\.yaml/g, 'FILE'));
    expect(bare(stdin)).toEqual(bare(files));
  });

  test('says in its help whether -n changes the answer', async () => {
    const line = lineOf(name, exits[name]?.found === undefined ? 'ok' : 'found');
    const answers = await Promise.all([run(line), run(`${line} -n shop`)]);
    const isFiltered = new Set(answers.map(({ stdout }) => stdout)).size > 1;
    const { stdout: help } = await run(`${name} --help`);
    const [, meaning = ''] = /--namespace <name> +(.*?)\n +-/s.exec(help) ?? [];
    expect(meaning.replaceAll(/\s+/g, ' ')).toMatch(
      isFiltered ? /^(print|show|draw) only .*; also the namespace of objects/ : /^the namespace of /,
    );
  });

  test('says with its place what is wrong with its input, and prints nothing', async () => {
    const broken = await run(lineOf(name, 'ok', '-f broken.yaml'));
    expect([broken.stdout, broken.exitCode]).toEqual(['', 2]);
    expect(broken.stderr).toMatch(/^broken\.yaml:\d+:\d+: the text ends too early/);
    const missing = await run(lineOf(name, 'ok', '-f missing.yaml'));
    expect(missing).toMatchObject({
      stdout: '',
      stderr: 'missing.yaml: there is no such file or folder\n',
      exitCode: 2,
    });
  });

  test('answers, or says what is missing, where its input is empty', async () => {
    const json = withSchema.includes(name) ? '-o json' : '';
    const { stdout, stderr, exitCode } = await run(
      `${name} -f empty.yaml ${name === 'plan' ? '--against empty.yaml' : ''} ${name === 'explain' ? exits.explain?.ok : ''} ${json}`,
    );
    expect([0, 2]).toContain(exitCode);
    if (exitCode === 0) expect(faultsOf(name, JSON.parse(stdout))).toEqual([]);
    else expect([stdout, stderr]).toEqual(['', expect.stringMatching(/^((ringfence|empty\.yaml): .*\n)+$/)]);
  });
});
