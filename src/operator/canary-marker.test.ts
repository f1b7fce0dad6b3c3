// The marker as the operator keeps it: right, changed now and then, and in turns that nobody else disturbs.
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { type Marker, markerPolicy } from '../canary/marker.ts';
import type { RawObject } from '../kube/resource.ts';
import { CanaryMarker, type MarkerFacts } from './canary-marker.ts';

const few = ['n1', 'n2'];
const many = Array.from({ length: 45 }, (_, index) => `n${10 + index}`);

let written: Marker[];
let clients: readonly string[];
let marker: CanaryMarker;

beforeEach(() => {
  jest.useFakeTimers();
  written = [];
  clients = many;
  marker = new CanaryMarker({
    clientNodes: async () => clients,
    writeMarker: async (next) => void written.push(next),
  });
});
afterEach(() => {
  jest.useRealTimers();
});

/** The stored policy of a marker. */
function stored(of: Marker): RawObject {
  const { metadata, spec } = markerPolicy(of);
  return { metadata: { ...metadata, uid: 'u', resourceVersion: '1' }, spec };
}

/** Looks, with what was written last in the cluster unless `policies` say otherwise. */
async function keep(more: Partial<MarkerFacts> = {}): Promise<Marker | undefined> {
  const last = written.at(-1);
  const before = written.length;
  const policies = last === undefined ? [] : [stored(last)];
  await marker.keep({
    policies,
    nodes: few,
    failing: [],
    isReported: true,
    isDisturbed: false,
    isWanted: false,
    ...more,
  });
  return written.length > before ? written.at(-1) : undefined;
}

const pass = (seconds: number) => jest.advanceTimersByTime(seconds * 1000);

test('it is made, changed once soon so that it can be measured, and then every ten minutes', async () => {
  expect(await keep({ isReported: false })).toEqual({ number: 1 });
  pass(30);
  expect(await keep()).toBeUndefined();
  pass(31);
  expect(await keep()).toEqual({ number: 2 });
  pass(599);
  expect(await keep()).toBeUndefined();
  pass(2);
  expect(await keep()).toEqual({ number: 3 });
});

test('it is put right, under a number that no client knows', async () => {
  await keep();
  await keep({ policies: [stored({ number: 41 })] });
  expect(await keep({ policies: [] })).toEqual({ number: 42 });
  const edited = {
    ...stored({ number: 42 }),
    spec: { podSelector: {}, policyTypes: ['Egress'], egress: [{}] },
  };
  expect(await keep({ policies: [edited] })).toEqual({ number: 43 });
});

test("it is changed as soon as somebody wants that, and that is nobody's turn", async () => {
  await keep({ nodes: many });
  const turn = { turn: 0, nodes: written[0]?.nodes };
  expect(turn.nodes).toHaveLength(20);
  expect(await keep({ nodes: many, isWanted: true })).toEqual({ number: 2, ...turn });
  expect(marker.sent).toEqual({ number: 2, sentAt: performance.now() });
  // Wanted or not, others have their turn when it is time for that.
  pass(601);
  const next = await keep({ nodes: many, isWanted: true });
  expect(next).toMatchObject({ number: 3, turn: 1 });
  expect(next?.nodes).not.toEqual(turn.nodes);
});

test('only nodes with a client have a turn, and those where something is wrong keep it', async () => {
  clients = many.slice(15);
  const failing = [many[40] ?? ''];
  for (let turn = 0; turn < 5; turn += 1) {
    pass(700);
    const next = await keep({ nodes: many, failing });
    expect(clients).toEqual(expect.arrayContaining([...(next?.nodes ?? [])]));
    expect(next?.nodes).toContain(failing[0]);
  }
});

test('while the canary is disturbed nobody has a turn, and afterwards all measure anew', async () => {
  await keep({ nodes: many });
  const { nodes, ...first } = written[0] ?? {};
  expect(await keep({ nodes: many, isDisturbed: true })).toEqual({ ...first, nodes: [] });
  pass(700);
  expect(await keep({ nodes: many, isDisturbed: true, isWanted: true })).toBeUndefined();
  const next = await keep({ nodes: many });
  expect(next).toMatchObject({ number: 2, turn: 1 });
  expect(next?.nodes).toHaveLength(20);
  // A marker that others edited while it was disturbed is put right.
  expect(await keep({ policies: [], isDisturbed: true })).toEqual({ number: 3, nodes: [] });
  expect(await keep()).toEqual({ number: 4 });
});
