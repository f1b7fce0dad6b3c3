import { describe, expect, test } from '@jest/globals';
import { denying } from '../../test/fixtures.ts';
import { manifestOf } from '../plan/manifest.ts';
import { readAnalysisInput } from './analysis-input.ts';

function policy(spec: unknown, metadata: object = { namespace: 'shop', name: 'web' }): object {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata, spec };
}

const container = {
  ports: [
    { name: 'http', containerPort: 8080 },
    { containerPort: 53, protocol: 'UDP' },
  ],
};

function template(labels: object = { app: 'web' }): object {
  return { metadata: { labels }, spec: { containers: [container] } };
}

function object(apiVersion: string, kind: string, name: string, more: object = {}, metadata: object = {}) {
  return { apiVersion, kind, metadata: { namespace: 'shop', name, ...metadata }, ...more };
}

function controlledBy(kind: string, name: string): object {
  return { ownerReferences: [{ kind, name, controller: true }] };
}

function pod(name: string, metadata: object = {}, status: object = { podIPs: [{ ip: '10.0.0.1' }] }): object {
  return object('v1', 'Pod', name, { spec: { containers: [container] }, status }, metadata);
}

/** Where it is wrong, and in what words. */
function problemsOf(...objects: readonly unknown[]): readonly string[] {
  return readAnalysisInput(objects).problems.map(({ path, message }) => `${path}: ${message}`);
}

function workloadsOf(...objects: readonly unknown[]): readonly string[] {
  const { input, problems } = readAnalysisInput(objects);
  expect(problems).toEqual([]);
  return input.workloads.map(
    ({ kind, namespace, name, pods }) =>
      `${kind} ${namespace}/${name}: ${pods.map((each) => each.name ?? 'template').join(', ')}`,
  );
}

