// The images that the pods of a test node run. Each is made here, of a binary or of the operator's own root; none comes from a registry.
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { defaultTag } from '../../image/build.ts';
import { pauseImage } from './configs.ts';
import { writeImage } from './oci-image.ts';
import { waitForAll } from './wait-for-all.ts';

const run = promisify(execFile);

/** Serves and answers with its name: `args` of a container are those of `agent serve`. */
export const agentImage = 'ringfence.test/agent:1';

export const dnsImage = 'ringfence.test/coredns:1';

/** What config/default runs, as containerd names it. */
const operatorImage = (): string => `docker.io/library/${defaultTag()}`;

/** Makes an image that holds one program. */
async function imageOf(
  program: string,
  name: string,
  words: readonly string[],
  folder: string,
): Promise<string> {
  const [file = '', ...args] = words;
  const root = join(folder, `${file}-root`, name.replaceAll(/\W/g, '-'));
  await mkdir(root, { recursive: true });
  await copyFile(program, join(root, file));
  const archive = `${root}.tar`;
  await writeImage(
    { name, root, config: { Entrypoint: [`/${file}`, ...args], User: '65534:65534' } },
    archive,
  );
  return archive;
}

/**
 * The images that every node has.
 * @param folder where they are made
 * @returns the archives
 */
export async function baseImages(
  agent: string,
  coredns: string | undefined,
  folder: string,
): Promise<readonly string[]> {
  return await waitForAll([
    imageOf(agent, pauseImage, ['agent', 'pause'], folder),
    imageOf(agent, agentImage, ['agent', 'serve'], folder),
    ...(coredns === undefined ? [] : [imageOf(coredns, dnsImage, ['coredns'], folder)]),
  ]);
}

/**
 * The image of the operator, by the steps of the Dockerfile, from what .dockerignore lets through. Takes some seconds.
 * @param folder where it is made
 * @returns the archive
 */
export async function makeOperatorImage(folder: string): Promise<string> {
  const context = join(folder, 'operator-context');
  const root = join(folder, 'operator-root');
  mkdirSync(context, { recursive: true });
  for (const [, path = ''] of readFileSync('.dockerignore', 'utf8').matchAll(/^!(.+)$/gm)) {
    cpSync(path, join(context, path), { recursive: true });
  }
  symlinkSync(join(process.cwd(), 'node_modules'), join(context, 'node_modules'));
  const words = ['image/root.ts', '--base', '/', '--node', process.execPath, root];
  await run(process.execPath, words, { cwd: context });
  const archive = join(folder, 'operator.tar');
  await writeImage({ name: operatorImage(), root, config: operatorConfig() }, archive);
  return archive;
}

/** As the Dockerfile says. */
function operatorConfig() {
  const dockerfile = readFileSync('Dockerfile', 'utf8');
  const instruction = (name: string) => new RegExp(`^${name} (.*)$`, 'm').exec(dockerfile)?.[1] ?? '';
  return {
    Entrypoint: JSON.parse(instruction('ENTRYPOINT')) as string[],
    Cmd: JSON.parse(instruction('CMD')) as string[],
    User: instruction('USER'),
  };
}
