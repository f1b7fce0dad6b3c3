// The pages, asked for over a real connection, also where one can't be made.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import pino from 'pino';
import { type HealthServer, serveHealth } from './health.ts';
import { Mistakes } from './mistakes.ts';

let server: HealthServer;
let contained: number;
let logged: { level: number; key?: string; error?: string }[];
/** What the checks say, and what the metrics are. */
let reasons: () => readonly string[];
let metrics: () => string;

beforeEach(async () => {
  contained = 0;
  logged = [];
  reasons = () => [];
  metrics = () => 'up 1';
  const log = pino({ base: null }, { write: (line) => logged.push(JSON.parse(line)) });
  const mistakes = new Mistakes(log, () => {
    contained += 1;
  });
  const pages = {
    live: () => reasons(),
    ready: () => [],
    metrics: async () => ({ type: 'text/plain', text: metrics() }),
  };
  server = await serveHealth('127.0.0.1:0', pages, { log, mistakes });
});

afterEach(() => server.close());

async function ask(path: string): Promise<{ status: number; text: string }> {
  const answer = await fetch(`http://127.0.0.1:${server.port}${path}`);
  return { status: answer.status, text: (await answer.text()).trim() };
}

const fail = (): never => {
  throw new TypeError('x is not a function');
};

test('a check is 200, or 503 with its reasons', async () => {
  expect(await ask('/livez')).toEqual({ status: 200, text: 'ok' });
  reasons = () => ['one', 'another'];
  expect(await ask('/livez?verbose')).toEqual({ status: 503, text: 'one\nanother' });
  expect(await ask('/nothing')).toEqual({ status: 404, text: 'not found' });
});

test.each([
  ['/metrics', () => (metrics = fail)],
  ['/livez', () => (reasons = fail)],
])('a mistake in %s is 500, counted, and logged once, and the other pages go on', async (path, spoil) => {
  spoil();
  for (let times = 0; times < 2; times += 1)
    expect(await ask(path)).toEqual({ status: 500, text: expect.stringContaining('see the log') });
  expect(contained).toBe(2);
  expect(logged).toEqual([
    expect.objectContaining({ level: 50, key: path, error: expect.stringContaining('x is not a function') }),
  ]);
  expect(await ask('/readyz')).toEqual({ status: 200, text: 'ok' });
});

test('a page is served again when the mistake does not show any more', async () => {
  metrics = fail;
  await ask('/metrics');
  metrics = () => 'up 1';
  expect(await ask('/metrics')).toEqual({ status: 200, text: 'up 1' });
  expect(logged.at(-1)).toMatchObject({ level: 30, key: '/metrics' });
});
