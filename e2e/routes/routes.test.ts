// Routes and allowances on a real API server: policies follow Services, Ingresses and routes, and nothing else is written.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { denyIngress, profilePath, type StoredPolicy } from '../cluster.ts';
import { gatewayApiCrds } from '../gateway-api/crds.ts';
import { comesToRest, enforced } from '../support/expected-policies.ts';
import { onCluster } from '../support/on-cluster.ts';
import { recordPolicies } from '../support/policy-recorder.ts';

const nginx = { name: 'nginx', preset: 'ingress-nginx' };
const gateways = { name: 'gateways', preset: 'gateway-api' };

const { cluster, operator, startOperator } = onCluster({
  namespaces: ['shop', 'shop-admin', 'bystander'],
  operator: { settle: 0 },
  afterOperator: async ({ cluster }) => {
    await cluster.platform({
      ...enforced,
      ingressControllers: [nginx, gateways],
      gatewayNamespaces: { names: ['shop'] },
    });
    await cluster.platformCondition('Ready', 'True', 'Enforced');
  },
});

const serviceOf = (
  name: string,
  ports: readonly object[],
  selector: object = { 'app.kubernetes.io/name': name },
) => ({
  metadata: { name },
  spec: { selector, ports },
});

const post = (path: string, object: object) => cluster.api.json('POST', path, object);
const patch = (path: string, object: object) => cluster.api.json('PATCH', path, object);
const servicePath = '/api/v1/namespaces/shop/services';
const ingressPath = '/apis/networking.k8s.io/v1/namespaces/shop/ingresses';

/** The policy of the shop whose pods are those of an app, except for the ring. */
async function policyOf(app: string): Promise<StoredPolicy | undefined> {
  const policies = [...(await cluster.policies('shop')).values()];
  return policies.find(({ spec }) => JSON.stringify(spec.podSelector).includes(`"${app}"`));
}

async function ingressOf(app: string): Promise<string> {
  return JSON.stringify((await policyOf(app))?.spec.ingress ?? 'none');
}

/** Waits until the ingress rules of an app contain a text, as a port. */
const lets = (app: string, what: string, timeoutMs?: number) =>
  cluster.eventually(`${app} lets in ${what}`, async () => (await ingressOf(app)).includes(what), {
    timeoutMs,
  });

/** Waits until no policy but the ring is about an app. */
const isClosed = (app: string) =>
  cluster.eventually(`${app} is closed`, async () => (await policyOf(app)) === undefined);

/** Waits until a kind is served at this path. */
const isServed = (path: string) =>
  cluster.eventually(`${path} is served`, () => cluster.find(path).catch(() => undefined));

/** Does something while the route `users` has a port that its Service does not have. */
async function withWrongPort(act: () => Promise<void>): Promise<void> {
  const path = profilePath('shop', 'shop');
  const { spec } = await cluster.api.json<{ spec: { routes: { name: string }[] } }>('GET', path);
  const wrong = spec.routes.map((each) => (each.name === 'users' ? { ...each, ports: [9090] } : each));
  await patch(path, { spec: { routes: wrong } });
  await act();
  await patch(path, { spec });
  await route('users', 'Active');
}

async function route(
  name: string,
  state: string,
): Promise<{ readonly reason: string; readonly message: string; readonly suggestion?: string }> {
  return cluster.eventually(`route ${name} is ${state}`, async () => {
    const profile = await cluster.profile('shop', 'shop');
    if (profile?.status?.observedGeneration !== profile?.metadata.generation) return undefined;
    return profile?.status?.routes?.find((each) => each.name === name && each.state === state);
  });
}

describe('a route', () => {
  test('to an app opens its pods, by the policy of its profile', async () => {
    const profile = await cluster.createProfile('shop', 'shop', {
      routes: [
        { name: 'web-to-mongo', from: { app: 'web' }, to: { app: 'mongo' }, ports: [27017] },
        {
          name: 'users',
          from: { ingressController: { name: 'nginx' } },
          to: { service: 'web' },
          ports: [80],
        },
        {
          name: 'report',
          from: { app: 'web' },
          to: { namespace: { name: 'shop-admin', pods: { matchLabels: { app: 'reports' } } } },
          ports: [8080],
        },
      ],
    });
    await route('web-to-mongo', 'Active');
    const policy = await policyOf('mongo');
    expect(policy?.metadata.ownerReferences?.[0]?.uid).toBe(profile.metadata.uid);
    expect(policy?.spec).toEqual({
      podSelector: { matchLabels: { 'app.kubernetes.io/name': 'mongo' } },
      policyTypes: ['Ingress'],
      ingress: [
        {
          from: [{ podSelector: { matchLabels: { 'app.kubernetes.io/name': 'web' } } }],
          ports: [{ protocol: 'TCP', port: 27017 }],
        },
      ],
    });
  });

  test('to a Service that does not exist waits for it, and follows its target port', async () => {
    expect(await route('users', 'Pending')).toMatchObject({ reason: 'ServiceMissing' });
    await post(servicePath, serviceOf('web', [{ port: 80, targetPort: 8080 }]));
    await route('users', 'Active');
    expect(await ingressOf('web')).toContain('"port":8080');
    await patch(`${servicePath}/web`, { spec: { ports: [{ port: 80, targetPort: 9090 }] } });
    await lets('web', '9090');
    expect(await ingressOf('web')).not.toContain('8080');
  });

  test('to a port that only the pods have is rejected, and the port of the Service is suggested', async () => {
    await withWrongPort(async () => {
      expect(await route('users', 'Rejected')).toMatchObject({
        reason: 'ServicePortMissing',
        suggestion: 'ports: [80]',
      });
      await route('web-to-mongo', 'Active');
    });
  });

  test('to another namespace waits for its consent, and the suggestion works when it is pasted', async () => {
    const { suggestion } = await route('report', 'Pending');
    const pasted = parse(suggestion ?? '');
    await post('/apis/ringfence.dev/v1alpha1/namespaces/shop-admin/appnetworkprofiles', pasted);
    await route('report', 'NotNeeded');
  });
});

