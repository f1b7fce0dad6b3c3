// What the answer to a request about one object tells of it. The server is a real one that answers as each test says.
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type LocalClient, localClient } from '../../test/local-server.ts';
import { type Labelled, plainPolicies } from '../../test/plain-kinds.ts';
import { Decoder } from './decoder.ts';
import { ObjectRequests } from './object-requests.ts';
import { ServedPath } from './served-path.ts';
import { Store } from './store.ts';

const collection = '/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies';
/** The decoder makes a mistake on this state. */
const brokenVersion = '666';
const key = { namespace: 'shop', name: 'ringfence-a' };

interface Answer {
  readonly status?: number;
  readonly body: object;
}

let local: LocalClient;
let store: Store<Labelled>;
let requests: ObjectRequests<Labelled>;
/** What was asked: the method, the path without its query, and the body. */
let asked: { method: string | undefined; path: string; body: unknown }[];
/** What the server says, by method. */
let answers: Readonly<Record<string, Answer>>;
/** What the store told its listeners: what is known now. */
let told: (string | undefined)[];

beforeEach(async () => {
  asked = [];
  answers = {};
  told = [];
  local = await localClient(async (request, response) => {
    const path = request.url?.split('?')[0] ?? '';
    const body = request.method === 'GET' ? undefined : await json(request);
    asked.push({ method: request.method, path, body });
    const answer = answers[request.method ?? ''];
    response.statusCode = answer?.status ?? 200;
    response.end(JSON.stringify(answer?.body ?? {}));
  });
  store = new Store<Labelled>(() => false);
  // Of most kinds, nothing is known by their metadata alone.
  const { unreadable: _, ...kind } = plainPolicies;
  const resource: typeof plainPolicies = {
    ...kind,
    reduce: (object) => {
      if (object.metadata.resourceVersion === brokenVersion) throw new TypeError('x is not a function');
      return plainPolicies.reduce(object);
    },
  };
  const decoder = new Decoder(resource, store);
  requests = new ObjectRequests(local.client, { resource, store, decoder, served: new ServedPath(resource) });
  store.accept(plainPolicies.reduce(policy('1') as never));
  store.onChange(({ next }) => told.push(next?.resourceVersion));
});

afterEach(() => local.stop());

function policy(resourceVersion: string, more: object = {}, uid = 'a-1') {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: {
      ...key,
      uid,
      resourceVersion,
      labels: { 'app.kubernetes.io/managed-by': 'ringfence' },
      ...more,
    },
    spec: { podSelector: {}, policyTypes: ['Ingress'] },
  };
}

const list = (...items: readonly object[]): Answer => ({
  body: {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicyList',
    metadata: { resourceVersion: '9' },
    items,
  },
});

const failure = (code: number, reason: string): Answer => ({
  status: code,
  body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message: 'no' },
});

const known = () => store.get(key)?.resourceVersion;
const seen = { ...key, uid: 'a-1', resourceVersion: '1' };
const methods = () => asked.map(({ method }) => method);

