// The story of `make demo`. It measures every number while it runs, and checks every claim: if the
// story is not true, it throws. Must not start or stop anything.
import { isDeepStrictEqual } from 'node:util';
import type { DesiredPolicy } from '../../src/model/policies.ts';
import {
  type Cluster,
  denyEgress,
  denyIngress,
  dnsPolicy,
  monitoringPolicy,
  readManifests,
  transition,
} from '../cluster.ts';
import { createDns, dnsServicePath } from '../support/fixtures.ts';
import { recordPolicies } from '../support/policy-recorder.ts';
import { expectThat } from './claims.ts';
import type { Narrator } from './narrator.ts';
import type { PacketsTold } from './packets-told.ts';
import { previewPolicies } from './preview.ts';

const shop = ['shop', 'shop-admin', 'shop-staging'] as const;
const ring = [denyIngress, monitoringPolicy];
const samples = 'config/samples/shop';

interface Chapter {
  readonly heading: string;
  readonly tell: (cluster: Cluster, narrator: Narrator) => Promise<void>;
  /** What is added where pods run. */
  readonly packets?: (told: PacketsTold) => Promise<void>;
}

const chapters: readonly Chapter[] = [
  {
    heading: 'Nothing is denied',
    tell: nothingIsDenied,
    packets: (told) => told.strangerReads(),
  },
  { heading: 'A dry run: what would be written', tell: dryRun },
  {
    heading: 'Enforce: live namespaces are closed without cutting what is allowed',
    tell: enforce,
    packets: (told) => told.strangerIsShutOut(),
  },
  { heading: 'Somebody deletes the deny policy', tell: somebodyDeletes },
  { heading: 'Somebody edits it, to let everybody in', tell: somebodyEdits },
  { heading: 'A new namespace', tell: newNamespace },
  {
    heading: 'The team says which routes its shop needs',
    tell: teamOpensRoutes,
    packets: (told) => told.routeLetsIn(),
  },
  { heading: "A route names the pod's port where the Service's is meant", tell: wrongPort },
  {
    heading: 'The target port of a Service changes, and no team has to do anything',
    tell: serviceIsFollowed,
    packets: (told) => told.readsByNewPort(),
  },
  {
    heading:
      'A namespace that reaches nothing, except for what lets it in: no egress rule is written by hand',
    tell: restricted,
    packets: (told) => told.onlyTheWayOut(),
  },
  { heading: 'Off: the orderly way out', tell: off, packets: (told) => told.strangerReadsAgain() },
];

/** Tells the story from its beginning to its end. @param packets adds what pods send, where they run */
export async function tellStory(
  cluster: Cluster,
  narrator: Narrator,
  packets: PacketsTold | undefined,
): Promise<void> {
  for (const chapter of chapters) {
    narrator.chapter(chapter.heading);
    await chapter.tell(cluster, narrator);
    if (packets !== undefined) await chapter.packets?.(packets);
  }
}

async function nothingIsDenied(cluster: Cluster, narrator: Narrator): Promise<void> {
  narrator.command(`kubectl apply -f ${samples}/namespaces.yaml`);
  for (const { metadata } of readManifests(`${samples}/namespaces.yaml`)) {
    await cluster.createNamespace(metadata.name, metadata.labels);
  }
  for (const namespace of shop) await cluster.policiesAre(namespace, []);
  narrator.say(
    `The shop has three namespaces: ${shop.join(', ')}. None has a NetworkPolicy, so every pod of the cluster reaches every pod of theirs.`,
  );
}

async function dryRun(cluster: Cluster, narrator: Narrator): Promise<void> {
  narrator.command(`kubectl apply -f ${samples}/platform.yaml`);
  for (const { spec } of readManifests(`${samples}/platform.yaml`)) await cluster.platform(spec ?? {});
  const { message } = await cluster.platformCondition('Ready', 'True', 'DryRun');
  const preview = await previewPolicies(cluster.controlPlane.kubeconfigPath);
  const [, ...others] = shop.map((namespace) => rowsOf(namespace, preview));
  const rows = rowsOf(shop[0], preview);
  expectThat(isDeepStrictEqual(others, [rows, rows]), 'all three namespaces get the same policies');
  narrator.table(['POLICY IN EACH NAMESPACE', 'WHAT IT DOES'], rows);
  for (const namespace of shop) await cluster.policiesAre(namespace, []);
  narrator.say(`The status of the profile says: "${message}".`);
}

function rowsOf(namespace: string, policies: readonly DesiredPolicy[]): readonly (readonly string[])[] {
  return policies
    .filter((policy) => policy.namespace === namespace)
    .map(({ name, description }) => [name, description]);
}

