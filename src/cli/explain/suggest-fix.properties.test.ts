// What `explain` suggests works when it is applied, and whatever else it changes is told.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parse, parseAllDocuments } from 'yaml';
import { type NaiveEnd, naiveAnalysis } from '../../../test/naive-analysis.ts';
import { runs } from '../../../test/property-runs.ts';
import { analyze } from '../../analyze/analysis.ts';
import { type Endpoint, formatEndpoint, readRange, type WorkloadEnd } from '../../analyze/endpoints.ts';
import type { AnalysisInput } from '../../analyze/facts.ts';
import type { KubernetesObject } from '../../kube/resource.ts';
import { contains } from '../../model/ip-ranges.ts';
import { formatKey } from '../../model/object-key.ts';
import { allPorts, formatPortSet, type PortSet, portSetOf, portSets } from '../../model/port-set.ts';
import { asStored, type WrittenObject } from '../../objects/as-stored.ts';
import { ToolError } from '../failures.ts';
import { objectKey, snapshotOf } from '../snapshot/cluster-snapshot.ts';
import { inForce } from '../snapshot/in-force.ts';
import { answer, type Question } from './answer.ts';
import { readPort } from './end-with-port.ts';
import { findEnd } from './find-end.ts';
import { knownEndsIn } from './known-addresses.ts';
import { meantRoutes } from './meant-routes.ts';
import { type NameContext, nameContextOf } from './name-context.ts';
import { suggestFix } from './suggest-fix.ts';
import { manifestsOf, type SuggestedChange } from './suggested-changes.ts';

const appLabel = 'app.kubernetes.io/name';
const operatorNamespace = 'ringfence-system';
/** `legacy` has no ring. */
const namespaceNames = ['shop', 'pay', 'legacy'] as const;
const names = ['web', 'api', 'db'] as const;

const labels = fc.dictionary(
  fc.constantFrom(appLabel, 'app', 'tier', 'pod-template-hash'),
  fc.constantFrom('web', 'api'),
  {
    maxKeys: 3,
  },
);
const containerPorts = fc.subarray([
  { name: 'http', containerPort: 8080 },
  { name: 'metrics', containerPort: 9090 },
  { name: 'dns', containerPort: 53, protocol: 'UDP' },
]);
const namespaceName = fc.constantFrom(...namespaceNames);
const appName = fc.constantFrom(...names);

/** Single pods, some of one workload with labels of their own. */
const workloads = fc
  .uniqueArray(
    fc.record({
      namespace: namespaceName,
      name: appName,
      pods: fc.array(fc.record({ labels, ports: containerPorts }), { minLength: 1, maxLength: 2 }),
    }),
    { minLength: 2, maxLength: 6, selector: ({ namespace, name }) => `${namespace}/${name}` },
  )
  .map((all) =>
    all.flatMap(({ namespace, name, pods }, place) =>
      pods.map((pod, index) => ({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          ...{ namespace, name: `${name}-${index}`, labels: pod.labels },
          ownerReferences: [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name, uid: 'u', controller: true }],
        },
        spec: { containers: [{ name: 'main', image: 'x', ports: pod.ports }] },
        status: { podIP: `10.244.${place}.${index + 1}`, podIPs: [{ ip: `10.244.${place}.${index + 1}` }] },
      })),
    ),
  );

const selector = fc
  .dictionary(fc.constantFrom(appLabel, 'app', 'tier'), fc.constantFrom('web', 'api'), { maxKeys: 1 })
  .map((matchLabels) => ({ matchLabels }));
const here = fc.oneof(fc.record({ pods: selector }), fc.record({ app: fc.constantFrom('web', 'api') }));
const elsewhere = fc.oneof(
  fc.record({ namespace: fc.record({ name: namespaceName, pods: selector }) }),
  fc.constantFrom({ anywhere: {} }, { cidr: { cidr: '10.0.0.0/8' } }),
);
const routePorts = fc.option(
  fc.subarray<number | string>([8080, 'http', '53/UDP', '9000-9100'], { minLength: 1 }),
  {
    nil: undefined,
  },
);
const profiles = fc
  .array(
    fc.tuple(
      fc.constantFrom('shop', 'pay'),
      fc.oneof(
        fc.record({ from: fc.oneof(here, elsewhere), to: here }),
        fc.record({ from: here, to: elsewhere }),
      ),
      routePorts,
    ),
    { maxLength: 3 },
  )
  .map((all) =>
    all.map(([namespace, ends, ports], index) => ({
      apiVersion: 'ringfence.dev/v1alpha1',
      kind: 'AppNetworkProfile',
      metadata: { namespace, name: `p${index}` },
      spec: { routes: [{ name: 'r', ...ends, ...(ports === undefined ? {} : { ports }) }] },
    })),
  );