describe('a NetworkPolicy', () => {
  test('is read as it is written; what is left out stays out', () => {
    const spec = { podSelector: { matchLabels: { app: 'web' } }, egress: [{}], ingress: null };
    const { input, problems } = readAnalysisInput([policy(spec)]);
    expect(problems).toEqual([]);
    expect(input.policies).toEqual([
      {
        namespace: 'shop',
        name: 'web',
        spec: { podSelector: { matchLabels: { app: 'web' } }, egress: [{}] },
      },
    ]);
  });

  test('without a spec or a selector selects every pod, as it does in the API server', () => {
    const { input } = readAnalysisInput([
      policy(undefined, { name: 'a' }),
      policy({ ingress: [{}] }, { name: 'b' }),
    ]);
    expect(input.policies.map(({ namespace, spec }) => [namespace, spec])).toEqual([
      ['default', { podSelector: {} }],
      ['default', { podSelector: {}, ingress: [{}] }],
    ]);
  });

  test('of ours has the profile and the routes that it was generated from', () => {
    const desired = { ...denying('ringfence-x', 'Ingress'), origins: [['web-to-mongo'], ['admin', 'users']] };
    const { input } = readAnalysisInput([manifestOf(desired)]);
    expect(input.policies).toEqual([
      {
        namespace: 'shop',
        name: 'ringfence-x',
        spec: desired.spec,
        owner: { kind: 'PlatformNetworkProfile', name: 'default' },
        origins: desired.origins,
      },
    ]);
  });

  test('of somebody else says nothing about profiles, whatever its annotations', () => {
    const annotations = { 'ringfence.dev/routes': '[["a"]]' };
    const { input } = readAnalysisInput([policy({ podSelector: {} }, { name: 'web', annotations })]);
    expect(input.policies).toEqual([{ namespace: 'default', name: 'web', spec: { podSelector: {} } }]);
  });

  const rule = (more: object) => ({ podSelector: {}, ingress: [more] });
  test.each<[string, object, string]>([
    ['a misspelt field', { podselector: {} }, 'spec.podselector: is not a field; allowed are `podSelector`'],
    [
      'a port beyond 65535',
      rule({ ports: [{ port: 65536 }] }),
      'spec.ingress[0].ports[0].port: must be a number',
    ],
    ['a port 0', rule({ ports: [{ port: 0 }] }), 'spec.ingress[0].ports[0].port: must be a number'],
    [
      'a number in quotes',
      rule({ ports: [{ port: '80' }] }),
      'without quotes, or the name of a container port, not "80"',
    ],
    [
      'a range without a start',
      rule({ ports: [{ endPort: 90 }] }),
      'ports[0].endPort: needs a `port` that is a number',
    ],
    [
      'a range from a name',
      rule({ ports: [{ port: 'http', endPort: 90 }] }),
      'endPort: needs a `port` that is a number',
    ],
    [
      'a range backwards',
      rule({ ports: [{ port: 91, endPort: 90 }] }),
      'must not be below `port`, which is 91',
    ],
    [
      'an unknown protocol',
      rule({ ports: [{ protocol: 'ICMP' }] }),
      'ports[0].protocol: must be `TCP`, `UDP` or `SCTP`',
    ],
    ['a peer of nothing', rule({ from: [{}] }), 'spec.ingress[0].from[0]: must have a `podSelector`'],
    ['a null peer', rule({ from: [null] }), 'spec.ingress[0].from[0]: must be an object, not null'],
    ['a null rule', { podSelector: {}, ingress: [null] }, 'spec.ingress[0]: must be an object, not null'],
    [
      'an ipBlock with pods',
      rule({ from: [{ ipBlock: { cidr: '10.0.0.0/8' }, podSelector: {} }] }),
      'spec.ingress[0].from[0]: must have nothing else next to an `ipBlock`',
    ],
    [
      'a malformed CIDR',
      rule({ from: [{ ipBlock: { cidr: '10.0.0.0/33' } }] }),
      'from[0].ipBlock.cidr: `10.0.0.0/33` is not a CIDR',
    ],
    [
      'an exception outside of its block',
      rule({ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['11.0.0.0/16'] } }] }),
      'from[0].ipBlock.except[0]: must lie within `cidr`',
    ],
    [
      'an exception as large as its block',
      rule({ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.0.0.0/8'] } }] }),
      'and be smaller; `10.0.0.0/8` and `10.0.0.0/8` do not',
    ],
    [
      'an unknown direction',
      { podSelector: {}, policyTypes: ['Both'] },
      'spec.policyTypes[0]: must be `Ingress` or `Egress`',
    ],
    [
      'an unknown operator',
      { podSelector: { matchExpressions: [{ key: 'app', operator: 'Equals', values: ['web'] }] } },
      'spec.podSelector.matchExpressions[0].operator: must be `In`, `NotIn`, `Exists` or `DoesNotExist`, not `Equals`',
    ],
    [
      'an `In` without values',
      { podSelector: { matchExpressions: [{ key: 'app', operator: 'In' }] } },
      'spec.podSelector.matchExpressions[0]: must have `values`',
    ],
    [
      'a label key that is none',
      { podSelector: { matchLabels: { 'a b': 'web' } } },
      'spec.podSelector.matchLabels[a b]: must be a label key',
    ],
    [
      'a label value that is no text',
      { podSelector: { matchLabels: { app: 1 } } },
      'matchLabels.app: must be a string, not `1`',
    ],
  ])('with %s is a problem, and counts for nothing', (_, spec, expected) => {
    const { input, problems } = readAnalysisInput([policy(spec)]);
    expect(problems).toHaveLength(1);
    expect(problems.map(({ path, message }) => `${path}: ${message}`).join()).toContain(expected);
    expect(problems).toMatchObject([{ index: 0, object: 'NetworkPolicy shop/web' }]);
    expect(input.policies).toEqual([]);
  });

  test('with a key that JavaScript would lose is a problem', () => {
    const spec = JSON.parse('{"podSelector": {"matchLabels": {"__proto__": "x"}}}');
    expect(problemsOf(policy(spec))).toEqual([
      'spec.podSelector.matchLabels: must not have `__proto__`, which is neither a field nor a label key',
    ]);
  });

  test('with host bits is taken, as the API server does', () => {
    expect(
      problemsOf(policy(rule({ from: [{ ipBlock: { cidr: '10.0.0.1/8', except: ['10.1.2.3/16'] } }] }))),
    ).toEqual([]);
  });
});

describe('an object', () => {
  test('that is none, or has no name, is a problem', () => {
    expect(
      problemsOf('text', null, { kind: 'Pod' }, { apiVersion: 'v1', kind: 'Pod', metadata: {} }),
    ).toEqual([
      ': must be an object, not `text`',
      ': must be an object, not null',
      'apiVersion: is required',
      'metadata: is required',
      'metadata.name: is required',
    ]);
  });

  test('of a kind that nothing is made of has no effect', () => {
    const secret = object('v1', 'Secret', 'a');
    const route = object('networking.example.com/v1', 'NetworkPolicy', 'b');
    const { problems, input } = readAnalysisInput([secret, secret, route]);
    expect(problems).toEqual([]);
    expect(input).toEqual({ namespaces: [], policies: [], services: [], workloads: [] });
  });

  test('that is there twice is a problem the second time', () => {
    const { problems, input } = readAnalysisInput([policy({}), policy({ policyTypes: ['Egress'] })]);
    expect(problems).toMatchObject([{ index: 1, path: 'metadata.name', object: 'NetworkPolicy shop/web' }]);
    expect(input.policies).toMatchObject([{ spec: { podSelector: {} } }]);
  });
});

