// The test control plane does what other tests rely on: real access control, real garbage collection, faults on demand.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Agent, request } from 'undici';
import { parse } from 'yaml';
import { ApiError } from './api-client.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { poll } from './poll.ts';
import { writeVerbs } from './request-counts.ts';

interface Stored {
  readonly metadata: { readonly name: string; readonly uid: string; readonly resourceVersion: string };
}

const configMaps = '/api/v1/namespaces/default/configmaps';

const configMap = (name: string, owner?: Stored) => ({
  metadata: {
    name,
    ...(owner && {
      ownerReferences: [
        { apiVersion: 'v1', kind: 'ConfigMap', name: owner.metadata.name, uid: owner.metadata.uid },
      ],
    }),
  },
});

/** The status of a GET by anyone who the kubeconfig at `path` logs in. */
async function statusFor(path: string, resource: string): Promise<number> {
  const { clusters, users } = parse(await readFile(path, 'utf8'));
  const { cluster } = clusters[0];
  const { user } = users[0];
  const decoded = (text?: string) => text && Buffer.from(text, 'base64').toString();
  const dispatcher = new Agent({
    connect: {
      ca: decoded(cluster['certificate-authority-data']) ?? '',
      cert: decoded(user['client-certificate-data']),
      key: decoded(user['client-key-data']),
    },
  });
  try {
    const headers = user.token ? { authorization: `Bearer ${user.token}` } : {};
    const { statusCode, body } = await request(cluster.server + resource, { dispatcher, headers });
    await body.dump();
    return statusCode;
  } finally {
    await dispatcher.destroy();
  }
}

let controlPlane: ControlPlane;

beforeAll(async () => {
  controlPlane = await startControlPlane({ controllerManager: 'later' });
}, 900_000);

afterAll(() => controlPlane.stop());

const gone = async (path: string) =>
  await poll(
    () =>
      controlPlane.api.text('GET', path).then(
        () => undefined,
        (error) => error instanceof ApiError && error.status === 404,
      ),
    { expired: () => new Error(`\`${path}\` is still there`) },
  );

describe('a control plane', () => {
  test('runs the version that the binaries are pinned to', async () => {
    expect(await controlPlane.api.json('GET', '/version')).toMatchObject({ gitVersion: 'v1.37.2' });
  });

  test('publishes an address of the API server that is not loopback', async () => {
    const slice = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes';
    expect(await controlPlane.api.json('GET', slice)).toMatchObject({
      endpoints: [{ addresses: ['192.0.2.1'] }],
      ports: [{ name: 'https' }],
    });
  });

  test('gives a Service addresses of both families', async () => {
    const service = {
      metadata: { name: 'both' },
      spec: { ipFamilyPolicy: 'RequireDualStack', ports: [{ port: 80 }] },
    };
    const { spec } = await controlPlane.api.json<{ spec: { clusterIPs: string[] } }>(
      'POST',
      '/api/v1/namespaces/default/services',
      service,
    );
    expect(spec.clusterIPs).toEqual([
      expect.stringMatching(/^10\.96\./),
      expect.stringMatching(/^fd00:10:96:/),
    ]);
  });

  test('lets a user do what their group may, and nothing else', async () => {
    await controlPlane.api.json('POST', '/apis/rbac.authorization.k8s.io/v1/clusterroles', {
      metadata: { name: 'see-config-maps' },
      rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list'] }],
    });
    await controlPlane.api.json('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
      metadata: { name: 'viewers' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'see-config-maps' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'viewers' }],
    });
    const viewer = await controlPlane.userKubeconfig({ user: 'ann', groups: ['others', 'viewers'] });
    const stranger = await controlPlane.userKubeconfig({ user: 'viewers' });
    await poll(async () => (await statusFor(viewer, configMaps)) === 200, {
      expired: () => new Error('the viewer never sees a config map'),
    });
    expect(await statusFor(viewer, '/api/v1/secrets')).toBe(403);
    expect(await statusFor(stranger, configMaps)).toBe(403);
  });

  test('logs in a service account by its token', async () => {
    await expect(controlPlane.serviceAccountKubeconfig('default', 'operator')).rejects.toThrow(
      'serviceaccounts "operator" not found',
    );
    const accounts = '/api/v1/namespaces/default/serviceaccounts';
    await controlPlane.api.json('POST', accounts, { metadata: { name: 'operator' } });
    const path = await controlPlane.serviceAccountKubeconfig('default', 'operator');
    expect(await statusFor(path, '/version')).toBe(200);
    expect(await statusFor(path, configMaps)).toBe(403);
  });

  test('counts the writes that the API server answered', async () => {
    const writes = async () => {
      const counts = await controlPlane.requestCounts({ verb: writeVerbs, resource: 'networkpolicies' });
      return counts.map(({ verb, code, count }) => `${verb} ${code} ${count}`);
    };
    const policies = '/apis/networking.k8s.io/v1/namespaces/default/networkpolicies';
    expect(await writes()).toEqual([]);
    for (const name of ['one', 'two']) {
      await controlPlane.api.json('POST', policies, { metadata: { name }, spec: { podSelector: {} } });
    }
    await controlPlane.api.json('GET', policies);
    expect(await writes()).toEqual(['POST 201 2']);
  });
});