const policyPort = fc.constantFrom({ port: 8080 }, { port: 'http' }, { port: 53, protocol: 'UDP' });
const foreignPolicies = fc
  .array(
    fc.record({
      namespace: fc.constantFrom('legacy', 'legacy', 'shop'),
      podSelector: selector,
      types: fc.subarray(['Ingress', 'Egress'] as const, { minLength: 1 }),
      peers: fc.array(fc.record({ namespaceSelector: fc.constant({}), podSelector: selector }), {
        maxLength: 1,
      }),
      ports: fc.array(policyPort, { maxLength: 1 }),
      isClosed: fc.boolean(),
    }),
    { maxLength: 2 },
  )
  .map((all) =>
    all.map(({ namespace, podSelector, types, peers, ports, isClosed }, index) => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { namespace, name: `n${index}` },
      spec: {
        podSelector,
        policyTypes: types,
        ...(isClosed || !types.includes('Ingress') ? {} : { ingress: [{ from: peers, ports }] }),
        ...(isClosed || !types.includes('Egress') ? {} : { egress: [{ to: peers, ports }] }),
      },
    })),
  );

const platform = fc.constantFrom('Unrestricted', 'ClusterOnly', 'Restricted').map((egress) => ({
  apiVersion: 'ringfence.dev/v1alpha1',
  kind: 'PlatformNetworkProfile',
  metadata: { name: 'default' },
  spec: {
    enforcement: 'Enforce',
    egress,
    namespaces: { exclude: ['legacy'] },
    cluster: { podRanges: ['10.244.0.0/16'], serviceRanges: ['10.96.0.0/12'], nodeRanges: ['10.20.0.0/16'] },
  },
}));

const end = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(namespaceName, appName).map((both) => both.join('/')) },
  {
    weight: 1,
    arbitrary: fc.tuple(namespaceName, appName).map(([namespace, name]) => `${namespace}/${name}-0`),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('203.0.113.7', '10.0.0.0/8', '0.0.0.0/0', 'internet', '10.20.0.1'),
  },
);
const asked = fc.record({
  from: end,
  to: fc.oneof(end, fc.constantFrom('service/shop/front', 'service/legacy/front')),
  port: fc.constantFrom(undefined, '8080', 'http', '9090', '53/UDP', '8000-9100', '80'),
});

const services = ['shop', 'legacy'].map((namespace) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { namespace, name: 'front' },
  spec: { selector: { [appLabel]: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
}));

const namespaces = namespaceNames.map((name) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name },
}));

function stored(...objects: readonly object[]): readonly KubernetesObject[] {
  return objects.map((object) => asStored(object as WrittenObject));
}

const cluster = fc
  .record({ platform, workloads, profiles, foreignPolicies })
  .map((parts) =>
    stored(
      ...[...namespaces, ...services, parts.platform],
      ...[...parts.workloads, ...parts.profiles, ...parts.foreignPolicies],
    ),
  );

type Words = { readonly from: string; readonly to: string; readonly port: string | undefined };

/** A question as the verb reads it; `undefined` if a random one has no answer. */
function read(facts: AnalysisInput, { from, to, port }: Words, names: NameContext) {
  const analysis = analyze(facts);
  const known = { ...names, analysis };
  try {
    const question: Question = {
      ...{ from: findEnd(from, known), to: findEnd(to, known) },
      port: port === undefined ? undefined : readPort(port),
    };
    return { question, found: answer(analysis, question) };
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return undefined;
  }
}

/** What the verb suggests for a denied question; `undefined` if it suggests nothing, or if nothing is denied. */
function suggestedFor(objects: readonly KubernetesObject[], words: Words) {
  const snapshot = snapshotOf(objects, operatorNamespace);
  expect(snapshot.problems).toEqual([]);
  const before = inForce(snapshot, 'AsWritten').facts;
  const { question, found } = read(before, words, nameContextOf(snapshot, 'shop')) ?? {};
  if (question === undefined || found === undefined || found.allowed) return undefined;
  const { question: meant, parts } = found.meant ?? { question, parts: found.parts };
  const known = knownEndsIn(question, snapshot);
  if ((known.from ?? known.to)?.advice !== undefined) return undefined;
  const { changes, effects } = suggestFix({
    ...{ question: meant, asked: question, parts, known, snapshot, operatorNamespace },
    meant: meantRoutes(parts, known, snapshot),
    enforced: 'AsWritten',
  });
  if (changes.length === 0 || effects === undefined) return undefined;
  const written = changes.reduce(asPersonWrites, objects);
  expect(applied(objects, manifestsOf(changes))).toEqual(expect.arrayContaining([...written]));
  const after = inForce(snapshotOf(written, operatorNamespace), 'AsWritten').facts;
  return { before, after, meant, parts, effects, changes };
}

