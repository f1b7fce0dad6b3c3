// A live application namespace with what surrounds it, on two machines: its pods and routes, and twenty connections with what the
// documentation says of each in each mode. Must not know how packets are tried, nor what the operator writes.
import type { Cluster } from '../../cluster.ts';
import { appNamespace } from '../../support/expected-policies.ts';
import { apiServer, dnsAddress, machineAddresses } from '../addresses.ts';
import type { Target } from '../dialer.ts';
import type { PodKey, RingNode } from '../node.ts';
import { startPods } from '../pods.ts';
import { type EgressMode, egressOf, isOpen, type Mode } from './modes.ts';

/** A connection that is tried in every mode. */
export interface Connection {
  readonly from: PodKey;
  /** The other end, for people. */
  readonly to: string;
  readonly target: Target;
  /** The egress modes in which it is allowed while the namespace is closed. */
  readonly allowedIn: readonly EgressMode[];
}

const [web, mongo, batch] = ['live/web', 'live/mongo', 'live/batch'] as const;
const [partner, tool] = ['partner/api', 'kube-system/tool'] as const;
const mongoService = 'mongo.live.svc.cluster.local';

const routes = [
  { name: 'web-to-mongo', from: { app: 'web' }, to: { service: 'mongo' }, ports: [27017] },
  { name: 'payment', from: { app: 'web' }, to: { internet: {} }, ports: [443] },
  { name: 'watch', from: { app: 'batch' }, to: { kubernetesAPI: {} }, ports: [443, 6443] },
  { name: 'kubelets', from: { app: 'batch' }, to: { nodes: {} }, ports: [10250] },
  { name: 'console', from: { namespace: { name: 'partner' } }, to: { app: 'web' }, ports: [8080] },
];

/** Makes namespaces, pods, the Service and the profile with its routes, and waits until all pods run. @returns what to try */
export async function startScenario(node: RingNode, cluster: Cluster): Promise<readonly Connection[]> {
  const [first = '', last = first] = node.names;
  await cluster.createNamespace('live', appNamespace);
  await cluster.createNamespace('partner');
  await cluster.create({
    ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'mongo', namespace: 'live' } },
    spec: {
      selector: { 'app.kubernetes.io/name': 'mongo' },
      ports: [{ port: 27017, targetPort: 8080 }],
    },
  });
  await cluster.createProfile('live', 'live', { routes });
  // The API server and what is outside are behind the first machine; those who connect to them are on the last.
  const machines = { [web]: last, [mongo]: first, [batch]: last, [partner]: first, [tool]: last };
  const pods = Object.entries(machines).map(([key, machine]) => {
    const name = key.replace(/^.*\//, '');
    return { key: key as PodKey, labels: { 'app.kubernetes.io/name': name }, machine };
  });
  const running = await startPods(node, pods);
  return connectionsOf((pod) => running.get(pod)?.addresses[0] ?? '', node.names.length);
}

const open = ['Unrestricted'] as const;
const inCluster = ['Unrestricted', 'ClusterOnly'] as const;
const always = ['Unrestricted', 'ClusterOnly', 'Restricted'] as const;
const never = [] as const;

/** What the routes, the modes and the ring say; see docs/concepts.md. */
function connectionsOf(addressOf: (pod: PodKey) => string, machines: number): readonly Connection[] {
  const [firstMachine, ownMachine] = [1, machines].map(
    (number) => machineAddresses(number, 'ipv4').addresses[0],
  );
  const connection = (
    from: PodKey,
    to: string,
    [address = '', port]: readonly [string | undefined, number],
    allowedIn: readonly EgressMode[],
    asked: Pick<Target, 'protocol' | 'name'> = {},
  ): Connection => ({ from, to, target: { address, port, ...asked }, allowedIn });
  return [
    // A route, by each way.
    connection(web, 'mongo', [addressOf(mongo), 8080], always),
    connection(web, 'Service mongo', [mongoService, 27017], always),
    connection(web, 'DNS', [dnsAddress, 53], always, { protocol: 'dns', name: mongoService }),
    connection(partner, 'web', [addressOf(web), 8080], always),
    connection(batch, 'Service kubernetes', ['10.96.0.1', 443], always),
    connection(batch, 'API server', [apiServer.address, apiServer.port], always),
    connection(batch, 'kubelet', [firstMachine, 10250], always),
    connection(web, 'internet:443', ['93.184.216.34', 443], always),
    // No route lets them in.
    connection(batch, 'mongo', [addressOf(mongo), 8080], never),
    connection(partner, 'mongo', [addressOf(mongo), 8080], never),
    connection(tool, 'web', [addressOf(web), 8080], never),
    // Inside of the cluster.
    connection(web, 'partner', [addressOf(partner), 8080], inCluster),
    connection(batch, 'kube-system', [addressOf(tool), 8080], inCluster),
    connection(web, 'Service kubernetes', ['10.96.0.1', 443], inCluster),
    // Outside of it.
    connection(web, 'internet:8080', ['93.184.216.34', 8080], open),
    connection(batch, 'internet:443', ['93.184.216.34', 443], open),
    connection(web, 'private:443', ['172.16.0.9', 443], open),
    connection(web, 'metadata:443', ['169.254.169.254', 443], open),
    connection(web, 'own kubelet', [ownMachine, 10250], open),
    // Nobody fences the partner.
    connection(partner, 'internet:8080', ['93.184.216.34', 8080], always),
  ];
}

/** Whether a connection gets through, whoever enforces the policies. */
export function isAllowed({ allowedIn }: Connection, mode: Mode): boolean {
  return isOpen(mode) || allowedIn.some((egress) => egress === egressOf(mode));
}

export const describeConnection = ({ from, to }: Connection): string => `${from} -> ${to}`;
