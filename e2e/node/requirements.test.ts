// Where no node can run, one sentence says what is missing and what to do.
import { describe, expect, test } from '@jest/globals';
import { type Host, whyNotHere } from './requirements.ts';

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
      'a node needs of the kernel: overlayfs, ipset',
    ],
    [
      'no namespaces',
      {
        inNamespaces: async () => {
          throw new Error('Command failed\nunshare: unshare failed: Operation not permitted\n');
        },
      },
      'a node needs of the kernel: namespaces of its own (unshare: unshare failed: Operation not permitted)',
    ],
  ])('does not run with %s', async (_, lack, why) => {
    expect(await whyNotHere({ ...able, ...lack })).toBe(why);
  });

  test('runs where nothing is missing', async () => {
    expect(await whyNotHere(able)).toBeUndefined();
  });
});
