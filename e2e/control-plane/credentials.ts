// Lays down the files that the processes of a control plane read: certificates, keys and the kubeconfigs of its own users.
import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { type CertificateAuthority, createAuthority, type KeyPair } from './certificates.ts';
import { filesIn } from './components.ts';
import { writeKubeconfig } from './kubeconfig.ts';

export interface ControlPlaneCredentials {
  readonly authority: CertificateAuthority;
  /** Of the group `system:masters`, to whom RBAC forbids nothing. */
  readonly admin: KeyPair;
}

const administrators = ['system:masters'];

/** What the API server signs service account tokens with, and verifies them with. */
const serviceAccountKeys = () =>
  generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });

/** Where the API server is. */
export interface Reachable {
  /** For the administrator. */
  readonly url: string;
  /** For the controller manager, if another. */
  readonly insideUrl?: string;
  /** Further addresses that it may be asked under. */
  readonly addresses?: readonly string[];
}

/** Makes a new authority and writes what `filesIn(directory)` names. */
export async function writeCredentials(
  directory: string,
  { url, insideUrl = url, addresses = [] }: Reachable,
): Promise<ControlPlaneCredentials> {
  const files = filesIn(directory);
  const authority = await createAuthority();
  const ca = authority.certificate;
  const [serving, admin, controllerManager] = await Promise.all([
    authority.forServer(
      ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'],
      ['127.0.0.1', '::1', '10.96.0.1', 'fd00:10:96::1', ...addresses],
    ),
    authority.forClient({ user: 'ringfence-test-admin', groups: administrators }),
    authority.forClient({ user: 'system:kube-controller-manager', groups: administrators }),
  ]);
  const { publicKey, privateKey } = serviceAccountKeys();
  const secret = { mode: 0o600 };
  await Promise.all([
    writeFile(files.ca, ca),
    writeFile(files.servingCertificate, serving.certificate),
    writeFile(files.servingKey, serving.key, secret),
    writeFile(files.serviceAccountKey, privateKey, secret),
    writeFile(files.serviceAccountPublicKey, publicKey),
    writeKubeconfig(files.adminKubeconfig, url, ca, admin),
    writeKubeconfig(files.controllerManagerKubeconfig, insideUrl, ca, controllerManager),
  ]);
  return { authority, admin };
}
