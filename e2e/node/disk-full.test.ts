// A full disk is told in one sentence, and nothing half-written is used afterwards. The disk is a small one of its own, in a mount
// namespace.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Outcome, runCommand } from '../support/run-command.ts';
import { describeOnNode } from './on-node.ts';
import { nodeEnvironment } from './requirements.ts';

const moduleNamed = (file: string): string => JSON.stringify(join(import.meta.dirname, file));

describeOnNode('where the disk is full', () => {
  let disk: string;
  beforeEach(() => {
    disk = mkdtempSync(join(tmpdir(), 'ringfence-disk-'));
  });
  afterEach(() => rmSync(disk, { recursive: true }));

  /** Runs a program that sees a small disk in the folder. */
  async function onSmallDisk(size: string, program: string, env: NodeJS.ProcessEnv): Promise<Outcome> {
    const script =
      'mount -t tmpfs -o size="$0" tmpfs "$1" && exec "$2" --disable-warning=ExperimentalWarning --input-type=module --eval "$3"';
    const words = ['--mount', 'sh', '-c', script, size, disk, process.execPath, program];
    return await runCommand('unshare', words, { ...nodeEnvironment, NODE_OPTIONS: '', DISK: disk, ...env });
  }

  test('a build says so, and the next one, with more space, begins anew', async () => {
    const program = `
      import { execFileSync } from 'node:child_process';
      import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
      import { findBinaries } from ${moduleNamed('../binaries/find-binaries.ts')};
      import { nodeBinaries } from ${moduleNamed('node-binaries.ts')};
      const { DISK } = process.env;
      const go = (line) => {
        mkdirSync(DISK + '/bin', { recursive: true });
        const search = 'while [ "$1" != -o ]; do shift; done';
        writeFileSync(DISK + '/bin/go', ['#!/bin/sh', search, line, ''].join('\\n'), { mode: 0o755 });
      };
      const kept = () => readdirSync(DISK + '/ringfence/node', { recursive: true });
      go('exec head --bytes=8M /dev/zero > "$2"');
      await findBinaries(nodeBinaries, ['agent']).catch(({ message }) => console.log(message));
      console.log(JSON.stringify(kept().map((name) => name.replace(/-.*/, ''))));
      execFileSync('mount', ['-o', 'remount,size=16M', DISK]);
      go("printf '#!/bin/sh\\\\necho agent 1.0.0\\\\n' > \\"$2\\"");
      const { agent } = await findBinaries(nodeBinaries, ['agent']);
      console.log(execFileSync(agent, { encoding: 'utf8' }));`;
    const env = {
      XDG_CACHE_HOME: disk,
      RINGFENCE_NODE_ASSETS: '',
      PATH: `${join(disk, 'bin')}:${nodeEnvironment.PATH}`,
    };
    const { code, stdout } = await onSmallDisk('1M', program, env);
    const [sentence, kept, answer] = stdout.split('\n');
    expect(sentence).toMatch(
      /^the disk is full: head: .*No space left on device; free some space, and try again$/,
    );
    expect([code, kept, answer]).toEqual([0, '["1.0.0"]', 'agent 1.0.0']);
  });

  // Each size is too small for another step, and some leave room for a part of a block.
  const sizes = ['3M', '9M', '12M', '15M', '17M', '18M', '20M', '23M'];
  test.each(sizes)(
    'of %s, the images of a node are not made, which says so and leaves nothing',
    async (size) => {
      const program = `
      import { readdirSync } from 'node:fs';
      import { startNode } from ${moduleNamed('node.ts')};
      await startNode({ enforcer: 'none' }).catch(({ message }) => console.log(message));
      console.log(JSON.stringify(readdirSync(process.env.DISK)));`;
      const { code, stdout, stderr } = await onSmallDisk(size, program, { TMPDIR: disk });
      expect([code, stderr]).toEqual([0, '']);
      const [sentence, left] = stdout.split('\n');
      expect(sentence).toMatch(/^the disk is full: .+; free some space, and try again$/);
      expect(left).toBe('[]');
    },
  );
});