describe('an API server that is killed and started again', () => {
  test('is unreachable, then has the same address and data, and has forgotten old revisions', async () => {
    const before = await controlPlane.api.json<Stored>('POST', configMaps, configMap('before'));
    await controlPlane.api.json('POST', configMaps, configMap('after'));
    await controlPlane.killApiServer();
    await expect(controlPlane.api.text('GET', '/readyz')).rejects.toThrow();
    const oldest = await controlPlane.compactEtcd();
    await controlPlane.startApiServer();
    const { metadata } = await controlPlane.api.json<Stored>('GET', `${configMaps}/before`);
    expect(metadata.uid).toBe(before.metadata.uid);
    expect(Number(oldest)).toBeGreaterThan(Number(before.metadata.resourceVersion));
    const watch = `${configMaps}?watch=1&timeoutSeconds=1&resourceVersion=${before.metadata.resourceVersion}`;
    expect(JSON.parse(await controlPlane.api.text('GET', watch))).toMatchObject({
      type: 'ERROR',
      object: { code: 410, reason: 'Expired' },
    });
  });
});

describe('etcd', () => {
  test('is put back to what was saved, as if nothing had happened since', async () => {
    await controlPlane.api.json('POST', configMaps, configMap('kept'));
    const saved = await controlPlane.saveEtcd();
    await controlPlane.api.json('POST', configMaps, configMap('lost'));
    await controlPlane.api.json('DELETE', `${configMaps}/kept`);
    await controlPlane.restoreEtcd(saved);
    await gone(`${configMaps}/lost`);
    await controlPlane.api.json('GET', `${configMaps}/kept`);
  });
});

describe('a controller manager that is started later', () => {
  beforeAll(() => controlPlane.startControllerManager());

  test('collects what its owner left behind', async () => {
    const owner = await controlPlane.api.json<Stored>('POST', configMaps, configMap('owner'));
    await controlPlane.api.json('POST', configMaps, configMap('owned', owner));
    await controlPlane.api.json('DELETE', `${configMaps}/owner`);
    expect(await gone(`${configMaps}/owned`)).toBe(true);
  });

  test('gives the aggregated roles their rules', async () => {
    const view = '/apis/rbac.authorization.k8s.io/v1/clusterroles/view';
    const rules = await poll(
      async () => {
        const { rules } = await controlPlane.api.json<{ rules: unknown[] | null }>('GET', view);
        return rules === null || rules.length === 0 ? undefined : rules;
      },
      { expired: () => new Error('`view` has no rules') },
    );
    expect(JSON.stringify(rules)).toContain('configmaps');
  });

  test('finishes the deletion of a namespace', async () => {
    await controlPlane.api.json('POST', '/api/v1/namespaces', { metadata: { name: 'brief' } });
    await controlPlane.api.json('POST', '/api/v1/namespaces/brief/configmaps', configMap('inside'));
    await controlPlane.api.json('DELETE', '/api/v1/namespaces/brief');
    expect(await gone('/api/v1/namespaces/brief')).toBe(true);
  });

  test('is not started twice', async () => {
    await expect(controlPlane.startControllerManager()).rejects.toThrow('runs already');
  });
});

describe('a control plane that cannot start', () => {
  test('shows the end of the log of the process that ended, and leaves nothing', async () => {
    const started = startControlPlane({ apiServerFlags: ['--no-such-flag'] });
    await expect(started).rejects.toThrow(
      /`kube-apiserver` ended with code 1.*unknown flag: --no-such-flag/s,
    );
  });

  test('shows the last answer where it is never ready', async () => {
    const started = startControlPlane({ readyTimeoutMs: 1 });
    await expect(started).rejects.toThrow(
      /`kube-apiserver` was not ready after 0.001 s; its last answer: .*\n/s,
    );
  });
});

describe('the stop', () => {
  test('may be asked for twice, and deletes the directory', async () => {
    await controlPlane.stop();
    await controlPlane.stop();
    expect(existsSync(controlPlane.directory)).toBe(false);
  });
});
