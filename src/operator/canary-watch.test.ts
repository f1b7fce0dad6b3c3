// What the operator makes of a canary: against a server that holds its Leases and policies. Must not know how a verdict is made.
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type LocalClient, localClient } from '../../test/local-server.ts';
import { canaryPolicies } from '../canary/canary-objects.ts';
import { partLabel, reportAnnotation } from '../canary/report-annotation.ts';
import type { RawObject } from '../kube/resource.ts';
import { canaryNamespace } from '../model/canary-namespace.ts';
import { Cache } from '../objects/cache.ts';
import { listCanaryReports } from '../objects/canary-leases.ts';
import { nodes } from '../objects/discovery-resources.ts';
import { namespaces } from '../objects/policy-resources.ts';
import { CanaryCluster } from './canary-cluster.ts';
import { CanaryWatch } from './canary-watch.ts';

interface StoredMarker {
  readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
}

let local: LocalClient;
let cache: Cache;
let watch: CanaryWatch;
/** By name. */
const policies = new Map<string, object>();
const leases = new Map<string, object>();
const all: Readonly<Record<string, ReadonlyMap<string, object>>> = { networkpolicies: policies, leases };
const kinds: Readonly<Record<string, string>> = {
  ...{ leases: 'Lease', networkpolicies: 'NetworkPolicy', events: 'Event' },
  ...{ deployments: 'Deployment', daemonsets: 'DaemonSet' },
};
let refusesWrites = false;

/** As a server has it. */
function stored(object: object) {
  const { metadata } = object as { readonly metadata?: object };
  return { apiVersion: 'v1', ...object, metadata: { uid: 'u', resourceVersion: '1', ...metadata } };
}

beforeEach(async () => {
  refusesWrites = false;
  policies.clear();
  leases.clear();
  for (const policy of canaryPolicies) policies.set(policy.metadata.name, policy);
  local = await localClient(async (request, response) => {
    const plural = /\w+(?=\?|$)/.exec(request.url ?? '')?.[0] ?? '';
    if (request.method !== 'GET') {
      if (refusesWrites) return response.writeHead(422).end('a webhook refuses the marker');
      const written = (await json(request)) as RawObject;
      policies.set(written.metadata.name, written);
      return response.end(JSON.stringify(stored(written)));
    }
    const items = [...(all[plural]?.values() ?? [])].map(stored);
    return response.end(JSON.stringify(stored({ kind: `${kinds[plural]}List`, items })));
  });
  cache = new Cache(local.client, 'ringfence-system');
  accept('Namespace', canaryNamespace);
  for (const node of ['n1', 'n2']) accept('Node', node);
  watch = new CanaryWatch(new CanaryCluster(local.client), cache, { tookEffect: () => {} });
});

afterEach(() => local.stop());

function accept(kind: 'Namespace' | 'Node', name: string): void {
  const conditions = [{ type: 'Ready', status: 'True' }];
  const metadata = { name, uid: name, resourceVersion: '1', generation: 1 };
  const object = { apiVersion: 'v1', kind, metadata, spec: {}, status: { conditions } };
  if (kind === 'Node') cache.stores.nodes.accept(nodes.reduce(object as unknown as RawObject));
  else cache.stores.namespaces.accept(namespaces.reduce(object as unknown as RawObject));
}

function report(node: string, number: number, outcome: 'holds' | 'open'): void {
  const checks = ['Ingress', 'Egress'].map((direction) => ({
    ...{ direction, node, outcome, family: 'IPv4', confirmed: true },
  }));
  const text = JSON.stringify({ version: 1, number, checks, capabilities: { EndPort: 'No' } });
  leases.set(node, {
    metadata: {
      name: 'client-x',
      labels: { [partLabel]: 'true' },
      annotations: { [reportAnnotation]: text },
    },
    spec: { holderIdentity: node },
  });
}

const said = async () => {
  await watch.look();
  const { status, reason } = watch.verdict.condition;
  return `${status} ${reason}`;
};
const markedNodes = () =>
  (policies.get('marker') as StoredMarker | undefined)?.metadata.annotations['canary.ringfence.dev/nodes'];

test('before the first look nothing is said, and what that finds is news', async () => {
  expect(watch.hasLooked).toBe(false);
  leases.clear();
  expect((await watch.look()).isNews).toBe(true);
  expect(watch.hasLooked).toBe(true);
  expect((await watch.look()).isNews).toBe(false);
});

test('a policy of somebody else is told as that: no node is accused, and nobody tries anything', async () => {
  report('n1', 1, 'holds');
  expect(await said()).toBe('True Enforced');
  policies.set('allow-all', { metadata: { name: 'allow-all' }, spec: { podSelector: {}, ingress: [{}] } });
  report('n1', 2, 'open');
  expect(await said()).toBe('Unknown CanaryChanged');
  expect(watch.verdict.nodes).toEqual(new Map());
  expect(watch.verdict.capabilities).not.toContainEqual(expect.objectContaining({ value: 'No' }));
  expect(markedNodes()).toBe('');
  policies.delete('allow-all');
  // As clients do that do not take part.
  leases.clear();
  expect(await said()).toBe('Unknown Starting');
  expect(markedNodes()).toBeUndefined();
});

test('that is still told where the marker can not be written', async () => {
  refusesWrites = true;
  policies.set('allow-all', { metadata: { name: 'allow-all' }, spec: { podSelector: {}, ingress: [{}] } });
  report('n1', 1, 'open');
  expect(await said()).toBe('Unknown CanaryChanged');
});

test('a Lease whose node can be no node is no report', async () => {
  report('n1\u001b[2J', 1, 'holds');
  expect(await listCanaryReports(local.client)).toEqual([]);
});

test('a new pod on a node is no client that could have a turn there', async () => {
  report('n1', 1, 'holds');
  const fresh = { version: 1, number: 1, checks: [], capabilities: {}, fresh: {} };
  leases.set('fresh', {
    metadata: { name: 'fresh-1', annotations: { [reportAnnotation]: JSON.stringify(fresh) } },
    spec: { holderIdentity: 'n2' },
  });
  expect(await new CanaryCluster(local.client).clientNodes()).toEqual(['n1']);
});
