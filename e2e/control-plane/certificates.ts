// The throw-away certificate authority of one control plane, and the certificates that it signs: for the API server, and
// for anyone who logs in. In Kubernetes a client certificate's common name is the user and each organization is a group:
// https://kubernetes.io/docs/reference/access-authn-authz/authentication/#x509-client-certificates
import 'reflect-metadata';
import { randomBytes, type webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const minute = 60_000;
const year = 365 * 24 * 60 * minute;

/** A certificate and its private key, both as PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

export interface Identity {
  readonly user: string;
  readonly groups?: readonly string[];
}

export interface CertificateAuthority {
  /** The authority's own certificate as PEM. */
  readonly certificate: string;
  /** A certificate for a server under these names and addresses. */
  forServer(dns: readonly string[], ips: readonly string[]): Promise<KeyPair>;
  /** A certificate to log in with. */
  forClient(identity: Identity): Promise<KeyPair>;
}

const generateKeys = (): Promise<webcrypto.CryptoKeyPair> =>
  crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<webcrypto.CryptoKeyPair>;

async function keyPem(keys: webcrypto.CryptoKeyPair): Promise<string> {
  return PemConverter.encode(await crypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
}

/** The start lies in the past, for a clock that is behind; the end is later than any test. */
const common = () => ({
  serialNumber: `01${randomBytes(15).toString('hex')}`,
  notBefore: new Date(Date.now() - 5 * minute),
  notAfter: new Date(Date.now() + year),
  signingAlgorithm: algorithm,
});

/** A new authority that nobody else trusts. */
export async function createAuthority(): Promise<CertificateAuthority> {
  const keys = await generateKeys();
  const authority = await X509CertificateGenerator.createSelfSigned({
    ...common(),
    name: 'CN=ringfence-test-ca',
    keys,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.digitalSignature, true),
    ],
  });
  const sign = (subject: Record<string, string[]>[], extensions: Extension[]) =>
    signLeaf(authority, keys, subject, extensions);
  return {
    certificate: authority.toString('pem'),
    forServer: (dns, ips) =>
      sign(
        [{ CN: ['kube-apiserver'] }],
        [
          new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
          new SubjectAlternativeNameExtension([
            ...dns.map((value) => ({ type: 'dns' as const, value })),
            ...ips.map((value) => ({ type: 'ip' as const, value })),
          ]),
        ],
      ),
    forClient: ({ user, groups = [] }) =>
      sign(
        [{ CN: [user] }, ...groups.map((group) => ({ O: [group] }))],
        [new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth])],
      ),
  };
}

async function signLeaf(
  authority: X509Certificate,
  authorityKeys: webcrypto.CryptoKeyPair,
  subject: Record<string, string[]>[],
  extensions: Extension[],
): Promise<KeyPair> {
  const keys = await generateKeys();
  const certificate = await X509CertificateGenerator.create({
    ...common(),
    subject,
    issuer: authority.subject,
    signingKey: authorityKeys.privateKey,
    publicKey: keys.publicKey,
    extensions: [
      ...extensions,
      new BasicConstraintsExtension(false),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    ],
  });
  return { certificate: certificate.toString('pem'), key: await keyPem(keys) };
}
