// The small platform for every fault: its profile, the routes of a team, and the connections to check.
// Must not know what is allowed.
import type { AnyCluster } from '../cluster.ts';
import { appNamespace } from '../support/expected-policies.ts';
import { createDns } from '../support/fixtures.ts';

/** The spec of the platform profile of the test bed. */
export function testbedPlatform(over: object = {}): object {
  return {
    enforcement: 'Enforce',
    egress: 'Restricted',
    namespaces: { selector: { matchLabels: appNamespace } },
    monitoring: [{ name: 'prometheus', namespace: 'monitoring', ports: ['metrics'] }],
    ingressControllers: [
      { name: 'public', namespace: 'ingress', pods: { matchLabels: { 'app.kubernetes.io/name': 'nginx' } } },
    ],
    cluster: {
      podRanges: ['10.244.0.0/16'],
      serviceRanges: ['10.96.0.0/16'],
      nodeRanges: ['172.18.0.0/16'],
    },
    ...over,
  };
}

/** Routes that a team may declare. */
export const routes = {
  mongo: { name: 'web-to-mongo', from: { app: 'web' }, to: { app: 'mongo' }, ports: [27017] },
  users: { name: 'users', from: { ingressController: {} }, to: { app: 'web' }, ports: [8080] },
  internet: { name: 'internet', from: { app: 'web' }, to: { internet: {} }, ports: [443] },
  kubernetes: { name: 'kubernetes', from: { app: 'mongo' }, to: { kubernetesAPI: {} } },
  job: { name: 'job', from: { app: 'job' }, to: { app: 'mongo' }, ports: [27017] },
} as const;

/** What most teams of these tests declare. */
export const teamSpec = { routes: [routes.mongo, routes.users, routes.internet] };

/** What `teamSpec` allows in the namespace `team`, in every egress mode. */
export const alwaysOpen = [
  'team/web -> team/mongo 27017/TCP',
  'ingress/nginx -> team/web 8080/TCP',
  'team/web -> 93.184.216.34 443/TCP',
  'monitoring/prometheus -> team/other 9090/TCP',
  // The number beside the port name, for kube-router (ADR 19). Nothing listens there.
  'monitoring/prometheus -> team/web 1/TCP',
  'team/other -> kube-system/kube-dns 53/UDP',
];

/** What it opens in none. */
export const alwaysClosed = [
  'team/job -> team/mongo 27017/TCP',
  'elsewhere/stranger -> team/web 8080/TCP',
  'monitoring/prometheus -> team/web 8080/TCP',
  '93.184.216.34 -> team/web 8080/TCP',
];

/** A port that no route of these tests names, and hardly one that a test named before. */
export function newPort(): number {
  return 30_000 + (Math.floor(performance.now()) % 30_000);
}

/** The apps of each namespace of a team. */
export const apps = ['web', 'mongo', 'job', 'other'] as const;

/** What is around them, by namespace: the pods, each by its labels. */
export const surroundings = {
  monitoring: [{ app: 'prometheus' }],
  ingress: [{ 'app.kubernetes.io/name': 'nginx' }],
  'kube-system': [{ 'k8s-app': 'kube-dns' }],
  elsewhere: [{ app: 'stranger' }],
} as const;

/** Addresses that are no pod's: one of the internet, and the ones that stand for DNS and the API server. */
export const addresses = ['93.184.216.34', '10.96.0.10', '10.96.0.1'] as const;

/** The ports that connections are looked at on; pods name 9090 `metrics`. */
export const ports = [
  { protocol: 'TCP', number: 27017 },
  { protocol: 'TCP', number: 8080 },
  { protocol: 'TCP', number: 443 },
  { protocol: 'TCP', number: 9090 },
  { protocol: 'TCP', number: 1 },
  { protocol: 'UDP', number: 53 },
] as const;

/** Creates what is around the teams: namespaces, and a cluster DNS. */
export async function buildSurroundings(cluster: AnyCluster): Promise<void> {
  for (const namespace of ['monitoring', 'ingress', 'elsewhere']) await cluster.createNamespace(namespace);
  await createDns(cluster);
}
