// A mistake of ours in one namespace: the compiler throws for it. The reconciles run on the real parts, and write to a real
// server.
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import pino from 'pino';
import { platform } from '../../test/fixtures.ts';
import { type LocalClient, localClient } from '../../test/local-server.ts';
import { compileNamespace } from '../compile/compile.ts';
import type { RawObject } from '../kube/resource.ts';
import { Cache } from '../objects/cache.ts';
import {
  appNetworkProfiles,
  namespaces,
  networkPolicies,
  type StoredPlatform,
} from '../objects/policy-resources.ts';
import { PolicyWriter } from './apply.ts';
import { Decider } from './decide.ts';
import { DriftReporter } from './drift-reporter.ts';
import { EventWriter } from './event-writer.ts';
import { PlanExecutor } from './execute.ts';
import { FrozenContents } from './frozen-contents.ts';
import { Metrics } from './metrics.ts';
import { Mistakes } from './mistakes.ts';
import { NamespaceReporter } from './namespace-reporter.ts';
import { NamespaceTracker } from './namespace-tracker.ts';
import { Owners } from './owners.ts';
import { NamespaceReconciler } from './reconcile.ts';
import { settlingFor } from './settling.ts';
import { StatusWriter } from './status-writer.ts';
import { WorkQueue } from './work-queue.ts';
import { runWorkers } from './workers.ts';
import { WriteConflicts } from './write-conflicts.ts';

interface Status {
  readonly conditions?: readonly { type: string; status: string; reason: string; message: string }[];
  readonly failing?: readonly object[];
}

/** What reached the server: `METHOD namespace/name`, in order, without Events. */
const sent: string[] = [];
/** The last status of each profile, by namespace; of the platform profile under the name `''`. */
const statuses = new Map<string, Status>();
const logged: { level: number; msg: string; error?: string }[] = [];

let local: LocalClient;
let isFixed = false;
let isOver = false;
let ended: Promise<void>;
let queue: WorkQueue;
let mistakes: Mistakes;
let contained = 0;
let version = 1;
let metrics: Metrics;
let tracker: NamespaceTracker;
let writer: StatusWriter;

/** The compiler, except for the namespace `bad`. */
const compile: typeof compileNamespace = (view, profile, facts, known) => {
  if (facts.name === 'bad' && !isFixed) throw new TypeError('x is not a function');
  return compileNamespace(view, profile, facts, known);
};

beforeEach(async () => {
  for (const list of [sent, logged]) list.splice(0);
  statuses.clear();
  isFixed = false;
  isOver = false;
  local = await localClient(async (request, response) => {
    const body = (await json(request)) as RawObject & { status?: Status };
    const [, place = '', name = ''] = /namespaces\/([^/]+)\/[^/]+\/?([^/]*)/.exec(request.url ?? '') ?? [];
    if (!request.url?.includes('/events'))
      sent.push(`${request.method} ${place}/${name || body.metadata.name}`);
    if (body.status !== undefined) statuses.set(place, { ...statuses.get(place), ...body.status });
    response.end(JSON.stringify(answerTo(request.method, place, name, body)));
  });
  const { client } = local;
  const log = pino({ level: 'info' }, { write: (line) => logged.push(JSON.parse(line)) });
  const cache = cacheOf('bad', 'good');
  tracker = new NamespaceTracker();
  const conflicts = new WriteConflicts();
  metrics = new Metrics(2);
  writer = new StatusWriter(cache, tracker, () => ({
    condition: { status: 'Unknown', reason: 'NoCanary', message: 'no canary' },
  }));
  metrics.readFrom({
    queueDepth: () => 0,
    states: () => tracker.states(),
    findings: () => writer.findings(),
    records: () => tracker.records(),
    routes: () => [],
    enforcedOn: () => new Map(),
    cutPairs: () => 0,
    ownedPolicies: () => 0,
    pausedUntilMs: () => new Map(),
    leads: () => true,
    watchAges: () => new Map(),
  });
  contained = 0;
  mistakes = new Mistakes(log, () => {
    contained += 1;
    metrics.mistaken();
  });
  queue = new WorkQueue({ baseMs: 5, capMs: 5 });
  const driftReporter = new DriftReporter({
    log,
    find: (key) => cache.stores.policies.get(key),
    send: async () => {},
  });
  const policies = new PolicyWriter({
    policies: cache.requests(networkPolicies),
    known: cache.stores.policies,
    driftReporter,
    metrics,
  });
  const events = new EventWriter(client, log);
  const shared = { cache, tracker, conflicts, log, statuses: writer, onRecordChanged: () => {} };
  const reconciler = new NamespaceReconciler({
    ...shared,
    driftReporter,
    decider: new Decider({ cache, tracker, contents: new FrozenContents(client), metrics, compile }),
    executor: new PlanExecutor({ conflicts, owners: new Owners(cache), policies, settling: settlingFor(0) }),
    reporter: new NamespaceReporter({ ...shared, events, metrics }),
    onReportChanged: () => {},
  });
  const reconcile = (key: string) => reconciler.reconcile(key);
  ended = runWorkers(2, { queue, facts: { cutOff: false }, log, mistakes, onResult: () => {}, reconcile });
});