describe('a workload', () => {
  test.each([
    ['apps/v1', 'Deployment'],
    ['apps/v1', 'DaemonSet'],
    ['apps/v1', 'ReplicaSet'],
    ['batch/v1', 'Job'],
    ['v1', 'ReplicationController'],
  ])('is read from its template: %s %s', (apiVersion, kind) => {
    const made = object(apiVersion, kind, 'web', { spec: { template: template() } });
    const { input, problems } = readAnalysisInput([made]);
    expect(problems).toEqual([]);
    expect(input.workloads).toMatchObject([
      {
        ...{ kind, namespace: 'shop', name: 'web' },
        pods: [
          {
            labels: { app: 'web' },
            ports: [
              { name: 'http', protocol: 'TCP', number: 8080 },
              { protocol: 'UDP', number: 53 },
            ],
            addresses: [],
            hostNetwork: false,
          },
        ],
      },
    ]);
  });

  test('that is a CronJob has its template deeper', () => {
    const spec = { jobTemplate: { spec: { template: template({ app: 'report' }) } } };
    const { input } = readAnalysisInput([object('batch/v1', 'CronJob', 'report', { spec })]);
    expect(input.workloads).toMatchObject([{ kind: 'CronJob', pods: [{ labels: { app: 'report' } }] }]);
  });

  test('that is a StatefulSet has pods with names and numbers before they run', () => {
    const spec = { replicas: 2, ordinals: { start: 1 }, template: template({ app: 'mongo' }) };
    const { input } = readAnalysisInput([object('apps/v1', 'StatefulSet', 'mongo', { spec })]);
    expect(input.workloads.flatMap(({ pods }) => pods.map(({ labels }) => labels))).toEqual([
      { app: 'mongo', 'statefulset.kubernetes.io/pod-name': 'mongo-1', 'apps.kubernetes.io/pod-index': '1' },
      { app: 'mongo', 'statefulset.kubernetes.io/pod-name': 'mongo-2', 'apps.kubernetes.io/pod-index': '2' },
    ]);
  });

  test('that is a Job has pods with its name in their labels', () => {
    const { input } = readAnalysisInput([
      object('batch/v1', 'Job', 'migrate', { spec: { template: template() } }),
    ]);
    expect(input.workloads[0]?.pods[0]?.labels).toMatchObject({ 'batch.kubernetes.io/job-name': 'migrate' });
  });

  test('has the ports of its sidecars, and not those of containers that end before it starts', () => {
    const initContainers = [
      { restartPolicy: 'Always', ports: [{ name: 'proxy', containerPort: 15001 }] },
      { ports: [{ name: 'init', containerPort: 1 }] },
    ];
    const spec = { template: { spec: { initContainers } } };
    const { input } = readAnalysisInput([object('apps/v1', 'Deployment', 'web', { spec })]);
    expect(input.workloads[0]?.pods[0]?.ports.map(({ name }) => name)).toEqual(['proxy']);
  });

  test('has the pods that run rather than its template', () => {
    const deployment = object('apps/v1', 'Deployment', 'web', { spec: { template: template() } });
    const set = object(
      'apps/v1',
      'ReplicaSet',
      'web-5d',
      { spec: { template: template() } },
      controlledBy('Deployment', 'web'),
    );
    expect(workloadsOf(deployment, set, pod('web-5d-a', controlledBy('ReplicaSet', 'web-5d')))).toEqual([
      'Deployment shop/web: web-5d-a',
    ]);
  });

  test('is found by its pods alone, through the label that tells a ReplicaSet of a Deployment', () => {
    const labels = { labels: { 'pod-template-hash': '5d' } };
    expect(
      workloadsOf(
        pod('web-5d-a', { ...labels, ...controlledBy('ReplicaSet', 'web-5d') }),
        pod('db-0', controlledBy('StatefulSet', 'db')),
        pod('alone-a', controlledBy('ReplicaSet', 'alone')),
        pod('roll-a', controlledBy('Rollout', 'roll')),
      ),
    ).toEqual([
      'ReplicaSet shop/alone: alone-a',
      'StatefulSet shop/db: db-0',
      'Rollout shop/roll: roll-a',
      'Deployment shop/web: web-5d-a',
    ]);
  });

  test('is the CronJob of its Job, where both are there', () => {
    const spec = { jobTemplate: { spec: { template: template() } } };
    const job = object(
      'batch/v1',
      'Job',
      'report-1',
      { spec: { template: template() } },
      controlledBy('CronJob', 'report'),
    );
    expect(
      workloadsOf(
        object('batch/v1', 'CronJob', 'report', { spec }),
        job,
        pod('report-1-x', controlledBy('Job', 'report-1')),
      ),
    ).toEqual(['CronJob shop/report: report-1-x']);
  });

  test('that its owner scaled to zero for a newer one is none', () => {
    const old = object(
      'apps/v1',
      'ReplicaSet',
      'web-4c',
      { spec: { replicas: 0, template: template() } },
      controlledBy('Deployment', 'web'),
    );
    expect(workloadsOf(old)).toEqual([]);
  });

  test('of a pod without an owner, or with its node as one, is the pod', () => {
    expect(workloadsOf(pod('a'), pod('b', controlledBy('Node', 'worker')))).toEqual([
      'Pod shop/a: a',
      'Pod shop/b: b',
    ]);
  });

  test('leaves out pods that have ended, and those that wait for an address while others have one', () => {
    const owned = controlledBy('StatefulSet', 'db');
    expect(
      workloadsOf(
        pod('db-0', owned),
        pod('db-1', owned, {}),
        pod('db-2', owned, { phase: 'Failed' }),
        pod('done', {}, { phase: 'Succeeded' }),
      ),
    ).toEqual(['StatefulSet shop/db: db-0']);
  });

  test('with owners in a circle does not go round for ever', () => {
    const a = object(
      'apps/v1',
      'ReplicaSet',
      'a',
      { spec: { template: template() } },
      controlledBy('ReplicaSet', 'b'),
    );
    const b = object(
      'apps/v1',
      'ReplicaSet',
      'b',
      { spec: { template: template() } },
      controlledBy('ReplicaSet', 'a'),
    );
    expect(workloadsOf(a, b)).toHaveLength(2);
  });

  test.each<[string, object, string]>([
    [
      'a label that is no text',
      template({ version: 1.5 }),
      'spec.template.metadata.labels.version: must be a string, not `1.5`',
    ],
    [
      'a port beyond 65535',
      { spec: { containers: [{ ports: [{ containerPort: 70000 }] }] } },
      'spec.template.spec.containers[0].ports[0].containerPort: must be at most 65535, not `70000`',
    ],
  ])('with %s is a problem', (_, given, expected) => {
    expect(problemsOf(object('apps/v1', 'Deployment', 'web', { spec: { template: given } }))).toEqual([
      expected,
    ]);
  });

  test('with an address that is none is a problem', () => {
    expect(problemsOf(pod('a', {}, { podIPs: [{ ip: '10.0.0' }] })).join()).toContain(
      'status.podIPs[0].ip: `10.0.0` is not',
    );
  });
});

