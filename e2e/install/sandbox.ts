// Runs a command as a container runtime would from an image: its root is a folder that it can't write, its user is nobody on
// this machine, and it has no capability and no way to gain one. Needs root, or a kernel where users may make namespaces.
// Must not know what is run.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What is run, and in which root. */
export interface Sandbox {
  /** The folder; it gets the places that a runtime mounts things at. */
  readonly root: string;
  /** UID and GID. */
  readonly user: number;
  /** By path in the sandbox: the folder here that is to be seen there, read-only. */
  readonly mounts?: Readonly<Record<string, string>>;
}

/** A command line. */
export interface CommandLine {
  readonly command: string;
  readonly args: readonly string[];
}

/**
 * The command line that runs `words` in the sandbox, as one process, so that its pid is that of what runs in the sandbox.
 *
 * @throws Error where this machine can't do that, which says what it takes
 */
export function sandboxed({ root, user, mounts = {} }: Sandbox, words: readonly string[]): CommandLine {
  const isRoot = process.getuid?.() === 0;
  const unshare = ['unshare', '--mount', ...(isRoot ? [] : ['--user', '--map-root-user'])];
  checkThat(unshare, isRoot);
  for (const place of ['proc', ...Object.keys(mounts)]) mkdirSync(join(root, place), { recursive: true });
  mkdirSync(join(root, 'dev'), { recursive: true });
  writeFileSync(join(root, 'dev/null'), '');
  const binds = [
    // The root first, so that it has a mount of its own that can be made read-only.
    [root, root],
    ...Object.entries(mounts).map(([place, folder]) => [folder, join(root, place)]),
  ];
  const script = [
    'set -e',
    'export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    ...binds.map(([from, to]) => `mount --bind ${quoted(from)} ${quoted(to)}`),
    `mount --bind /dev/null ${quoted(join(root, 'dev/null'))}`,
    `mount --rbind /proc ${quoted(join(root, 'proc'))}`,
    ...binds.toReversed().map(([, to]) => `mount -o remount,bind,ro ${quoted(to)}`),
    `exec ${become(root, user, isRoot)} "$@"`,
  ].join('\n');
  const [command = '', ...args] = [...unshare, 'sh', '-c', script, 'sh', ...words];
  return { command, args };
}

/** Without root, the user is `nobody` in a user namespace of its own, and the user who runs the test outside of it. */
function become(root: string, user: number, isRoot: boolean): string {
  const enter = isRoot
    ? `chroot --userspec=${user}:${user} --groups= ${quoted(root)}`
    : `unshare --user --map-user=${user} --map-group=${user} --root=${quoted(root)}`;
  return `setpriv --no-new-privs --inh-caps=-all ${enter}`;
}

function checkThat(unshare: readonly string[], isRoot: boolean): void {
  const [command = '', ...args] = [...unshare, 'true'];
  const { error, status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (error === undefined && status === 0) return;
  const hint = isRoot
    ? 'run it where root may mount (CAP_SYS_ADMIN)'
    : 'run it as root, or let users make namespaces (sysctl kernel.apparmor_restrict_unprivileged_userns=0)';
  throw new Error(`a root for the image can't be made here (${error?.message ?? stderr.trim()}): ${hint}`);
}

function quoted(text = ''): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
