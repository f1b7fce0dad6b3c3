// Whose turn it is in a cluster with more nodes than the canary tests at one time.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isNobodysTurn, markerPolicy, nextTurn, readMarker, type Turn, takesPart } from './marker.ts';

const names = (count: number) => Array.from({ length: count }, (_, index) => `n${index}`);

const turns = (all: readonly string[], count: number, stay: readonly string[] = []): readonly Turn[] => {
  const found: Turn[] = [];
  for (let index = 0; index < count; index += 1) found.push(nextTurn(all, found.at(-1), { most: 20, stay }));
  return found;
};

describe('a turn', () => {
  test('has all nodes where these are few', () => {
    expect(nextTurn(names(20), undefined, { most: 20, stay: [] })).toEqual({});
    expect(takesPart({}, 'n7')).toBe(true);
  });

  test('has twenty of many, comes to each node, and leaves half of them where they are', () => {
    fc.assert(
      fc.property(fc.integer({ min: 21, max: 120 }), (count) => {
        const all = names(count);
        const found = turns(all, Math.ceil(count / 5));
        expect(new Set(found.map(({ nodes }) => nodes?.length))).toEqual(new Set([20]));
        expect(new Set(found.flatMap(({ nodes = [] }) => nodes)).size).toBe(count);
        for (const [index, { nodes = [] }] of found.slice(1).entries())
          expect(nodes.filter((node) => takesPart(found[index] ?? {}, node)).length).toBeGreaterThanOrEqual(
            10,
          );
      }),
    );
  });

  test('keeps a node on which something is wrong, and still comes to all others', () => {
    const stay = ['n33', 'n34', 'gone'];
    const found = turns(names(45), 9, stay);
    for (const turn of found) {
      expect(turn.nodes).toHaveLength(20);
      expect([takesPart(turn, 'n33'), takesPart(turn, 'n34'), takesPart(turn, 'gone')]).toEqual([
        true,
        true,
        false,
      ]);
    }
    expect(new Set(found.flatMap(({ nodes = [] }) => nodes)).size).toBe(45);
  });

  test('is not all about nodes on which something is wrong', () => {
    const found = turns(names(45), 9, names(45));
    expect(new Set(found.flatMap(({ nodes = [] }) => nodes)).size).toBe(45);
  });
});

test('a marker is read as it is written, and nothing else is one', () => {
  const marker = { number: 12, turn: 3, nodes: ['a', 'b'] };
  expect(readMarker(markerPolicy(marker).metadata.annotations)).toEqual(marker);
  expect(readMarker(markerPolicy({ number: 0 }).metadata.annotations)).toEqual({ number: 0 });
  for (const number of ['', '-1', '1.5', 'x', '1e3', '9'.repeat(16)])
    expect(readMarker({ 'canary.ringfence.dev/marker': number })).toBeUndefined();
  expect(readMarker(undefined)).toBeUndefined();
});

test("nobody's turn is read as it is written, and nobody takes part", () => {
  const marker = { number: 3, turn: 7, nodes: [] };
  const read = readMarker(markerPolicy(marker).metadata.annotations);
  expect(read).toEqual(marker);
  expect([isNobodysTurn(marker), takesPart(marker, ''), takesPart(marker, 'n1')]).toEqual([
    true,
    false,
    false,
  ]);
  expect(isNobodysTurn({})).toBe(false);
});
