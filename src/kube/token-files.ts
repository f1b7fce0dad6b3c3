// The `tokenFile` of a user in a kubeconfig, which client-node does not read: without it we would be anonymous to the server.
// https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/#AuthInfo
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import { parse } from 'yaml';

/** The part of a kubeconfig that is read here. */
interface RawKubeConfig {
  readonly users?: readonly { readonly name?: string; readonly user?: { readonly tokenFile?: string } }[];
}

/** The files of a kubeconfig: the named one, or those that kubectl reads. */
export function kubeconfigFiles(named: string | undefined): readonly string[] {
  if (named !== undefined) return [named];
  const listed = (process.env.KUBECONFIG ?? '').split(delimiter).filter((file) => file !== '');
  return listed.length > 0 ? listed : [join(homedir(), '.kube', 'config')].filter((file) => existsSync(file));
}

/**
 * Lets the users of `config` whose kubeconfig names a `tokenFile` log in with its content, which is read again and again,
 * as in client-go; it overrides `token`.
 *
 * @param files those that `config` was read from
 */
export function addTokenFiles(config: KubeConfig, files: readonly string[]): void {
  const tokenFiles = new Map(files.flatMap(tokenFilesIn).reverse());
  config.users = config.users.map((user) => {
    const tokenFile = tokenFiles.get(user.name);
    if (tokenFile === undefined) return user;
    const { token: _, ...rest } = user;
    return { ...rest, authProvider: { name: 'tokenFile', config: { tokenFile } } };
  });
}

/** By name of user; a relative path is relative to the kubeconfig. */
function tokenFilesIn(file: string): [string, string][] {
  const { users = [] } = (parse(readFileSync(file, 'utf8')) ?? {}) as RawKubeConfig;
  return users.flatMap(({ name = '', user }) =>
    user?.tokenFile ? [[name, resolve(dirname(file), user.tokenFile)] as [string, string]] : [],
  );
}
