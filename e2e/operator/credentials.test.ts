// Every way to log in that a kubeconfig knows, against a real API server, and what happens when credentials rotate.
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { ApiClient } from '../../src/kube/api-client.ts';
import { connect, loadKubeConfig } from '../../src/kube/connection.ts';
import { Credentials } from '../../src/kube/credentials.ts';
import { createAuthority } from '../control-plane/certificates.ts';
import { kubectl } from '../kubectl.ts';
import { appNamespace, becomesRight, platformSpec } from '../support/expected-policies.ts';
import { onCluster } from '../support/on-cluster.ts';

const namespaces = '/api/v1/namespaces';
const serviceAccounts = '/api/v1/namespaces/ringfence-system/serviceaccounts';

let files = 0;
const ringed: string[] = [];
const { cluster, startOperator } = onCluster({
  platform: platformSpec,
  beforeOperator: ({ cluster }) => kubectl(cluster.controlPlane, 'apply', '-k', 'config/rbac'),
});

/** Writes a file into the control plane's own folder, and returns its path. */
function write(name: string, text: string): string {
  const path = join(cluster.controlPlane.directory, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

/** A kubeconfig that logs in like this. */
function kubeconfigOf(user: object): string {
  const config = parse(readFileSync(cluster.controlPlane.kubeconfigPath, 'utf8'));
  config.users[0].user = user;
  files += 1;
  return write(`login-${files}.kubeconfig`, stringify(config));
}

/** A kubeconfig with an exec plugin: a shell script. */
function kubeconfigOfPlugin(script: string): string {
  const command = write(`plugin-${files}`, `#!/bin/sh\n${script}\n`);
  chmodSync(command, 0o700);
  const apiVersion = 'client.authentication.k8s.io/v1';
  return kubeconfigOf({ exec: { apiVersion, command, interactiveMode: 'Never' } });
}

/** What an exec plugin says. */
const execCredential = (status: object) =>
  JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status });

/** A new token of a service account of the operator's namespace. */
async function tokenOf(name: string): Promise<string> {
  const path = await cluster.controlPlane.serviceAccountKubeconfig('ringfence-system', name);
  return parse(readFileSync(path, 'utf8')).users[0].user.token;
}

/** The certificate of a user, as a kubeconfig has it. */
async function certificateOf(user: string) {
  const path = await cluster.controlPlane.userKubeconfig({ user, groups: ['system:masters'] });
  const login = parse(readFileSync(path, 'utf8')).users[0].user as Record<string, string>;
  const pem = (field: string) => Buffer.from(login[field] ?? '', 'base64').toString();
  return { login, certificate: pem('client-certificate-data'), key: pem('client-key-data') };
}

/** Shows that an operator that logs in like this works. */
async function rings(namespace: string): Promise<void> {
  await cluster.createNamespace(namespace, appNamespace);
  ringed.push(namespace);
  await becomesRight(cluster, ringed);
}

