// The manifests of config/, applied with the very commands that the README and the log tell people to type, and judged by the
// real Pod Security admission; and the operator living with just the role that they grant.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { denyIngress, monitoringPolicy } from '../cluster.ts';
import { kubectl as runKubectl } from '../kubectl.ts';
import { onCluster } from '../support/on-cluster.ts';

// With a controller manager, a Deployment makes a pod, which only has nowhere to run.
const { cluster, startOperator } = onCluster({ controllerManager: true, crds: false });
const kubectl = (...words: readonly string[]) => runKubectl(cluster.controlPlane, ...words);

test('config/default is accepted as a whole, with strict validation', async () => {
  const applied = (await kubectl('apply', '--validate=strict', '-k', 'config/default')).trim().split('\n');
  expect(applied.filter((line) => !line.endsWith(' created'))).toEqual([]);
  for (const kind of [
    'namespace',
    'deployment.apps',
    'networkpolicy.networking.k8s.io',
    'clusterrole.rbac',
  ]) {
    expect(applied).toContainEqual(expect.stringMatching(`^${kind}`));
  }
});

/** The pod's own security context, as the Deployment has it. */
const restricted = {
  runAsNonRoot: true,
  runAsUser: 65_532,
  runAsGroup: 65_532,
  seccompProfile: { type: 'RuntimeDefault' },
};

describe('the pod of the operator', () => {
  const podsPath = '/api/v1/namespaces/ringfence-system/pods';
  const dryRun = `${podsPath}?dryRun=All&fieldValidation=Strict`;
  let pod: Pod;

  beforeAll(async () => {
    pod = await cluster.eventually('the Deployment has made a pod', async () => {
      const { items } = await cluster.api.json<{ items: readonly Pod[] }>('GET', podsPath);
      return items[0];
    });
  });

  test('is taken by the level `restricted`, which its namespace enforces', () => {
    expect(pod.status.phase).toBe('Pending');
  });

  test('has what no level asks for: a read-only root, a high UID, a limit, and its one token as a volume', () => {
    const [container] = pod.spec.containers;
    expect(pod.spec).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false });
    expect(pod.spec.securityContext.runAsUser).toBeGreaterThan(10_000);
    expect(container?.securityContext).toMatchObject({ readOnlyRootFilesystem: true });
    expect(container?.resources).toMatchObject({ requests: expect.anything(), limits: expect.anything() });
    expect(container?.volumeMounts).toHaveLength(1);
    expect(container).toMatchObject({ livenessProbe: expect.anything(), readinessProbe: expect.anything() });
  });

  const container = (securityContext: object) => ({ container: { securityContext } });
  test.each<
    readonly [
      string,
      { readonly pod?: object; readonly container?: { readonly securityContext: object } },
      string,
    ]
  >([
    ['privileged', container({ privileged: true, allowPrivilegeEscalation: true }), 'privileged'],
    [
      'with more rights than its parent',
      container({ allowPrivilegeEscalation: true }),
      'allowPrivilegeEscalation != false',
    ],
    ['with capabilities', container({ capabilities: {} }), 'unrestricted capabilities'],
    ['as root', { pod: { securityContext: { ...restricted, runAsUser: 0 } } }, 'runAsUser=0'],
    [
      'as whatever its image says',
      { pod: { securityContext: { ...restricted, runAsNonRoot: null } } },
      'runAsNonRoot != true',
    ],
    [
      'without seccomp',
      { pod: { securityContext: { ...restricted, seccompProfile: null } } },
      'seccompProfile',
    ],
    ['in the network of its node', { pod: { hostNetwork: true } }, 'host namespaces'],
  ])('would be refused %s', async (_, change, message) => {
    const { containers, ...rest } = pod.spec;
    const [first] = containers;
    const spec = {
      ...rest,
      ...change.pod,
      containers: [
        {
          ...first,
          ...change.container,
          securityContext: { ...first?.securityContext, ...change.container?.securityContext },
        },
      ],
    };
    const attempt = cluster.api.text('POST', dryRun, { metadata: { name: 'attempt' }, spec });
    await expect(attempt).rejects.toMatchObject({
      status: 403,
      message: expect.stringMatching(new RegExp(`violates PodSecurity "restricted:latest": .*${message}`)),
    });
  });

  test('is taken as it is, by the same attempt', async () => {
    await cluster.api.text('POST', dryRun, { metadata: { name: 'attempt' }, spec: pod.spec });
  });
});

interface Pod {
  readonly status: { readonly phase: string };
  readonly spec: {
    readonly securityContext: { readonly runAsUser: number };
    readonly containers: readonly {
      readonly securityContext: object;
      readonly resources: object;
      readonly volumeMounts: readonly object[];
    }[];
  };
}

test('config/ha adds a second operator, and a budget for drains', async () => {
  const applied = (await kubectl('apply', '--validate=strict', '-k', 'config/ha')).trim().split('\n');
  expect(applied.filter((line) => !line.endsWith(' unchanged')).sort()).toEqual([
    'deployment.apps/ringfence-operator configured',
    'poddisruptionbudget.policy/ringfence-operator created',
  ]);
  await cluster.eventually('the Deployment has made another pod', async () => {
    const pods = await cluster.api.json<{ items: readonly object[] }>(
      'GET',
      '/api/v1/namespaces/ringfence-system/pods',
    );
    return pods.items.length >= 2;
  });
});

test('config/crd, config/rbac, config/network and the sample shop with its workloads are accepted, with strict validation', async () => {
  for (const part of ['config/crd', 'config/rbac', 'config/network'])
    expect(await kubectl('apply', '--validate=strict', '-k', part)).not.toMatch(/ (created|configured)$/m);
  await kubectl('wait', '--for=condition=Established', '--timeout=20s', 'crd', '--all');
  const samples = ['-f', 'config/samples/shop', '-f', 'config/samples/workloads'];
  expect(await kubectl('apply', '--validate=strict', ...samples)).toMatch(/default created/);
});

test('the role of config/rbac is enough for the operator, from dry run to Off', async () => {
  await using operator = await startOperator();
  await cluster.platformCondition('Ready', 'True', 'DryRun');
  await cluster.platform({ enforcement: 'Enforce' });
  await cluster.platformCondition('Ready', 'True', 'Enforced');
  await cluster.patchPolicy('shop-staging', denyIngress, { spec: { ingress: [{}] } });
  await cluster.eventually(
    'the edit is gone',
    async () => (await cluster.policies('shop-staging')).get(denyIngress)?.spec.ingress === undefined,
  );
  await cluster.deletePolicy('shop-staging', monitoringPolicy);
  await cluster.policiesAre('shop-staging', [denyIngress, monitoringPolicy]);
  await cluster.createProfile('shop', 'web', { routes: [] });
  await cluster.eventually('the profile has its status', async () =>
    (await cluster.profile('shop', 'web'))?.status?.conditions?.find(
      ({ type, status }) => type === 'Ready' && status === 'True',
    ),
  );
  await cluster.platform({ enforcement: 'Off' });
  await cluster.platformCondition('Ready', 'True', 'Off');
  expect(operator.lines.filter(({ level }) => level >= 40)).toEqual([]);
});

test('people see its state at a glance', async () => {
  const [heading, row] = (await kubectl('get', 'platnet')).trim().split('\n');
  expect(heading?.split(/\s{2,}/)).toEqual(
    expect.arrayContaining(['NAME', 'ENFORCEMENT', 'READY', 'POLICIES']),
  );
  expect(row).toMatch(/^default\s+Off\s+/);
  expect(await kubectl('get', 'appnet', '-n', 'shop')).toMatch(/web\s+/);
});
