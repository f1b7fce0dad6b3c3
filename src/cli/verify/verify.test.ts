// The pure parts of `verify`: the pod that it starts, when it starts none, and what it makes of the packets.
import { describe, expect, test } from '@jest/globals';
import type { AttemptResult, DialReport, Expected } from '../../dial/attempts.ts';
import type { KubernetesObject } from '../../kube/resource.ts';
import type { ServiceFacts } from '../../model/services.ts';
import type { ClusterSnapshot } from '../snapshot/cluster-snapshot.ts';
import { verifyFormats } from './format.ts';
import { labelEffects } from './label-effects.ts';
import { refusals } from './refusals.ts';
import type { DoneCheck } from './run-check.ts';
import type { ExistingPod } from './source-pod.ts';
import { destinationOf } from './targets.ts';
import { twinOf } from './twin.ts';
import { verdictOf } from './verdict.ts';

const plain = { paint: (_: unknown, text: string) => text, note: () => undefined };

function pod(more: Partial<ExistingPod> = {}): ExistingPod {
  return {
    ...{ namespace: 'shop', name: 'web-5d4f-abcde', node: 'node-1', addresses: ['10.0.1.7'] },
    labels: { app: 'web', 'pod-template-hash': '5d4f' },
    ...{
      hostNetwork: false,
      isReady: true,
      serviceAccountName: 'web',
      tolerations: [],
      imagePullSecrets: [],
    },
    ...{ ports: [], probed: [], hasAntiAffinity: false },
    ...more,
  };
}

const target = { protocol: 'TCP', address: '10.0.2.9', port: 27017 } as const;
const options = { image: 'ringfence:1', expected: 'denied' as Expected, targets: [target], settle: 5 };

describe('the pod that is started', () => {
  test('has the labels of SRC by which policies select, and none by which a controller counts its pods', () => {
    const own = {
      ...{ app: 'db', 'statefulset.kubernetes.io/pod-name': 'db-0', 'controller-revision-hash': 'db-1' },
      ...{ 'job-name': 'x', 'batch.kubernetes.io/job-name': 'x', 'controller-uid': 'y' },
    };
    const { template } = twinOf(pod({ labels: own }), options).spec;
    expect(template.metadata.labels).toEqual({ app: 'db', 'statefulset.kubernetes.io/pod-name': 'db-0' });
  });

  test('ends by itself, is never ready, and has the service account without its token', () => {
    const { spec } = twinOf(pod(), options);
    expect(spec).toMatchObject({ activeDeadlineSeconds: 60, ttlSecondsAfterFinished: 0, backoffLimit: 0 });
    expect(spec.template.spec).toMatchObject({
      ...{ serviceAccountName: 'web', automountServiceAccountToken: false, nodeName: 'node-1' },
      restartPolicy: 'Never',
      containers: [{ readinessProbe: { tcpSocket: { port: 1 } } }],
    });
  });

  test('has a name that the API server and the Job can complete, however long that of SRC is', () => {
    for (const name of ['web', `${'a'.repeat(60)}.-b`, 'x'.repeat(253)]) {
      const { generateName } = twinOf(pod({ name }), options).metadata;
      expect(generateName).toMatch(/^verify-[a-z0-9.-]*[a-z0-9]-$/);
      expect(generateName.length).toBeLessThanOrEqual(51);
    }
  });
});

const object = (kind: string, name: string, spec: object) =>
  ({ apiVersion: 'v1', kind, metadata: { namespace: 'shop', name }, spec }) as unknown as KubernetesObject;
const nothing = { services: [], budgets: [] };

describe('no pod is started', () => {
  test('where SRC is in the host network', () => {
    expect(refusals({ source: pod({ hostNetwork: true }), ...nothing })).toEqual([
      expect.stringContaining('in the host network'),
    ]);
  });

  test('where a Service would send it requests although it is not ready', () => {
    const found = (spec: object) =>
      refusals({ source: pod(), services: [object('Service', 'web', spec)], budgets: [] }).length;
    expect(found({ publishNotReadyAddresses: true, selector: { app: 'web' } })).toBe(1);
    expect(found({ publishNotReadyAddresses: true, selector: { app: 'api' } })).toBe(0);
    expect(found({ publishNotReadyAddresses: true })).toBe(0);
    // The pod does not have this label.
    expect(found({ publishNotReadyAddresses: true, selector: { 'pod-template-hash': '5d4f' } })).toBe(0);
    expect(found({ selector: { app: 'web' } })).toBe(0);
  });

  test('where a PodDisruptionBudget needs the scale of its controller, which a Job has not', () => {
    const selector = { matchLabels: { app: 'web' } };
    const found = (spec: object) =>
      refusals({ source: pod(), services: [], budgets: [object('PodDisruptionBudget', 'web', spec)] }).length;
    expect(found({ maxUnavailable: 1, selector })).toBe(1);
    expect(found({ minAvailable: '50%', selector })).toBe(1);
    expect(found({ minAvailable: 1, selector })).toBe(0);
    expect(found({ maxUnavailable: 1, selector: { matchLabels: { app: 'api' } } })).toBe(0);
    expect(found({ maxUnavailable: 1 })).toBe(0);
  });

  test('but for these reasons: else one is', () => {
    expect(refusals({ source: pod(), ...nothing })).toEqual([]);
  });
});