describe('what does not work', () => {
  test('is reported as an Event of the profile, once, also over a restart', async () => {
    const told = async () =>
      (await cluster.events('shop')).filter(({ reason }) => reason === 'ServicePortMissing');
    expect(await told()).toEqual([
      expect.objectContaining({ regarding: expect.objectContaining({ kind: 'AppNetworkProfile' }) }),
    ]);
    await withWrongPort(async () => {
      await route('users', 'Rejected');
      await operator().stop();
      await startOperator();
      await operator().logged('caches synced');
    });
    expect(await told()).toHaveLength(1);
  });
});

describe('what is exposed', () => {
  test('by an Ingress lets its controller in to just these pods and ports, and follows it', async () => {
    await post(
      servicePath,
      serviceOf('api', [
        { name: 'http', port: 80, targetPort: 'web' },
        { name: 'admin', port: 81, targetPort: 9000 },
      ]),
    );
    const backend = (port: string) => ({ service: { name: 'api', port: { name: port } } });
    await post(ingressPath, { metadata: { name: 'api' }, spec: { defaultBackend: backend('http') } });
    await lets('api', '"web"');
    expect(await ingressOf('api')).toContain('"kubernetes.io/metadata.name":"ingress-nginx"');
    expect(await ingressOf('api')).not.toContain('9000');
    await patch(`${ingressPath}/api`, { spec: { defaultBackend: backend('admin') } });
    await lets('api', '9000');
    await cluster.api.json('DELETE', `${ingressPath}/api`);
    await isClosed('api');
  });

  test('by an HTTPRoute is let in as soon as the Gateway API is installed, and closed when it is removed', async () => {
    const crds = await gatewayApiCrds();
    const crdPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    for (const crd of crds) await post(crdPath, crd);
    const gatewayPath = '/apis/gateway.networking.k8s.io/v1/namespaces/shop';
    await isServed(`${gatewayPath}/httproutes`);
    const object = (kind: string, name: string, spec: object) => ({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind,
      metadata: { name },
      spec,
    });
    const listeners = [
      { name: 'http', port: 80, protocol: 'HTTP' },
      { name: 'tcp', port: 9443, protocol: 'TCP' },
    ];
    const allowedListeners = { namespaces: { from: 'Same' } };
    await post(
      `${gatewayPath}/gateways`,
      object('Gateway', 'public', { gatewayClassName: 'any', listeners, allowedListeners }),
    );
    const rules = [{ backendRefs: [{ name: 'api', port: 81 }] }];
    await post(
      `${gatewayPath}/httproutes`,
      object('HTTPRoute', 'api', { parentRefs: [{ name: 'public' }], rules }),
    );
    await lets('api', '9000');
    expect(await ingressOf('api')).toContain('"gateway.networking.k8s.io/gateway-name":"public"');
    const through = { spec: { parentRefs: [{ kind: 'ListenerSet', name: 'team' }] } };
    await patch(`${gatewayPath}/httproutes/api`, through);
    await isClosed('api');
    await post(
      `${gatewayPath}/listenersets`,
      object('ListenerSet', 'team', { parentRef: { name: 'public' }, listeners }),
    );
    await lets('api', '9000');
    await cluster.api.json('DELETE', `${gatewayPath}/httproutes/api`);
    await isClosed('api');
    await followsVersions(`${crdPath}/tcproutes.gateway.networking.k8s.io`, {
      path: (version) => `/apis/gateway.networking.k8s.io/${version}/namespaces/shop/tcproutes`,
      spec: { parentRefs: [{ name: 'public', sectionName: 'tcp' }], rules },
    });
    for (const { metadata } of crds) await cluster.api.json('DELETE', `${crdPath}/${metadata.name}`);
    await isClosed('api');
  });
});

