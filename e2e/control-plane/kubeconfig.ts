// Writes a kubeconfig that holds all it needs inside, so that the file alone can be passed on, and gets the token for one.
import { writeFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import type { ApiClient } from './api-client.ts';
import type { KeyPair } from './certificates.ts';

/** How a kubeconfig logs in: a client certificate or a bearer token. */
export type Credentials = KeyPair | { readonly token: string };

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** The text of a kubeconfig with one context, `ringfence-test`. */
function kubeconfig(url: string, caCertificate: string, credentials: Credentials): string {
  const name = 'ringfence-test';
  const user =
    'token' in credentials
      ? { token: credentials.token }
      : {
          'client-certificate-data': base64(credentials.certificate),
          'client-key-data': base64(credentials.key),
        };
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name, cluster: { server: url, 'certificate-authority-data': base64(caCertificate) } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    users: [{ name, user }],
  });
}

/** A token of a service account that is good for a day. @throws ApiError 404 if there is no such service account */
export async function requestToken(
  api: ApiClient,
  namespace: string,
  serviceAccount: string,
): Promise<{ readonly token: string }> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token`;
  const { status } = await api.json<{ status: { token: string } }>('POST', path, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: 24 * 60 * 60 },
  });
  return status;
}

/** Writes a kubeconfig that only its owner can read. */
export async function writeKubeconfig(
  path: string,
  url: string,
  caCertificate: string,
  credentials: Credentials,
): Promise<string> {
  await writeFile(path, kubeconfig(url, caCertificate, credentials), { mode: 0o600 });
  return path;
}
