import { describe, expect, test } from '@jest/globals';
import { classify } from './errors.ts';
import { receivedEvent, receivedList, receivedMetadataList, receivedObject } from './received.ts';

const metadata = { namespace: 'shop', name: 'web', uid: 'uid', resourceVersion: '7' };
const policy = { kind: 'NetworkPolicy', apiVersion: 'networking.k8s.io/v1', metadata };
const list = {
  kind: 'NetworkPolicyList',
  apiVersion: 'networking.k8s.io/v1',
  metadata: { resourceVersion: '9', continue: '' },
  items: [{ metadata }],
};

/** How an error of `act` is classified; a programmer's mistake would be thrown on. */
function failureOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return classify(error);
  }
  return 'none';
}

/** What is no metadata of a stored object. */
const oddMetadata: readonly unknown[] = [
  undefined,
  null,
  [],
  'web',
  {},
  { ...metadata, name: undefined },
  { ...metadata, name: '' },
  { ...metadata, name: 5 },
  { ...metadata, namespace: null },
  { ...metadata, uid: undefined },
  { ...metadata, resourceVersion: undefined },
  { ...metadata, resourceVersion: 'latest' },
  { ...metadata, resourceVersion: 7 },
  { ...metadata, labels: null },
  { ...metadata, labels: { app: 5 } },
  { ...metadata, annotations: ['a'] },
  { ...metadata, finalizers: 'a' },
  { ...metadata, ownerReferences: [null] },
];

describe('an object', () => {
  test('is what has the kind that was asked for, and the metadata of an object', () => {
    expect(receivedObject(policy, 'NetworkPolicy')).toBe(policy);
    const full = {
      ...metadata,
      labels: { a: 'b' },
      annotations: {},
      finalizers: ['x'],
      ownerReferences: [{}],
    };
    expect(receivedObject({ ...policy, metadata: full }, 'NetworkPolicy').metadata).toBe(full);
  });

  test.each([
    null,
    5,
    {},
    { ...policy, kind: 'Namespace' },
    { kind: 'Status', apiVersion: 'v1', status: 'Success' },
    { kind: 'Status', apiVersion: 'v1', metadata: {} },
  ])('is not %j: the server failed', (answer) => {
    expect(failureOf(() => receivedObject(answer, 'NetworkPolicy'))).toBe('retry');
  });

  test.each(oddMetadata)('has no metadata like %j', (odd) => {
    expect(failureOf(() => receivedObject({ ...policy, metadata: odd }, 'NetworkPolicy'))).toBe('retry');
  });
});

describe('a list', () => {
  test('says its version, and where it goes on', () => {
    expect(receivedList(list, 'NetworkPolicy')).toEqual({ items: list.items, version: '9', next: undefined });
    const page = { ...list, metadata: { resourceVersion: '9', continue: 'here' } };
    expect(receivedList(page, 'NetworkPolicy').next).toBe('here');
  });

  test.each([
    null,
    [],
    { ...list, kind: 'ServiceList' },
    { ...list, kind: 'NetworkPolicy' },
    { ...list, items: undefined },
    { ...list, items: null },
    { ...list, items: { 0: {} } },
    { ...list, metadata: undefined },
    { ...list, metadata: {} },
    { ...list, metadata: { resourceVersion: '9', continue: 5 } },
    { ...list, items: [{ metadata }, null] },
    { ...list, items: [{ metadata }, { ...policy, kind: 'Service' }] },
    ...oddMetadata.map((odd) => ({ ...list, items: [{ metadata: odd }] })),
  ])('is not %j: the server failed, and nothing is taken to be gone', (answer) => {
    expect(failureOf(() => receivedList(answer, 'NetworkPolicy'))).toBe('retry');
  });
});

describe('a line of a watch', () => {
  const line = (event: unknown) => JSON.stringify(event);

  test.each(['ADDED', 'MODIFIED', 'DELETED'])('%s tells of an object', (type) => {
    expect(receivedEvent(line({ type, object: policy }), 'NetworkPolicy')).toEqual({ type, object: policy });
  });

  test('BOOKMARK tells a version alone, and ERROR anything', () => {
    const bookmark = {
      type: 'BOOKMARK',
      object: { kind: 'NetworkPolicy', metadata: { resourceVersion: '8' } },
    };
    expect(receivedEvent(line(bookmark), 'NetworkPolicy')).toEqual(bookmark);
    const error = { type: 'ERROR', object: { kind: 'Status', code: 410 } };
    expect(receivedEvent(line(error), 'NetworkPolicy')).toEqual(error);
  });

  test.each([
    '',
    'null',
    '<html>',
    '{"type":"ADDED","object":{"kind":"NetworkPol',
    line(list),
    line({ type: 'ADDED' }),
    line({ type: 'RENAMED', object: policy }),
    line({ type: 'ADDED', object: { ...policy, kind: 'Service' } }),
    line({ type: 'ADDED', object: { metadata } }),
    line({ type: 'BOOKMARK', object: { kind: 'NetworkPolicy', metadata: {} } }),
    line({ type: 'BOOKMARK', object: { kind: 'Service', metadata: { resourceVersion: '8' } } }),
    ...oddMetadata.map((odd) => line({ type: 'DELETED', object: { ...policy, metadata: odd } })),
  ])('is not %j: the server failed', (text) => {
    expect(failureOf(() => receivedEvent(text, 'NetworkPolicy'))).toBe('retry');
  });
});

test('a list of metadata is empty where the API server says `null`, and not where it says nothing of its items', () => {
  const list = { kind: 'PartialObjectMetadataList', metadata: { resourceVersion: '5' } };
  expect(receivedMetadataList({ ...list, items: null })).toEqual({
    items: [],
    version: '5',
    next: undefined,
  });
  expect(() => receivedMetadataList(list)).toThrow('no items');
});
