// The objects of the canary that follow from its table: policies, listeners, clients. `make generate` writes them to config/canary,
// and the operator compares the stored policies with them. Every default of the API server is written out.
import { canaryNamespace } from '../model/canary-namespace.ts';
import {
  apiServerPorts,
  canaryLabels,
  capabilities,
  controlPort,
  deniedPort,
  freshPods,
  listenerGroups,
  namedPort,
  type TriedPolicyPort,
  translatedService,
} from './canary-table.ts';

/** An object as it is applied. */
interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
}

/** A policy of the canary. */
export interface CanaryPolicy extends Manifest {
  readonly spec: object;
}

const inCanary = (name: string) => ({ name, namespace: canaryNamespace });
const tcp = (port: TriedPolicyPort) => ({ protocol: 'TCP', ...port });
const podsOf = (...groups: readonly string[]) => ({
  podSelector: { matchExpressions: [{ key: canaryLabels.role, operator: 'In', values: groups }] },
});
const clients = { podSelector: { matchLabels: { [canaryLabels.client]: 'true' } } };
const listeners = podsOf(listenerGroups.Ingress, listenerGroups.Egress);

const fromListeners = { from: [listeners], ports: [tcp({ port: deniedPort })] };

const peersOf = {
  listeners: { to: [listeners] },
  everything: { to: [{ ipBlock: { cidr: '0.0.0.0/0' } }, { ipBlock: { cidr: '::/0' } }] },
  anyone: {},
} as const;

/** The policy whose rules may be others: it lets the clients reach the API server, wherever that listens. */
export const apiServerPolicy = 'clients-api-server';

/** The policies that never change. One for each direction: kube-router takes what one direction allows for allowed in the other. */
export const canaryPolicies: readonly CanaryPolicy[] = [
  // The test of ingress: who enforces it is the node of the listener.
  policy('listener-a', podsOf(listenerGroups.Ingress), {
    policyTypes: ['Ingress'],
    ingress: [{ from: [clients], ports: [tcp({ port: controlPort })] }, fromListeners],
  }),
  policy('listener-b', podsOf(listenerGroups.Egress), {
    policyTypes: ['Ingress'],
    ingress: [{ from: [clients] }, fromListeners],
  }),
  // Listeners are those who are allowed where clients are denied.
  policy('listeners-egress', listeners, {
    policyTypes: ['Egress'],
    egress: [{ to: [listeners], ports: [tcp({ port: deniedPort })] }],
  }),
  policy('clients-ingress', clients, { policyTypes: ['Ingress'] }),
  // The test of egress: who enforces it is the node of the client.
  policy('clients-egress', clients, {
    policyTypes: ['Egress'],
    egress: [
      { to: [podsOf(listenerGroups.Ingress)] },
      { to: [podsOf(listenerGroups.Egress)], ports: [tcp({ port: controlPort })] },
      ...capabilities.map(({ rule }) => ({ ...peersOf[rule.peers], ports: [tcp(rule.port)] })),
    ],
  }),
  policy(apiServerPolicy, clients, {
    policyTypes: ['Egress'],
    egress: [{ ports: apiServerPorts.map((port) => tcp({ port })) }],
  }),
];

function policy(name: string, pods: { readonly podSelector: object }, rules: object): CanaryPolicy {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: inCanary(name),
    spec: { ...pods, ...rules },
  };
}

/** A bundle of its own, with a heap for little. */
const program = [
  ...['/usr/local/bin/node', '--optimize-for-size', '--max-semi-space-size=1'],
  '/opt/ringfence/canary.mjs',
];

