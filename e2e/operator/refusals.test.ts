// Why a real API server forbids a request, as the operator's client reads it: the sentences in `src/kube/refusal.ts` are the
// server's own.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ApiClient } from '../../src/kube/api-client.ts';
import { connect, loadKubeConfig } from '../../src/kube/connection.ts';
import { ApiError, classify } from '../../src/kube/errors.ts';
import { onCluster } from '../support/on-cluster.ts';

const { cluster } = onCluster({ namespaces: ['full', 'ending'] });
const counted = 'count/networkpolicies.networking.k8s.io';
const clients: ApiClient[] = [];
let admin: ApiClient;
let operator: ApiClient;

beforeAll(async () => {
  const clientOf = async (kubeconfig: string) => {
    const client = new ApiClient(await connect(loadKubeConfig({ kubeconfig })));
    clients.push(client);
    return client;
  };
  admin = await clientOf(cluster.controlPlane.kubeconfigPath);
  operator = await clientOf(await cluster.operatorKubeconfig());
});

afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
});

async function errorOf(request: Promise<unknown>): Promise<ApiError> {
  const error = await request.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof ApiError) return error;
  throw new Error('the request was not refused', { cause: error });
}

function createPolicy(client: ApiClient, namespace: string, name: string): Promise<unknown> {
  const body = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name },
    spec: { podSelector: {} },
  };
  return client.request('POST', `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`, {
    body,
  });
}

test('a permission is missing', async () => {
  const error = await errorOf(operator.request('GET', '/api/v1/secrets'));
  expect(error.refusal).toEqual({ cause: 'PermissionMissing' });
  expect(classify(error)).toBe('denied');
});

test('a quota is exceeded', async () => {
  const path = '/api/v1/namespaces/full/resourcequotas';
  const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'few' } };
  const spec = { hard: { [counted]: '1k', pods: '5' } };
  await admin.request('POST', path, { body: { ...quota, spec } });
  // No quota controller runs here: what it would count is written by hand.
  const status = { ...spec, used: { [counted]: '1000', pods: '0' } };
  await cluster.api.json('PATCH', `${path}/few/status`, { status });
  const error = await cluster.eventually('the quota counts', async () => {
    const name = `policy-${performance.now()}`;
    return createPolicy(admin, 'full', name).then(
      () => undefined,
      (thrown: unknown) => (thrown instanceof ApiError ? thrown : undefined),
    );
  });
  expect(error.refusal).toEqual({
    cause: 'QuotaExceeded',
    exceeded: { quota: 'few', amounts: new Map([[counted, { used: 1000, limited: 1000 }]]) },
  });
  expect(classify(error)).toBe('invalid');
});

test('a namespace is on its way out', async () => {
  // No controller runs here that would end it.
  await admin.request('DELETE', '/api/v1/namespaces/ending');
  const error = await errorOf(createPolicy(admin, 'ending', 'late'));
  expect(error.refusal).toEqual({ cause: 'NamespaceTerminating' });
  expect(classify(error)).toBe('gone');
});
