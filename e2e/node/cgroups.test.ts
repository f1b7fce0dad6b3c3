// Which hierarchies of cgroups a machine gets is read from the mounts of the host.
import { expect, test } from '@jest/globals';
import { hierarchiesIn } from './cgroups.ts';

test('every hierarchy of version 1 is mounted again with its own controllers, and nothing else', () => {
  const mounts = [
    '/dev/vda / ext4 rw,relatime,discard 0 0',
    'tmpfs /sys/fs/cgroup tmpfs rw,relatime,mode=755 0 0',
    'cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,nosuid,nodev,noexec,relatime,cpu,cpuacct 0 0',
    'cgroup /sys/fs/cgroup/memory cgroup rw,relatime,memory 0 0',
    'cgroup /sys/fs/cgroup/systemd cgroup rw,relatime,xattr,release_agent=/lib/systemd/agent,name=systemd 0 0',
    'cgroup2 /sys/fs/cgroup/unified cgroup2 rw,relatime 0 0',
    '',
  ].join('\n');
  expect(hierarchiesIn(mounts)).toEqual([
    { path: '/sys/fs/cgroup/cpu,cpuacct', options: 'cpu,cpuacct' },
    { path: '/sys/fs/cgroup/memory', options: 'memory' },
    { path: '/sys/fs/cgroup/systemd', options: 'none,name=systemd' },
  ]);
});