async function enforce(cluster: Cluster, narrator: Narrator): Promise<void> {
  narrator.command('kubectl patch platnet default --type merge -p \'{"spec":{"enforcement":"Enforce"}}\'');
  const recorder = await recordPolicies(cluster.api, 'shop');
  await cluster.platform({ enforcement: 'Enforce' });
  const { message } = await cluster.platformCondition('Ready', 'True', 'Enforced');
  recorder.stop();
  for (const namespace of shop) await cluster.policiesAre(namespace, ring);
  narrator.say(
    `Every allow policy is itself a deny for the pods that it selects. So a temporary policy allows everything while the rest is written and the CNI takes it in; then it goes. The policies of shop, one line for each change:`,
  );
  narrator.table(
    ['AFTER', 'POLICIES OF shop'],
    withoutFirst(
      recorder.times.map((time, index) => [
        milliseconds(time - (recorder.times[1] ?? 0)),
        (recorder.names()[index] ?? '').replaceAll(' ', ', '),
      ]),
    ),
  );
  expectThat(recorder.names()[1] === transition, 'the temporary policy comes first');
  narrator.say(`The status says: "${message}".`);
}

async function somebodyDeletes(cluster: Cluster, narrator: Narrator): Promise<void> {
  narrator.command(`kubectl delete networkpolicy ${denyIngress} -n shop`);
  const took = await measure(cluster, 'shop', () => cluster.deletePolicy('shop', denyIngress), denyIngress);
  narrator.say(
    `It is back ${milliseconds(took)} after the deletion was sent, as a watch of the API server saw it.`,
  );
}

async function somebodyEdits(cluster: Cluster, narrator: Narrator): Promise<void> {
  narrator.command(`kubectl patch networkpolicy ${denyIngress} -n shop -p '{"spec":{"ingress":[{}]}}'`);
  const edit = () => cluster.patchPolicy('shop', denyIngress, { spec: { ingress: [{}] } });
  const took = await measure(cluster, 'shop', edit, denyIngress);
  const healed = (await cluster.policies('shop')).get(denyIngress);
  expectThat(healed?.spec.ingress === undefined, 'the edit is taken back');
  narrator.say(`The rule is gone again ${milliseconds(took)} after the edit was sent.`);
}

async function newNamespace(cluster: Cluster, narrator: Narrator): Promise<void> {
  narrator.command('kubectl create -f shop-spring-sale.yaml', 'labelled part-of: shop');
  const recorder = await recordPolicies(cluster.api, 'shop-spring-sale');
  await cluster.createNamespace('shop-spring-sale', { 'part-of': 'shop' });
  const created = performance.now();
  await cluster.policiesAre('shop-spring-sale', ring);
  await cluster.eventually('the watch has seen it', async () => recorder.names().at(-1) === ring.join(' '));
  recorder.stop();
  expectThat(recorder.names()[1] === denyIngress, 'the deny comes first');
  const took = (recorder.times.at(-1) ?? 0) - created;
  narrator.say(
    `Ringed ${milliseconds(Math.max(0, took))} after the API server had answered. Nothing runs in it yet, so it is closed at once, the deny first.`,
  );
}

async function teamOpensRoutes(cluster: Cluster, narrator: Narrator): Promise<void> {
  narrator.command(`kubectl apply -f ${samples}/shop.yaml`);
  for (const manifest of readManifests(`${samples}/shop.yaml`)) await cluster.create(manifest);
  await routesAre(cluster, 'Active');
  narrator.say(
    'Three routes lead to mongo. The Ingresses of the shop need no route: the ingress controller reaches just what they expose.',
  );
  narrator.table(
    ['POLICY', 'PODS', 'PORTS'],
    [...(await cluster.policies('shop')).values()]
      .filter(({ metadata }) => !ring.includes(metadata.name))
      .map(({ metadata, spec }) => [metadata.name, podsOf(spec.podSelector), portsOf(spec.ingress)]),
  );
}

async function wrongPort(cluster: Cluster, narrator: Narrator): Promise<void> {
  const route = {
    name: 'search',
    from: { app: 'web-console' },
    to: { service: 'nosqlclient' },
    ports: [3000],
  };
  narrator.command('kubectl create -f search.yaml', 'a route to nosqlclient, ports: [3000]');
  await cluster.createProfile('shop', 'search', { routes: [route] });
  const rejected = await cluster.eventually('the route is rejected', async () =>
    (await cluster.profile('shop', 'search'))?.status?.routes?.find(({ state }) => state === 'Rejected'),
  );
  narrator.say(`Rejected: ${rejected.message}.`);
  narrator.say(`The status suggests: ${rejected.suggestion}`);
  await routesAre(cluster, 'Active');
}

async function serviceIsFollowed(cluster: Cluster, narrator: Narrator): Promise<void> {
  narrator.command(
    'kubectl patch service mongo -n shop -p \'{"spec":{"ports":[{"port":27017,"targetPort":27018}]}}\'',
  );
  const recorder = await recordPolicies(cluster.api, 'shop');
  const ports = [{ name: 'mongodb', port: 27017, targetPort: 27018 }];
  await cluster.api.json('PATCH', '/api/v1/namespaces/shop/services/mongo', { spec: { ports } });
  const patched = performance.now();
  await cluster.eventually('the policy follows', async () => recorder.sets.length > 1);
  recorder.stop();
  expectThat(recorder.sets.length === 2, 'one policy is written, and no other');
  const took = Math.max(0, (recorder.times[1] ?? 0) - patched);
  narrator.say(
    `One policy was written, ${milliseconds(took)} after the API server had answered; no other one was touched.`,
  );
}

