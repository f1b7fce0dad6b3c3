// `make image`: builds the image by the Dockerfile. Decides the arguments, and says what is missing where it can't.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What to build. */
export interface ImageOptions {
  /** The name of the image with its tag. */
  readonly tag: string;
  /** As in `linux/amd64,linux/arm64`; the engine's own where empty. */
  readonly platforms: string;
  /** Whether it goes to the registry that `tag` names, or stays in the engine. */
  readonly push: boolean;
}

/**
 * The words that follow `docker`.
 *
 * @throws Error where they contradict each other
 */
export function buildArguments({ tag, platforms, push }: ImageOptions): readonly string[] {
  if (platforms.includes(',') && !push)
    throw new Error(
      'an engine keeps an image for one platform: say `PUSH=1` to send one for several to a registry',
    );
  return [
    ...['buildx', 'build', '--tag', tag],
    ...(platforms === '' ? [] : ['--platform', platforms]),
    // A registry keeps with it what it was made of, and by what.
    ...(push ? ['--push', '--sbom=true', '--provenance=mode=max'] : ['--load']),
    '.',
  ];
}

/** The name of the image in config/, with our version as its tag. */
export function defaultTag(): string {
  const { name, version } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    name: string;
    version: string;
  };
  return `${name}:${version}`;
}

/** @throws Error where no container engine can build the image */
export function checkEngine(): void {
  const engine = spawnSync('docker', ['info', '--format', '{{.ServerVersion}}'], { encoding: 'utf8' });
  if (engine.error === undefined && engine.status === 0) return;
  const why = engine.error?.message ?? engine.stderr.trim().split('\n').at(-1);
  throw new Error(
    `no container engine answers to \`docker info\` (${why}): start Docker, or one that speaks its language`,
  );
}

/** @throws Error where there is no container engine, or it fails */
function buildImage(options: ImageOptions): void {
  const words = buildArguments(options);
  checkEngine();
  const { status } = spawnSync('docker', words, { stdio: 'inherit' });
  if (status !== 0) throw new Error(`\`docker ${words.join(' ')}\` failed`);
}

if (process.argv[1] === import.meta.filename) {
  const { IMAGE = defaultTag(), PLATFORMS = '', PUSH = '' } = process.env;
  try {
    buildImage({ tag: IMAGE, platforms: PLATFORMS, push: PUSH !== '' });
  } catch (error) {
    process.stderr.write(`make image: ${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
