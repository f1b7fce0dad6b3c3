// The lease against a server of this file that keeps one Lease. What only a real API server shows is in e2e/operator/lease.test.ts.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import pino from 'pino';
import { type LocalClient, localClient } from '../../test/local-server.ts';
import type { LeaseSpec } from '../objects/operator-lease.ts';
import { Lease, LeaseLostError } from './lease.ts';

/** Long enough that whatever happens in a test was no attempt that comes by the clock: the second one comes after 80 s. */
const durationMs = 600_000;

/** An API server that keeps one Lease, and checks versions as a real one does. */
class LeaseServer {
  spec: LeaseSpec | undefined;
  /** Whether watches are refused. */
  refusesWatches = false;
  readonly requests: string[] = [];
  readonly #watches = new Set<ServerResponse>();
  #version = 0;

  readonly answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '' } = request;
    const isWatch = url.includes('watch=true');
    this.requests.push(isWatch ? 'WATCH' : method);
    if (isWatch) {
      this.#watch(response);
      return;
    }
    const body = JSON.parse((await text(request)) || '{}');
    const exists = this.spec !== undefined;
    const isOld = method === 'PUT' && body.metadata.resourceVersion !== this.#metadata.resourceVersion;
    if (method !== 'POST' && !exists) refuse(response, 404);
    else if (isOld || (method === 'POST' && exists)) refuse(response, 409);
    else {
      if (method !== 'GET') this.set(body.spec);
      response.end(JSON.stringify(this.#lease));
    }
  };

  /** Somebody writes it, or deletes it. */
  set(spec: LeaseSpec | undefined): void {
    const type = spec === undefined ? 'DELETED' : 'MODIFIED';
    this.#version += 1;
    const before = this.#lease;
    this.spec = spec;
    const object = spec === undefined ? before : this.#lease;
    for (const watch of this.#watches) watch.write(`${JSON.stringify({ type, object })}\n`);
  }

  get #metadata() {
    return { name: 'ringfence-operator', uid: 'lease', resourceVersion: String(this.#version) };
  }

  get #lease() {
    const [apiVersion, kind] = ['coordination.k8s.io/v1', 'Lease'];
    return { apiVersion, kind, metadata: this.#metadata, spec: this.spec };
  }

  #watch(response: ServerResponse): void {
    if (this.refusesWatches) {
      refuse(response, 403);
      return;
    }
    response.flushHeaders();
    this.#watches.add(response);
    response.once('close', () => this.#watches.delete(response));
    if (this.spec !== undefined)
      response.write(`${JSON.stringify({ type: 'ADDED', object: this.#lease })}\n`);
  }
}

function refuse(response: ServerResponse, code: number): void {
  response.statusCode = code;
  response.end(JSON.stringify({ apiVersion: 'v1', kind: 'Status', code }));
}

let server: LeaseServer;
let local: LocalClient;
let stop: AbortController;
let lease: Lease;
let ended: Promise<unknown>;
let taken: Promise<void>;

beforeEach(async () => {
  server = new LeaseServer();
  local = await localClient((request, response) => {
    server.answer(request, response).catch(() => response.destroy());
  });
  stop = new AbortController();
});

afterEach(async () => {
  stop.abort();
  await ended;
  local.stop();
});

const heldBy = (holderIdentity: string, leaseDurationSeconds = 600): LeaseSpec => ({
  ...{ holderIdentity, leaseDurationSeconds, leaseTransitions: 3 },
});

/** Starts one. @param claimed whether its caches are synced already */
function start(claimed: boolean): void {
  const log = pino({ level: 'silent' });
  lease = new Lease({ client: local.client, log, namespace: 'ours', identity: 'us', durationMs });
  taken = new Promise((resolve) => lease.onTaken(resolve));
  if (claimed) lease.claim();
  ended = lease.run(stop.signal).catch((error: unknown) => error);
}

/** Starts one that has claimed it, and returns when it watches. */
async function startClaimed(): Promise<void> {
  start(true);
  await eventually(() => server.requests.includes('WATCH') && server.requests.includes('GET'));
}

async function eventually(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await pause(5);
}

test('a lease that nobody holds is taken when it is claimed, and not before', async () => {
  start(false);
  await eventually(() => server.requests.includes('GET'));
  expect(server.spec).toBeUndefined();
  lease.claim();
  await taken;
  expect(server.spec).toMatchObject({ holderIdentity: 'us', leaseDurationSeconds: 600, leaseTransitions: 0 });
});

describe('one that somebody else holds', () => {
  const startBeside = async (spec: LeaseSpec) => {
    server.set(spec);
    await startClaimed();
  };

  test('is taken as soon as it is released', async () => {
    await startBeside(heldBy('another'));
    server.set(heldBy('', 1));
    await taken;
    expect(server.spec).toMatchObject({ holderIdentity: 'us', leaseTransitions: 4 });
  });

  test('is taken when its holder has been silent for as long as it said, at once and no sooner', async () => {
    const renewed = performance.now();
    await startBeside(heldBy('another', 1));
    await taken;
    expect(performance.now() - renewed).toBeGreaterThan(999);
    // One look at first, and one that found that it was not renewed.
    expect(server.requests.filter((request) => request !== 'WATCH')).toEqual(['GET', 'GET', 'PUT']);
  });

  test('is taken no sooner if it was renewed since the last look', async () => {
    await startBeside(heldBy('another', 1));
    await pause(500);
    const renewed = performance.now();
    server.set(heldBy('another', 1));
    await taken;
    expect(performance.now() - renewed).toBeGreaterThan(999);
  });

  test('is not taken when it is deleted, since its holder does not know that', async () => {
    const renewed = performance.now();
    await startBeside(heldBy('another', 1));
    server.set(undefined);
    await taken;
    expect(performance.now() - renewed).toBeGreaterThan(999);
    expect(server.requests.at(-1)).toBe('POST');
  });
});

describe('ours', () => {
  beforeEach(async () => {
    await startClaimed();
    await taken;
  });

  test('is created again as soon as it is deleted', async () => {
    server.set(undefined);
    await eventually(() => server.spec?.holderIdentity === 'us');
    expect(lease.leads).toBe(true);
  });

  test('is lost as soon as somebody else has it', async () => {
    server.set(heldBy('another'));
    expect(await ended).toBeInstanceOf(LeaseLostError);
    expect(lease.leads).toBe(false);
  });

  test('is written again as soon as nobody has it, with our own duration', async () => {
    server.set(heldBy('', 36_000));
    await eventually(() => server.spec?.holderIdentity === 'us');
    expect(server.spec?.leaseDurationSeconds).toBe(600);
  });
});

test('without a watch, it is found by looking', async () => {
  server.refusesWatches = true;
  server.set(heldBy('another', 1));
  await startClaimed();
  await taken;
  expect(server.spec?.holderIdentity).toBe('us');
});