test('a UDP port is tried only if it is that of a DNS server, also where it has a name', () => {
  const ports = [
    { name: 'dns', port: 53, protocol: 'UDP' as const },
    { name: 'syslog', port: 514, protocol: 'UDP' as const },
  ];
  const service = { namespace: 'shop', name: 'log', ports, clusterIPs: ['10.96.0.7'] };
  const snapshot = { facts: { services: [service] } } as unknown as ClusterSnapshot;
  const destination = (name: string) =>
    destinationOf(pod(), {
      ...{
        end: { kind: 'service', service: service as unknown as ServiceFacts },
        ends: [],
        word: 'shop/log',
        snapshot,
      },
      port: { protocol: 'UDP', name },
    });
  expect(destination('dns').targets).toEqual([{ protocol: 'UDP', address: '10.96.0.7', port: 53 }]);
  expect(() => destination('syslog')).toThrow('only DNS servers are asked');
});

test('what reacts to the labels of the new pod is said', () => {
  expect(labelEffects(pod())).toEqual([]);
  const labels = { app: 'web', 'kueue.x-k8s.io/queue-name': 'batch' };
  expect(labelEffects(pod({ labels, hasAntiAffinity: true }))).toEqual([
    expect.stringContaining('Kueue may hold the pod back'),
    expect.stringContaining('keep away from one another'),
  ]);
  // Istio itself sets these on the pods that it gives a sidecar, also if it was told to by the namespace.
  const injected = { 'security.istio.io/tlsMode': 'istio', 'service.istio.io/canonical-name': 'web' };
  expect(labelEffects(pod({ labels: injected }))).toEqual([
    expect.stringContaining('Istio may add a sidecar'),
  ]);
});

function reports(...results: readonly AttemptResult[]): readonly DialReport[] {
  return results.map((result) => ({ target, attempts: [{ afterMs: 0, result }] }));
}

describe('the network', () => {
  test.each([
    ['allowed', 'connected', 'Agrees'],
    ['allowed', 'refused', 'Disagrees'],
    ['allowed', 'dropped', 'Disagrees'],
    ['allowed', 'unreachable', 'Disagrees'],
    ['denied', 'connected', 'Disagrees'],
    ['denied', 'refused', 'Agrees'],
    ['denied', 'dropped', 'Agrees'],
    ['allowed', 'failed', 'Unknown'],
    ['denied', 'failed', 'Unknown'],
  ] as const)('%s and %s: %s', (expected, result, agreement) => {
    const verdict = verdictOf({ expected, reports: reports(result), source: pod() });
    expect(verdict.agreement).toBe(agreement);
    expect(verdict.lookAt.length > 0).toBe(agreement !== 'Agrees' || result === 'refused');
  });

  test('must agree on every address', () => {
    const both = reports('refused', 'connected');
    expect(verdictOf({ expected: 'denied', reports: both, source: pod() }).agreement).toBe('Disagrees');
  });

  test('is not doubted where a probe shows that something listens on the port', () => {
    const destination = pod({ name: 'mongo', node: 'node-2', probed: [27017] });
    const denied = { expected: 'denied' as const, reports: reports('refused'), source: pod(), destination };
    expect(verdictOf(denied).lookAt).toEqual([]);
    const [first] = verdictOf({ ...denied, expected: 'allowed' }).lookAt;
    expect(first).toContain('policies that this answer does not cover');
  });

  test('is to be looked at on the nodes of both ends', () => {
    const destination = pod({ name: 'mongo', node: 'node-2' });
    const { lookAt } = verdictOf({
      ...{ expected: 'denied', reports: reports('connected'), source: pod(), destination },
    });
    expect(lookAt[0]).toContain('whether its pods run on `node-1` and `node-2`');
  });
});

test('build systems are told of each check in the order of the file, also of those that could not be tried', async () => {
  const check = (port: string) => ({ from: 'shop/web', to: 'shop/db', port });
  const asked = [check('1'), check('2'), check('3')];
  const failed = asked.slice(0, 2).map((each) => ({ check: each, message: 'no rights' }));
  const agrees = { agreement: 'Agrees', meaning: '', lookAt: [] } as const;
  const done = [{ check: asked[2], expected: 'denied', verdict: agrees }] as unknown as readonly DoneCheck[];
  const result = { asked, done, failed, jobs: [], dryRun: false };
  const text = (await verifyFormats.print.tap?.(result, plain)) ?? '';
  expect(text.match(/^(?:not )?ok .*/gm)).toEqual([
    expect.stringMatching(/^not ok 1 - .* 1$/),
    expect.stringMatching(/^not ok 2 - .* 2$/),
    expect.stringMatching(/^ok 3 - .* 3: denied$/),
  ]);
});
