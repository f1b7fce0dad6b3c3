// Writes a kubeconfig that holds all it needs inside, so that the file alone can be passed on.
import { writeFile } from 'node:fs/promises';
import { stringify } from 'yaml';
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