/** The objects after a person did what one change says, in its words. */
function asPersonWrites(
  objects: readonly KubernetesObject[],
  { what, yaml, object: changed, routes }: SuggestedChange,
): readonly KubernetesObject[] {
  const { kind } = changed;
  const key = formatKey(objectKey(changed));
  const isIt = (object: KubernetesObject) => object.kind === kind && formatKey(objectKey(object)) === key;
  if (what === 'ObjectCreated') {
    expect(objects.filter(isIt)).toEqual([]);
    return [...objects, asStored(parse(yaml) as WrittenObject)];
  }
  expect(objects.filter(isIt)).toHaveLength(1);
  return objects.map((object) => {
    if (!isIt(object)) return object;
    const spec = object.spec as { readonly routes: readonly { readonly name: string }[] };
    const after =
      what === 'RoutesAdded'
        ? [...spec.routes, ...parse(yaml)]
        : spec.routes.map((route) => (routes.includes(route.name) ? { ...route, ...parse(yaml) } : route));
    return { ...object, spec: { ...spec, routes: after } };
  });
}

/** The objects after `kubectl apply` of a whole text. */
function applied(objects: readonly KubernetesObject[], text: string): readonly KubernetesObject[] {
  const given = parseAllDocuments(text).map((document) => asStored(document.toJS() as WrittenObject));
  const uids = new Set(given.map(({ metadata }) => metadata.uid));
  return [...objects.filter(({ metadata }) => !uids.has(metadata.uid)), ...given];
}

/** One pod or one address, as both analyses know it. */
interface Single {
  readonly end: Endpoint;
  readonly naive: NaiveEnd;
}

function keyOf({ kind, namespace, name }: WorkloadEnd['workload']): WorkloadEnd['workload'] {
  return { kind, namespace, name };
}

function singlesIn({ workloads }: AnalysisInput): readonly Single[] {
  const pods = workloads.flatMap((workload) =>
    workload.pods.map((pod) => ({
      end: { workload: keyOf(workload), pods: [pod.name ?? ''] },
      naive: { namespace: workload.namespace, pod },
    })),
  );
  const addresses = ['203.0.113.7', '8.8.8.8', '10.0.0.5', '10.20.0.1', '2600::1'].map((address) => ({
    end: { cidr: `${address}/${address.includes(':') ? 128 : 32}` },
    naive: { address },
  }));
  return [...pods, ...addresses];
}

const sampledPorts = [
  ...[80, 443, 8080, 9000, 9090].map((number) => ({ protocol: 'TCP' as const, number })),
  ...[53, 8080].map((number) => ({ protocol: 'UDP' as const, number })),
];

interface Some {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly ports: PortSet;
}

interface Sample extends Some {
  readonly port: (typeof sampledPorts)[number];
  readonly naive: readonly [NaiveEnd, NaiveEnd];
}

/** Single connections that may change: each pair of pods and addresses with some ports. */
function samplesIn(facts: AnalysisInput): readonly Sample[] {
  const singles = singlesIn(facts);
  const pairs = singles.flatMap((from) => singles.map((to) => ({ from, to })));
  return pairs
    .filter(({ from, to }) => from !== to && ('pod' in from.naive || 'pod' in to.naive))
    .flatMap((pair) => sampledPorts.map((port) => ({ ...pair, port })))
    .map(({ from, to, port }) => ({
      ...{ from: from.end, to: to.end, port, naive: [from.naive, to.naive] as const },
      ports: portSetOf(port.protocol, [{ first: port.number, last: port.number }]),
    }));
}

/** Those that are open in one state and not in the other, by an evaluator that shares no code with the analysis. */
function openedBetween(before: AnalysisInput, after: AnalysisInput): readonly Sample[] {
  const [was, is] = [naiveAnalysis(before), naiveAnalysis(after)];
  return samplesIn(before).filter(
    ({ naive: [from, to], port: { protocol, number } }) =>
      is(from, to, protocol, number) && !was(from, to, protocol, number),
  );
}

function formatSample({ from, to, ports }: Some): string {
  return `${formatEndpoint(from)} -> ${formatEndpoint(to)} ${formatPortSet(ports)}`;
}

function isCovered({ from, to, ports }: Some, by: readonly Some[]): boolean {
  return by.some(
    (other) => covers(other.from, from) && covers(other.to, to) && portSets.covers(other.ports, ports),
  );
}

