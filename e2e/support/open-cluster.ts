// The cluster of a test that needs no control over the API server: a control plane of its own, or the one that
// RINGFENCE_E2E_KUBECONFIG names, as kind's. That one is left as it was found, except for our CRDs and permissions.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { Cluster, type ReachableCluster } from '../cluster.ts';
import { ApiClient } from '../control-plane/api-client.ts';
import { type ControlPlaneOptions, startControlPlane } from '../control-plane/control-plane.ts';
import { requestToken, writeKubeconfig } from '../control-plane/kubeconfig.ts';
import { requestCounts } from '../control-plane/request-counts.ts';

/** The variable that names the kubeconfig of a cluster to test in; its current context logs in with a certificate. */
export const existingCluster = 'RINGFENCE_E2E_KUBECONFIG';

/** Opens a cluster; `stop()` ends or cleans it. */
export async function openControlPlane(options: ControlPlaneOptions): Promise<ReachableCluster> {
  const kubeconfig = process.env[existingCluster];
  if (kubeconfig === undefined) return startControlPlane(options);
  const reached = await reach(kubeconfig);
  const before = await everythingThere(reached.api);
  const stop = async () => {
    await leaveAs(before, reached.api);
    await rm(reached.directory, { recursive: true });
    await reached.api.close();
  };
  return { ...reached, stop };
}

/** Where tests make things that no namespace holds. Profiles go first, so that the operator restores nothing. */
const places = [
  '/apis/ringfence.dev/v1alpha1/platformnetworkprofiles',
  '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations',
  '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations',
  '/apis/networking.k8s.io/v1/ingressclasses',
  '/api/v1/namespaces',
];

/** The paths of all objects in these places. */
async function everythingThere(api: ApiClient): Promise<ReadonlySet<string>> {
  const lists = await Promise.all(places.map((place) => pathsIn(api, place)));
  return new Set(lists.flat());
}

async function pathsIn(api: ApiClient, place: string): Promise<readonly string[]> {
  // Our own kinds may not be installed yet.
  const list = await api
    .json<{ items: readonly { metadata: { name: string } }[] }>('GET', place)
    .catch(() => ({ items: [] }));
  return list.items.map(({ metadata }) => `${place}/${metadata.name}`);
}

/** Deletes what was not there before, but the operator's namespace, and waits until it is gone. */
async function leaveAs(before: ReadonlySet<string>, api: ApiClient): Promise<void> {
  const kept = new Set([...before, '/api/v1/namespaces/ringfence-system']);
  const strangers = async () => [...(await everythingThere(api))].filter((path) => !kept.has(path));
  for (const path of await strangers()) await api.text('DELETE', path).catch(() => undefined);
  await new Cluster({ api } as ReachableCluster).eventually(
    'what the test made is gone',
    async () => (await strangers()).length === 0,
    { instead: async () => (await strangers()).join(' ') },
  );
}

/** What a kubeconfig that logs in with a certificate leads to. */
async function reach(kubeconfigPath: string): Promise<Omit<ReachableCluster, 'stop'>> {
  const config: RawKubeConfig = parse(await readFile(kubeconfigPath, 'utf8'));
  const { context } = byName(config.contexts, config['current-context']);
  const { cluster } = byName(config.clusters, context.cluster);
  const { user } = byName(config.users, context.user);
  const decode = (text: string) => Buffer.from(text, 'base64').toString();
  const ca = decode(cluster['certificate-authority-data']);
  const api = new ApiClient(cluster.server, ca, {
    certificate: decode(user['client-certificate-data']),
    key: decode(user['client-key-data']),
  });
  const directory = await mkdtemp(join(tmpdir(), 'ringfence-existing-'));
  return {
    api,
    directory,
    kubeconfigPath,
    url: cluster.server,
    requestCounts: async (filter) => requestCounts(await api.text('GET', '/metrics'), filter),
    async serviceAccountKubeconfig(namespace, name) {
      const token = await requestToken(api, namespace, name);
      return writeKubeconfig(join(directory, `${name}.kubeconfig`), cluster.server, ca, token);
    },
  };
}

interface Named {
  readonly name: string;
}

/** A kubeconfig as `kind` writes it. */
interface RawKubeConfig {
  readonly 'current-context': string;
  readonly contexts: readonly (Named & {
    readonly context: { readonly cluster: string; readonly user: string };
  })[];
  readonly clusters: readonly (Named & {
    readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string };
  })[];
  readonly users: readonly (Named & {
    readonly user: { readonly 'client-certificate-data': string; readonly 'client-key-data': string };
  })[];
}

function byName<T extends Named>(list: readonly T[], name: string): T {
  const found = list.find((each) => each.name === name);
  if (found === undefined) throw new Error(`the kubeconfig names \`${name}\`, which is not in it`);
  return found;
}