async function restricted(cluster: Cluster, narrator: Narrator): Promise<void> {
  if ((await cluster.find(dnsServicePath)) === undefined) {
    narrator.command('kubectl apply -f kube-dns.yaml', 'what every cluster has that has nodes');
    await createDns(cluster);
  }
  await cluster.eventually(
    'the DNS is found',
    async () => (await cluster.platformProfile())?.status?.discovered?.dns,
  );
  const rules = [{ name: 'strict', namespaces: { names: ['shop-reports'] }, egress: 'Restricted' }];
  narrator.command('kubectl apply -f platform.yaml', 'egress: Restricted in shop-reports');
  await cluster.platform({ rules });
  narrator.command('kubectl create -f shop-reports.yaml', 'labelled part-of: shop');
  await cluster.createNamespace('shop-reports', { 'part-of': 'shop' });
  const closed = [...ring, denyEgress, dnsPolicy];
  await cluster.policiesAre('shop-reports', closed);
  narrator.say('Its pods may ask the DNS, which was found by itself, and reach nothing else.');
  const from = { namespace: { name: 'shop-reports', pods: { matchLabels: { app: 'reports' } } } };
  const routes = [{ name: 'reports', from, to: { service: 'mongo' }, ports: [27017] }];
  narrator.command('kubectl create -f reports.yaml', 'shop-reports/reports to mongo');
  const recorder = await recordPolicies(cluster.api, 'shop-reports');
  const sent = performance.now();
  await cluster.createProfile('shop', 'reports', { routes });
  await cluster.eventually('the way out is there', async () => recorder.sets.length > 1);
  recorder.stop();
  const took = (recorder.times[1] ?? 0) - sent;
  const opened = [...(recorder.sets.at(-1)?.values() ?? [])].filter(
    ({ metadata }) => !closed.includes(metadata.name),
  );
  expectThat(opened.length === 1 && opened[0]?.spec.egress !== undefined, 'one way out is opened');
  narrator.say(
    `The team of mongo has let them in, and ${milliseconds(took)} after that was sent the way out is open at their end too:`,
  );
  narrator.table(
    ['POLICY OF shop-reports', 'PODS', 'PORTS'],
    opened.map(({ metadata, spec }) => [metadata.name, podsOf(spec.podSelector), portsOf(spec.egress)]),
  );
}

/** Waits until every route of the team's profile is in one state. */
async function routesAre(cluster: Cluster, state: string): Promise<void> {
  await cluster.eventually(`the routes are ${state}`, async () => {
    const routes = (await cluster.profile('shop', 'shop'))?.status?.routes ?? [];
    return routes.length > 0 && routes.every((route) => route.state === state);
  });
}

function podsOf(selector: { readonly matchLabels?: Readonly<Record<string, string>> }): string {
  return Object.values(selector.matchLabels ?? {}).join(', ');
}

function portsOf(rules: readonly object[] = []): string {
  const ports = rules.flatMap(
    (rule) => (rule as { ports?: readonly { port: number | string }[] }).ports ?? [],
  );
  return [...new Set(ports.map(({ port }) => port))].join(', ');
}

async function off(cluster: Cluster, narrator: Narrator): Promise<void> {
  narrator.command('kubectl patch platnet default --type merge -p \'{"spec":{"enforcement":"Off"}}\'');
  await cluster.platform({ enforcement: 'Off' });
  const { message } = await cluster.platformCondition('Ready', 'True', 'Off');
  for (const namespace of [...shop, 'shop-spring-sale', 'shop-reports'])
    await cluster.policiesAre(namespace, []);
  narrator.say(
    `The namespaces are as they were before, opened the same careful way. The status says: "${message}".`,
  );
}

/**
 * From the sending of a change of one policy to its repair being seen by a watch: milliseconds. Not from the change being
 * seen: a watch may tell of both in one piece.
 */
async function measure(
  cluster: Cluster,
  namespace: string,
  act: () => Promise<unknown>,
  name: string,
): Promise<number> {
  const recorder = await recordPolicies(cluster.api, namespace);
  const sent = performance.now();
  await act();
  await cluster.eventually('both changes are seen', async () => recorder.sets.length >= 3);
  recorder.stop();
  expectThat(recorder.sets.at(-1)?.has(name) === true, `${name} is there`);
  return (recorder.times[2] ?? 0) - sent;
}

function withoutFirst<T>(list: readonly T[]): readonly T[] {
  return list.slice(1);
}

function milliseconds(value: number): string {
  return `${value.toFixed(value < 10 ? 1 : 0)} ms`;
}