const tokenSources = [
  { serviceAccountToken: { path: 'token', expirationSeconds: 3600 } },
  { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
];

/** The pods and their Services. */
export const canaryWorkloads: readonly Manifest[] = [
  ...Object.values(listenerGroups).flatMap((group) => [listenerDeployment(group), headlessService(group)]),
  serviceThatTranslates(),
  clientDaemonSet(),
  freshCronJob(),
];

function labelsOf(group: string) {
  return { 'app.kubernetes.io/name': 'ringfence-canary', [canaryLabels.role]: group };
}

function headlessService(group: string): Manifest {
  return service(
    group,
    { clusterIP: 'None', ports: [{ name: 'control', port: controlPort, protocol: 'TCP' }] },
    group,
  );
}

function serviceThatTranslates(): Manifest {
  const ports = capabilities.flatMap(({ at, port, targetPort = port }) =>
    at === 'service' ? [{ name: `port-${port}`, port, protocol: 'TCP', targetPort }] : [],
  );
  return service(translatedService, { ports }, listenerGroups.Egress);
}

function service(name: string, spec: object, group: string): Manifest & { readonly spec: object } {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: inCanary(name),
    spec: { ...spec, ipFamilyPolicy: 'PreferDualStack', selector: { [canaryLabels.role]: group } },
  };
}

function listenerDeployment(group: string): Manifest & { readonly spec: object } {
  const labels = labelsOf(group);
  const spreads = [
    {
      maxSkew: 1,
      topologyKey: 'kubernetes.io/hostname',
      whenUnsatisfiable: 'ScheduleAnyway',
      labelSelector: { matchLabels: labels },
    },
  ];
  const { port } = capabilities.find(({ rule }) => rule.port.port === namedPort) ?? { port: 0 };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: inCanary(group),
    spec: {
      replicas: 3,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          ...podSpec('listener', { ports: [{ name: namedPort, containerPort: port, protocol: 'TCP' }] }),
          topologySpreadConstraints: spreads,
        },
      },
    },
  };
}

function clientDaemonSet(): Manifest & { readonly spec: object } {
  const labels = clientLabels('client');
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: inCanary('client'),
    spec: {
      selector: { matchLabels: labels },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '50%' } },
      template: {
        metadata: { labels },
        spec: reportingPodSpec('client'),
      },
    },
  };
}

/** New pods, each beside a listener: what becomes of the first connections of a pod is for the enforcer of its node to decide. */
function freshCronJob(): Manifest & { readonly spec: object } {
  const { schedule, deadlineSeconds } = freshPods;
  const labelSelector = { matchLabels: labelsOf(listenerGroups.Egress) };
  const beside = [{ topologyKey: 'kubernetes.io/hostname', labelSelector }];
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: inCanary('fresh'),
    spec: {
      schedule,
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: deadlineSeconds,
      // The report goes with its pod, and the pod with its Job.
      ...{ successfulJobsHistoryLimit: 2, failedJobsHistoryLimit: 1 },
      jobTemplate: {
        spec: {
          backoffLimit: 0,
          activeDeadlineSeconds: deadlineSeconds,
          template: {
            metadata: { labels: clientLabels('fresh') },
            spec: {
              restartPolicy: 'Never',
              ...reportingPodSpec('fresh'),
              affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: beside } },
            },
          },
        },
      },
    },
  };
}

function clientLabels(role: string) {
  return { ...labelsOf(role), [canaryLabels.client]: 'true' };
}

/** A pod that connects to listeners and reports. */
function reportingPodSpec(role: string) {
  const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });
  const env = [
    field('NODE_NAME', 'spec.nodeName'),
    field('NODE_ADDRESS', 'status.hostIP'),
    field('POD_UID', 'metadata.uid'),
  ];
  const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount';
  return {
    serviceAccountName: 'client',
    ...podSpec(role, { env, volumeMounts: [{ name: 'api-access', mountPath, readOnly: true }] }),
    volumes: [{ name: 'api-access', projected: { sources: tokenSources } }],
  };
}

/** Our image under the strictest Pod Security Standard, with the little that it needs. */
function podSpec(role: string, container: object) {
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 1,
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    securityContext: {
      ...{ runAsNonRoot: true, runAsUser: 65532, runAsGroup: 65532 },
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [
      {
        name: role,
        image: 'ringfence',
        command: [...program, role],
        ...container,
        securityContext: {
          ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
          capabilities: { drop: ['ALL'] },
        },
        resources: { requests: { cpu: '5m', memory: '32Mi' }, limits: { memory: '96Mi' } },
      },
    ],
  };
}