/** Whether an end means a single pod or a single address. */
function covers(end: Endpoint, single: Endpoint): boolean {
  if ('workload' in end || 'workload' in single) {
    if (!('workload' in end) || !('workload' in single)) return false;
    const isSame = formatKey(end.workload) === formatKey(single.workload);
    return isSame && (end.pods === undefined || end.pods.includes(single.pods?.[0] ?? ''));
  }
  const range = readRange(single.cidr);
  const isHole = (end.except ?? []).some((hole) => contains(readRange(hole), range));
  return contains(readRange(end.cidr), range) && !isHole;
}

/** Applies what is suggested, as a person would; returns the changes, or nothing if there are none. */
function checkSuggestion(objects: readonly KubernetesObject[], words: Words): readonly SuggestedChange[] {
  const { before, after, meant, parts, effects, changes } = suggestedFor(objects, words) ?? {};
  if (!before || !after || !meant || !parts || !effects || !changes) return [];
  expect(answer(analyze(after), meant).allowed).toBe(true);
  const wanted = parts.map(({ from, to, asked: ports = allPorts }) => ({ from, to, ports }));
  const [opened, closed] = [openedBetween(before, after), openedBetween(after, before)];
  const untold = opened.filter((sample) => !isCovered(sample, [...wanted, ...effects.opened]));
  expect(untold.map(formatSample)).toEqual([]);
  const toldClosed = [...effects.closed, ...effects.unused];
  expect(closed.filter((sample) => !isCovered(sample, toldClosed)).map(formatSample)).toEqual([]);
  const said = samplesIn(before).filter((sample) => isCovered(sample, effects.opened));
  const isOpened = new Set(opened.map(formatSample));
  expect(said.map(formatSample).filter((sample) => !isOpened.has(sample))).toEqual([]);
  return changes;
}

/** A route from `web` to `api` with one mistake, in a profile of the shop, and the port in question. */
const mistaken = fc.constantFrom(
  { from: { app: 'wbe' }, to: { app: 'api' }, ports: [8080] },
  { from: { app: 'web' }, to: { app: 'apii' } },
  // The workload is still called `web`, but its pods no longer have this label.
  { from: { pods: { matchLabels: { app: 'web' } } }, to: { app: 'api' }, ports: [8080] },
  { from: { namespace: { name: 'shpo', pods: {} } }, to: { app: 'api' }, ports: [8080] },
  { from: { app: 'web' }, to: { service: 'aip' }, ports: [80] },
  { from: { app: 'web' }, to: { service: 'api' }, ports: [8080] },
  { from: { app: 'web' }, to: { app: 'api' }, ports: [9091] },
  { from: { app: 'web' }, to: { app: 'api' }, ports: [80] },
);

function podWith(name: string, labels: object, ports: readonly object[] = []): object {
  return {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'shop', name, labels } },
    spec: { containers: [{ name: 'main', image: 'x', ports }] },
  };
}

const shopServices = [
  {
    ...{ apiVersion: 'v1', kind: 'Service', metadata: { namespace: 'shop', name: 'api' } },
    spec: { selector: { [appLabel]: 'api' }, ports: [{ port: 80, targetPort: 8080 }] },
  },
];

/** A shop with such a route, beside others. */
const shopWithMistake = fc.record({ platform, workloads, profiles, route: mistaken }).map((parts) =>
  stored(
    ...[...namespaces, ...shopServices, parts.platform],
    podWith('web', { [appLabel]: 'web', app: 'storefront' }),
    podWith('api', { [appLabel]: 'api' }, [{ containerPort: 8080 }, { containerPort: 9090 }]),
    ...parts.workloads.filter(({ metadata }) => metadata.namespace !== 'shop'),
    ...parts.profiles.filter(({ metadata }) => metadata.namespace !== 'shop'),
    {
      ...{ apiVersion: 'ringfence.dev/v1alpha1', kind: 'AppNetworkProfile' },
      metadata: { namespace: 'shop', name: 'shop' },
      spec: {
        routes: [
          { name: 'other', from: { app: 'api' }, to: { app: 'web' } },
          { name: 'r', ...parts.route },
        ],
      },
    },
  ),
);

describe('a suggestion', () => {
  test('allows what was asked about, and all else that it opens or closes is told', () => {
    let suggested = 0;
    fc.assert(
      fc.property(cluster, fc.array(asked, { minLength: 4, maxLength: 4 }), (objects, questions) => {
        suggested += questions.flatMap((words) => checkSuggestion(objects, words)).length;
      }),
      runs(120),
    );
    expect(suggested).toBeGreaterThan(0);
  });

  test('corrects a route with a mistake, and adds none', () => {
    fc.assert(
      fc.property(shopWithMistake, (objects) => {
        const changes = checkSuggestion(objects, { from: 'shop/web', to: 'shop/api', port: '8080' });
        expect(changes).toMatchObject([{ what: 'RouteChanged', routes: ['r'] }]);
      }),
      runs(120),
    );
  });
});
