// The Dockerfile, the manifests and the scripts agree on what the image is; the engine's part can't be tested without one.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { buildArguments, defaultTag } from './build.ts';
import { paths, user } from './root.ts';

const dockerfile = readFileSync('Dockerfile', 'utf8');
const packageJson = JSON.parse(readFileSync('package.json', 'utf8'));
const instruction = (name: string) => new RegExp(`^${name} (.*)$`, 'm').exec(dockerfile)?.[1] ?? '';

describe('the image', () => {
  test('has the Node that is in the lock file', () => {
    const locked = new Set<string>(Object.values(packageJson.optionalDependencies));
    expect([...locked]).toEqual([/^NODE=node:([\d.]+)-/.exec(instruction('ARG'))?.[1]]);
  });

  test('runs the bundle with the flags of `npm start`, of which the benchmark measures the memory', () => {
    const [node, ...words] = packageJson.scripts.start.split(' ');
    const [command, ...flags] = JSON.parse(instruction('ENTRYPOINT'));
    expect([node, command]).toEqual(['node', paths.node]);
    expect([...flags, ...JSON.parse(instruction('CMD'))]).toEqual(
      words.map((word: string) => (word === 'dist/ringfence.mjs' ? paths.bundle : word)),
    );
  });

  test('runs as the user that the Deployment names', () => {
    expect(instruction('USER')).toBe(`${user}:${user}`);
    const { spec } = parse(readFileSync('config/manager/deployment.yaml', 'utf8')).spec.template;
    expect(spec.securityContext).toMatchObject({ runAsUser: user, runAsGroup: user });
  });

  test('is the one that config/default installs', () => {
    const { images } = parse(readFileSync('config/default/kustomization.yaml', 'utf8'));
    expect(images.map(({ name, newTag }: Record<string, string>) => `${name}:${newTag}`)).toEqual([
      defaultTag(),
    ]);
  });
});

describe('the build', () => {
  test('is for the platform of the engine, and stays in it', () => {
    expect(buildArguments({ tag: 'ringfence:0.1.0', platforms: '', push: false })).toEqual([
      ...['buildx', 'build', '--tag', 'ringfence:0.1.0', '--load', '.'],
    ]);
  });

  test('for several platforms goes to a registry, with what it was made of', () => {
    const platforms = 'linux/amd64,linux/arm64';
    expect(buildArguments({ tag: 'a/b:1', platforms, push: true })).toEqual([
      ...['buildx', 'build', '--tag', 'a/b:1', '--platform', platforms],
      ...['--push', '--sbom=true', '--provenance=mode=max', '.'],
    ]);
    expect(() => buildArguments({ tag: 'a/b:1', platforms, push: false })).toThrow('say `PUSH=1`');
  });
});
