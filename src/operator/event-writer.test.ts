// Which Events are sent, and how often. The Events go to a real server.
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import pino from 'pino';
import { type LocalClient, localClient } from '../../test/local-server.ts';
import type { EventDraft } from '../plan/events.ts';
import { EventWriter } from './event-writer.ts';
import { TrackedNamespace } from './tracked-namespace.ts';

const sent: string[] = [];
let local: LocalClient;
let writer: EventWriter;
let shop: TrackedNamespace;

beforeEach(async () => {
  sent.length = 0;
  local = await localClient(async (request, response) => {
    const event = (await json(request)) as { metadata: { name: string } };
    sent.push(`${request.method} ${request.url} ${event.metadata.name}`);
    response.end(JSON.stringify({ apiVersion: 'events.k8s.io/v1', kind: 'Event' }));
  });
  shop = new TrackedNamespace('shop', 'uid-of-shop');
  writer = new EventWriter(local.client, pino({ level: 'silent' }));
});

afterEach(() => local.stop());

const news = (name: string): EventDraft => ({
  name,
  namespace: 'shop',
  regarding: {
    apiVersion: 'ringfence.dev/v1alpha1',
    kind: 'AppNetworkProfile',
    namespace: 'shop',
    name: 'shop',
  },
  type: 'Warning',
  reason: 'ServiceMissing',
  note: 'there is no Service `web` in `shop` yet',
});
const path = 'POST /apis/events.k8s.io/v1/namespaces/shop/events';

test('what is sent is sent once, and what is new beside it once more', async () => {
  await writer.emitNew(shop, [news('a')]);
  await writer.emitNew(shop, [news('a'), news('b')]);
  expect(sent).toEqual([`${path} a`, `${path} b`]);
});

test('what is no longer so can become news again', async () => {
  await writer.emitNew(shop, [news('a')]);
  await writer.emitNew(shop, []);
  await writer.emitNew(shop, [news('a')]);
  expect(sent).toEqual([`${path} a`, `${path} a`]);
});