/** A kind in an older version of its API, then in the newest alone: what its objects expose stays open all along. */
async function followsVersions(
  crdPath: string,
  { path, spec }: { readonly path: (version: string) => string; readonly spec: object },
): Promise<void> {
  interface Crd {
    readonly spec: { readonly versions: readonly { readonly name: string }[] };
  }
  const serving = async (name: string) => {
    const { spec: stored } = await cluster.api.json<Crd>('GET', crdPath);
    const versions = stored.versions.map((version) => ({ ...version, served: version.name === name }));
    await cluster.api.json('PATCH', crdPath, { spec: { versions } });
    await isServed(path(name));
  };
  await serving('v1alpha2');
  await post(path('v1alpha2'), {
    apiVersion: 'gateway.networking.k8s.io/v1alpha2',
    kind: 'TCPRoute',
    metadata: { name: 'api' },
    spec,
  });
  await lets('api', '9000');
  const uid = (await policyOf('api'))?.metadata.uid;
  await serving('v1');
  // A watch of the old version does not tell of this.
  await patch(`${path('v1')}/api`, { spec: { rules: [{ backendRefs: [{ name: 'api', port: 80 }] }] } });
  await cluster.eventually(
    'the route is followed in the newest version',
    async () => !(await ingressOf('api')).includes('9000'),
  );
  expect((await policyOf('api'))?.metadata.uid).toBe(uid);
}

describe('what is written', () => {
  test('is just the policy that a change concerns', async () => {
    const records = await Promise.all(
      ['shop', 'bystander'].map((namespace) => recordPolicies(cluster.api, namespace)),
    );
    await patch(`${servicePath}/web`, { spec: { ports: [{ port: 80, targetPort: 7070 }] } });
    await lets('web', '7070');
    await comesToRest(cluster, 1_500);
    for (const record of records) {
      await record.caughtUp();
      record.stop();
    }
    expect(records.map(({ sets }) => sets.length - 1)).toEqual([1, 0]);
  });

  test('is never a ring, whatever is routed', async () => {
    expect(await cluster.policyNames('bystander')).toEqual([denyIngress]);
  });
});

describe('what a ring cuts off', () => {
  /** The routes that the note of an Event in the namespace `edge` says to add to a profile. */
  async function routesToldBy(reason: string): Promise<readonly object[]> {
    const { note } = await cluster.eventually(`${reason} is reported`, async () =>
      (await cluster.events('edge')).find((each) => each.reason === reason),
    );
    expect(note).toMatch(/add to (a profile|`spec.routes` of profile `entrance`) in `edge`:\n/);
    return parse(note.slice(note.indexOf('\n') + 1));
  }

  beforeAll(async () => {
    await cluster.createNamespace('edge', { app: 'yes' });
    await cluster.platform({ kubernetesAPI: { controlPlane: { cidrs: ['10.0.0.0/24'] } } });
  });

  test('at an entrance is reported as an Event, and the route in it fixes that when it is pasted', async () => {
    const { metadata, spec } = serviceOf('entrance', [{ port: 443, targetPort: 8443 }]);
    await post('/api/v1/namespaces/edge/services', { metadata, spec: { ...spec, type: 'NodePort' } });
    await cluster.platformReports('EntranceClosed');
    const deny = (await cluster.policies('edge')).get(denyIngress);
    expect((await cluster.events('edge')).map(({ regarding }) => regarding.uid)).toEqual([
      deny?.metadata.uid,
    ]);
    await cluster.createProfile('edge', 'entrance', { routes: await routesToldBy('EntranceClosed') });
    await cluster.platformReports('EntranceClosed', false);
    expect(JSON.stringify([...(await cluster.policies('edge')).values()])).toContain('"port":8443');
  });

  test('behind a webhook is reported as an Event, and the route in it fixes that when it is pasted', async () => {
    const webhooksPath = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
    await post('/api/v1/namespaces/edge/services', serviceOf('hook', [{ port: 443, targetPort: 9443 }]));
    await post(webhooksPath, {
      metadata: { name: 'hook' },
      webhooks: [
        {
          name: 'hook.edge.example',
          clientConfig: { service: { namespace: 'edge', name: 'hook' } },
          rules: [
            {
              apiGroups: ['edge.example'],
              apiVersions: ['v1'],
              operations: ['CREATE'],
              resources: ['doors'],
            },
          ],
          sideEffects: 'None',
          admissionReviewVersions: ['v1'],
        },
      ],
    });
    await cluster.platformReports('ControlPlaneShutOut');
    await cluster.createProfile('edge', 'hook', { routes: await routesToldBy('ControlPlaneShutOut') });
    await cluster.platformReports('ControlPlaneShutOut', false);
    const opened = [...(await cluster.policies('edge')).values()].flatMap(({ spec }) => spec.ingress ?? []);
    expect(opened).toContainEqual({
      from: [{ ipBlock: { cidr: '10.0.0.0/24' } }],
      ports: [{ protocol: 'TCP', port: 9443 }],
    });
    await cluster.api.json('DELETE', `${webhooksPath}/hook`);
  });
});