describe('the operator logs in', () => {
  test('with a client certificate', async () => {
    const { login } = await certificateOf('certified');
    await using _ = await startOperator({ kubeconfig: kubeconfigOf(login) });
    await rings('with-certificate');
  });

  test('with a client certificate and its key in files', async () => {
    const { certificate, key } = await certificateOf('certified');
    const kubeconfig = kubeconfigOf({
      'client-certificate': write('client.crt', certificate),
      'client-key': write('client.key', key),
    });
    await using _ = await startOperator({ kubeconfig });
    await rings('with-certificate-files');
  });

  test('with a bearer token', async () => {
    const token = await tokenOf('ringfence-operator');
    await using _ = await startOperator({ kubeconfig: kubeconfigOf({ token }) });
    await rings('with-token');
  });

  test('with a token in a file, whose path is relative to the kubeconfig', async () => {
    write('relative.token', await tokenOf('ringfence-operator'));
    await using _ = await startOperator({
      kubeconfig: kubeconfigOf({ tokenFile: 'relative.token' }),
    });
    await rings('with-token-file');
  });

  test('with an exec plugin', async () => {
    const answer = execCredential({ token: await tokenOf('ringfence-operator') });
    await using _ = await startOperator({ kubeconfig: kubeconfigOfPlugin(`echo '${answer}'`) });
    await rings('with-plugin');
  });

  test('with an exec plugin that hands out a client certificate', async () => {
    const { certificate, key } = await certificateOf('certified');
    const answer = execCredential({ clientCertificateData: certificate, clientKeyData: key });
    const kubeconfig = kubeconfigOfPlugin(`cat ${write('answer', answer)}`);
    await using _ = await startOperator({ kubeconfig });
    await rings('with-plugin-certificate');
  });

  test('with an exec plugin that fails for a while: the log reports its error once', async () => {
    const answer = join(cluster.controlPlane.directory, 'late-answer');
    const kubeconfig = kubeconfigOfPlugin(
      `[ -f ${answer} ] || { echo 'the token service is down' >&2; exit 1; }\ncat ${answer}`,
    );
    await using operator = await startOperator({ kubeconfig });
    const line = await operator.logged('the API server does not accept our credentials');
    expect(line.error).toMatch(/^can't get credentials .*exec plugin .*: the token service is down$/);
    write('late-answer', execCredential({ token: await tokenOf('ringfence-operator') }));
    await operator.logged('the API server accepts our credentials again');
    expect(operator.lines.filter(({ level }) => level >= 40)).toEqual([line]);
    await rings('with-late-plugin');
  });
});

test('an exec plugin that hangs is given up, and asked again', async () => {
  const asked = join(cluster.controlPlane.directory, 'asked');
  const answer = execCredential({ token: 'late' });
  const kubeconfig = kubeconfigOfPlugin(
    `[ -f ${asked} ] || { touch ${asked}; exec sleep 10; }\necho '${answer}'`,
  );
  const credentials = new Credentials(loadKubeConfig({ kubeconfig }), 5_000);
  await expect(credentials.read()).rejects.toThrow(/exec plugin .*: it did not answer within 5 s$/);
  expect((await credentials.read()).headers).toEqual({ Authorization: 'Bearer late' });
});

describe('credentials that the server refuses from now on are read anew', () => {
  async function open(kubeconfig: string) {
    const client = new ApiClient(await connect(loadKubeConfig({ kubeconfig })));
    return Object.assign(client, { [Symbol.asyncDispose]: () => client.close() });
  }

  /** Waits until a request is answered with this status; the server remembers for 10 s that a token was good. */
  async function answers(client: ApiClient, status: number): Promise<void> {
    await cluster.eventually(`the answer is ${status}`, async () => {
      const answer = await client.request('GET', namespaces).then(
        () => 200,
        (error: { status: number }) => error.status,
      );
      return answer === status;
    });
  }

  test('from a token file, and from an exec plugin that does not say when its token expires', async () => {
    const account = { metadata: { name: 'rotating' } };
    await cluster.api.json('POST', serviceAccounts, account);
    await kubectl(
      cluster.controlPlane,
      ...['create', 'clusterrolebinding', 'rotating', '--clusterrole=ringfence-operator'],
      '--serviceaccount=ringfence-system:rotating',
    );
    const file = write('rotating.token', await tokenOf('rotating'));
    const plugin = `printf '${execCredential({ token: '%s' })}' "$(cat ${file})"`;
    await using fromFile = await open(kubeconfigOf({ tokenFile: file }));
    await using fromPlugin = await open(kubeconfigOfPlugin(plugin));
    const clients = [fromFile, fromPlugin];
    await Promise.all(clients.map((client) => answers(client, 200)));
    await cluster.api.json('DELETE', `${serviceAccounts}/rotating`);
    await cluster.api.json('POST', serviceAccounts, account);
    await Promise.all(clients.map((client) => answers(client, 401)));
    write('rotating.token', await tokenOf('rotating'));
    await Promise.all(clients.map((client) => answers(client, 200)));
  });

  test('with new connections if they are a client certificate', async () => {
    const stranger = await (await createAuthority()).forClient({ user: 'stranger' });
    const handOut = ({ certificate, key }: { certificate: string; key: string }) =>
      write('handed-out', execCredential({ clientCertificateData: certificate, clientKeyData: key }));
    await using client = await open(kubeconfigOfPlugin(`cat ${handOut(stranger)}`));
    await answers(client, 401);
    handOut(await certificateOf('certified'));
    await answers(client, 200);
  });
});