describe('a write', () => {
  test('that is accepted is known at once, and is not reported as the change of somebody else', async () => {
    answers = { PUT: { body: policy('2') } };
    const { object, decoded } = await requests.replace(key, policy('1'));
    expect([object.metadata.resourceVersion, decoded?.resourceVersion, known()]).toEqual(['2', '2', '2']);
    expect(asked).toEqual([{ method: 'PUT', path: `${collection}/ringfence-a`, body: policy('1') }]);
    expect(told).toEqual([]);
  });

  test('of a status goes to the status, and reports what somebody else changed meanwhile', async () => {
    answers = { PATCH: { body: policy('3') } };
    await requests.patchStatus(key, { status: {} });
    expect(asked).toEqual([
      { method: 'PATCH', path: `${collection}/ringfence-a/status`, body: { status: {} } },
    ]);
    expect(told).toEqual(['3']);
  });

  test('whose answer cannot be decoded is taken, and what was known holds', async () => {
    answers = { PUT: { body: policy(brokenVersion) } };
    const { object, decoded } = await requests.replace(key, policy('1'));
    expect([object.metadata.resourceVersion, decoded, known()]).toEqual([brokenVersion, undefined, '1']);
  });

  test.each([
    ['there is another one by now', 409, 'Conflict', list(policy('5', {}, 'a-2')), '5'],
    ['there is none any more', 404, 'NotFound', list(), undefined],
  ])('that fails because %s throws, after that was read', async (_, code, reason, found, version) => {
    answers = { PUT: failure(code, reason), GET: found };
    await expect(requests.replace(key, policy('1'))).rejects.toMatchObject({ status: code });
    expect([methods(), known(), told]).toEqual([['PUT', 'GET'], version, [version]]);
  });

  test('that fails for another reason reads nothing', async () => {
    answers = { POST: failure(403, 'Forbidden') };
    await expect(requests.create(key, policy('1'))).rejects.toMatchObject({ status: 403 });
    expect([methods(), known()]).toEqual([['POST'], '1']);
  });

  test('that fails throws its own error where it cannot be read anew either', async () => {
    answers = { PUT: failure(409, 'Conflict'), GET: failure(500, 'InternalError') };
    await expect(requests.replace(key, policy('1'))).rejects.toMatchObject({ status: 409 });
    expect([methods(), known()]).toEqual([['PUT', 'GET'], '1']);
  });
});

describe('a deletion', () => {
  test('names the state that it was decided on, and a Status says that it is gone', async () => {
    answers = { DELETE: { body: { kind: 'Status', apiVersion: 'v1', status: 'Success' } } };
    await requests.delete(seen);
    const preconditions = { uid: 'a-1', resourceVersion: '1' };
    expect(asked[0]?.body).toEqual({ apiVersion: 'v1', kind: 'DeleteOptions', preconditions });
    expect(known()).toBeUndefined();
  });

  test('that waits for a finalizer is not the end of the object: it is known as being deleted', async () => {
    const going = { finalizers: ['example.com/hold'], deletionTimestamp: '2026-01-02T15:04:05Z' };
    answers = { DELETE: { body: policy('2', going) } };
    await requests.delete(seen);
    expect(store.get(key)).toMatchObject({ resourceVersion: '2', terminating: true });
  });

  test('of what is gone already is done', async () => {
    answers = { DELETE: failure(404, 'NotFound'), GET: list() };
    await requests.delete(seen);
    expect([methods(), known()]).toEqual([['DELETE', 'GET'], undefined]);
  });

  test.each([
    ['404 is answered although it is there', 404, policy('1')],
    ['it was changed', 409, policy('5')],
  ])('fails where %s', async (_, code, found) => {
    answers = { DELETE: failure(code, code === 404 ? 'NotFound' : 'Conflict'), GET: list(found) };
    await expect(requests.delete(seen)).rejects.toMatchObject({ status: code });
    expect(known()).toBe(found.metadata.resourceVersion);
  });
});

describe('a read', () => {
  test('asks for a list of one in the namespace', async () => {
    answers = { GET: list(policy('4')) };
    expect((await requests.read(key))?.metadata.resourceVersion).toBe('4');
    expect([asked[0]?.path, known(), told]).toEqual([collection, '4', ['4']]);
  });

  test('of a list without the object says that there is none', async () => {
    answers = { GET: list() };
    expect(await requests.read(key)).toBeUndefined();
    expect(told).toEqual([undefined]);
  });

  test.each([
    ['404, which might come from anywhere', failure(404, 'NotFound')],
    [
      'a list of another kind',
      { body: { apiVersion: 'v1', kind: 'PodList', metadata: { resourceVersion: '9' }, items: [] } },
    ],
  ])('that is answered with %s leaves what is known', async (_, answer) => {
    answers = { GET: answer };
    await expect(requests.read(key)).rejects.toMatchObject({ name: 'ApiError' });
    expect(known()).toBe('1');
  });
});