afterEach(async () => {
  isOver = true;
  queue.close();
  await ended;
  local.stop();
});

function rawProfile(place: string, resourceVersion: string) {
  return {
    apiVersion: 'ringfence.dev/v1alpha1',
    kind: 'AppNetworkProfile',
    metadata: { namespace: place, name: 'team', uid: 'uid', resourceVersion, generation: 1 },
    spec: { routes: [] },
  };
}

/** What a server says that stores whatever it is sent. */
function answerTo(
  method: string | undefined,
  place: string,
  name: string,
  body: RawObject & { status?: Status },
): object {
  version += 1;
  const identity = { uid: 'uid', resourceVersion: String(version) };
  if (method === 'DELETE') return { kind: 'Status', apiVersion: 'v1', status: 'Success' };
  if (body.status === undefined)
    return {
      ...body,
      metadata: { ...body.metadata, ...identity, name: name || body.metadata.name, namespace: place },
    };
  const profile = place === '' ? rawPlatform(identity) : rawProfile(place, identity.resourceVersion);
  return { ...profile, status: body.status };
}

function rawPlatform(identity: { uid: string; resourceVersion: string }) {
  return {
    apiVersion: 'ringfence.dev/v1alpha1',
    kind: 'PlatformNetworkProfile',
    metadata: { ...identity, name: 'default', generation: 1 },
    spec: { enforcement: 'Enforce' },
  };
}

/** What is known of a cluster with a platform profile, and namespaces with a profile each. */
function cacheOf(...names: readonly string[]): Cache {
  const cache = new Cache(local.client, 'ringfence-system');
  const metadata = { resourceVersion: '1', generation: 1 };
  cache.stores.platforms.accept(platform() as unknown as StoredPlatform);
  for (const name of names) {
    cache.stores.namespaces.accept(
      namespaces.reduce({ metadata: { ...metadata, name, uid: `uid-of-${name}` } } as RawObject),
    );
    cache.stores.profiles.accept(appNetworkProfiles.reduce(rawProfile(name, '1') as unknown as RawObject));
  }
  return cache;
}

/** Waits until there is something; a test that waits without success ends by its own timeout. */
async function eventually(isThere: () => boolean): Promise<void> {
  while (!isThere() && !isOver) await new Promise((resolve) => setTimeout(resolve, 1));
}

const ready = (namespace: string) =>
  statuses.get(namespace)?.conditions?.find(({ type }) => type === 'Ready');

test('leaves that namespace as it is, says so in its profiles, and the others go on', async () => {
  queue.add('bad', 'fresh');
  queue.add('good', 'fresh');
  await eventually(() => ready('bad') !== undefined && ready('good') !== undefined);
  expect(sent.filter((each) => each.includes('bad'))).toEqual(['PATCH bad/team']);
  expect(sent).toContain('POST good/ringfence-default-deny-ingress');
  expect(ready('bad')).toMatchObject({
    status: 'False',
    reason: 'InternalError',
    message: expect.stringContaining('`TypeError: x is not a function`'),
  });
  expect(ready('good')).toMatchObject({ status: 'True' });
});

test('is reported in the status of the platform profile, in metrics, and once in the log', async () => {
  queue.add('bad', 'fresh');
  await eventually(() => contained > 2);
  expect(tracker.get('bad')?.record).toMatchObject({
    state: 'Failing',
    failure: { reason: 'InternalError' },
  });
  await writer.writePlatform();
  expect(statuses.get('')?.failing).toEqual([
    {
      namespace: 'bad',
      reason: 'InternalError',
      message: expect.stringContaining('a bug in Ringfence'),
    },
  ]);
  const { text } = await metrics.expose();
  expect(Number(/^ringfence_internal_errors_total (\d+)$/m.exec(text)?.[1])).toBeGreaterThan(2);
  expect(text).toContain('ringfence_findings{code="InternalError",severity="error"} 1');
  expect(logged).toEqual([
    expect.objectContaining({
      level: 50,
      error: expect.stringMatching(/^TypeError: x is not a function\n {4}at /),
    }),
  ]);
});

test('is tried again, and over when it does not show any more', async () => {
  queue.add('bad', 'fresh');
  await eventually(() => ready('bad')?.reason === 'InternalError');
  isFixed = true;
  await eventually(() => ready('bad')?.status === 'True');
  expect(sent).toContain('POST bad/ringfence-default-deny-ingress');
  await eventually(() => tracker.get('bad')?.record?.state === 'Enforced');
  expect(tracker.get('bad')?.record?.failure).toBeUndefined();
  await eventually(() => logged.at(-1)?.level === 30);
});