describe('a Service', () => {
  test('is read as the operator reads it', () => {
    const ports = [
      { name: 'http', port: 80, targetPort: 'http' },
      { port: 53, protocol: 'UDP' },
    ];
    const { input } = readAnalysisInput([
      object('v1', 'Service', 'web', { spec: { selector: { app: 'web' }, ports } }),
    ]);
    expect(input.services).toEqual([
      {
        ...{ namespace: 'shop', name: 'web', type: 'ClusterIP', headless: false, selector: { app: 'web' } },
        clusterIPs: [],
        ports: [
          { name: 'http', port: 80, protocol: 'TCP', targetPort: 'http' },
          { port: 53, protocol: 'UDP', targetPort: 53 },
        ],
      },
    ]);
  });

  test('has a target port that is empty or 0 as the API server stores it', () => {
    const ports = [
      { port: 80, targetPort: '' },
      { port: 81, targetPort: 0, protocol: '' },
    ];
    const { input } = readAnalysisInput([object('v1', 'Service', 'web', { spec: { ports } })]);
    expect(input.services[0]?.ports).toEqual([
      { port: 80, protocol: 'TCP', targetPort: 80 },
      { port: 81, protocol: 'TCP', targetPort: 81 },
    ]);
  });

  test.each([
    [-1, 'must be at least 0, not `-1`'],
    [65536, 'must be at most 65535, not `65536`'],
    [true, 'must be a port number or a port name'],
    ['8080', '`8080` is not a port name: write the number `8080` without quotes'],
    ['Http', '`Http` is not a port name'],
  ])('with the target port %j, which the API server refuses, is a problem', (targetPort, says) => {
    const ports = [{ port: 80, targetPort }];
    expect(problemsOf(object('v1', 'Service', 'web', { spec: { ports } })).join()).toContain(
      `spec.ports[0].targetPort: ${says}`,
    );
  });
});
