// Where no node can run, one sentence says what is missing and what to do, and no test that needs one passes silently.
import { describe, expect, test } from '@jest/globals';
import { closingLine, type JestReport, readCounts } from '../../test/suite-counts.ts';
import { runCommand } from '../support/run-command.ts';
import { describeOnNode } from './on-node.ts';
import { type Host, nodeEnvironment, whyNotHere } from './requirements.ts';

const able: Host = {
  platform: 'linux',
  user: 0,
  has: () => true,
  pluginFolder: '/usr/lib/cni',
  hierarchies: 9,
  inNamespaces: async () => '',
};

describe('a node', () => {
  test.each<[string, Partial<Host>, string]>([
    ['another system', { platform: 'darwin' }, 'a node needs Linux'],
    ['no root', { user: 1000 }, 'a node needs root, for namespaces of its own'],
    [
      'missing programs',
      { has: (program) => !['runc', 'ipset', 'iptables', 'ip6tables'].includes(program) },
      'a node needs runc, iptables, ip6tables, ipset: install ipset, iptables, runc, as `make packages` does',
    ],
    [
      'missing plugins',
      { pluginFolder: undefined },
      'a node needs the CNI plugins: install containernetworking-plugins, as `make packages` does',
    ],
    [
      'cgroups of version 2 alone',
      { hierarchies: 0 },
      'a node needs cgroups of version 1, which this machine does not mount',
    ],
    [
      'a small kernel',
      { inNamespaces: async () => 'overlayfs\nipset\n' },
      'a node needs these features of the kernel: overlayfs, ipset',
    ],
    [
      'no namespaces',
      {
        inNamespaces: async () => {
          throw new Error('Command failed\nunshare: unshare failed: Operation not permitted\n');
        },
      },
      'a node needs these features of the kernel: namespaces of its own (unshare: unshare failed: Operation not permitted)',
    ],
  ])('does not run with %s', async (_, lack, why) => {
    expect(await whyNotHere({ ...able, ...lack })).toBe(why);
  });

  test('runs where nothing is missing', async () => {
    expect(await whyNotHere(able)).toBeUndefined();
  });
});

describeOnNode('the tests of a node, without its network plugins,', () => {
  const file = 'e2e/node/in-use.test.ts';

  /** Runs tests where the folders of the plugins are empty. @returns what `make test` prints at last */
  async function runTests(required: '' | '1'): Promise<string> {
    const script =
      'for folder in /usr/lib/cni /opt/cni/bin; do test ! -d $folder || mount -t tmpfs tmpfs $folder; done; exec "$0" "$@"';
    const jest = [process.execPath, '--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--json'];
    const words = [
      '--mount',
      'sh',
      '-c',
      script,
      ...jest,
      '--selectProjects',
      'e2e',
      '--runTestsByPath',
      file,
    ];
    const env = { ...nodeEnvironment, NODE_OPTIONS: '', NODE_REQUIRED: required };
    const { stdout } = await runCommand('unshare', words, env);
    return closingLine(readCounts(JSON.parse(stdout) as JestReport, () => file));
  }

  test('are skipped under a name that says why', async () => {
    const why =
      'skipped: a node needs the CNI plugins: install containernetworking-plugins, as `make packages` does';
    const line = await runTests('');
    expect(line).toContain(`0 passed, 0 failed, 2 skipped (${file}: a node (${why}) says so where`);
  });

  test('fail where a node is required', async () => {
    expect(await runTests('1')).toBe('0 passed, 1 failed, 0 skipped');
  });
});
