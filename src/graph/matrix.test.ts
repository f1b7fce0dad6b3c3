import { describe, expect, test } from '@jest/globals';
import { company, shop } from '../../test/drawn-clusters.ts';
import { analyze } from '../analyze/analysis.ts';
import { modelOf } from './from-analysis.ts';
import { matrixOf, needsMatrix } from './matrix.ts';

const model = modelOf(analyze(company()));
const matrix = matrixOf(model);
const nameOf = (room = -1) => model.rooms[room]?.name ?? '';
const names = matrix.groups.map((group) => group.map(nameOf));

describe('the matrix', () => {
  test('is for clusters with many namespaces', () => {
    expect(needsMatrix(model)).toBe(true);
    expect(needsMatrix(modelOf(analyze(shop())))).toBe(false);
  });

  test('has each room once, and each arrow in the cell of its ends', () => {
    expect(matrix.groups.flat().sort((a, b) => a - b)).toEqual([...model.rooms.keys()]);
    expect(matrix.cells.flatMap(({ members }) => members).sort((a, b) => a - b)).toEqual([
      ...model.arrows.keys(),
    ]);
    for (const { from, to, members } of matrix.cells) {
      for (const index of members) {
        const arrow = model.arrows[index];
        expect(model.places[arrow?.from ?? -1]?.room).toBe(from);
        expect(model.places[arrow?.to ?? -1]?.room).toBe(to);
      }
    }
  });

  test('begins with what nearly all are connected with, and ends with addresses', () => {
    expect(names[0]).toEqual(expect.arrayContaining(['ingress-nginx', 'monitoring']));
    expect(names.at(-1)).toEqual(['outside the cluster']);
  });

  test('puts those beside each other that rules connect', () => {
    const groupOf = (room: number) => matrix.groups.findIndex((group) => group.includes(room));
    const across = matrix.cells.filter(
      ({ from, to, unfenced }) => from !== to && !unfenced && groupOf(from) > 0 && groupOf(to) > 0,
    );
    const within = across.filter(({ from, to }) => groupOf(from) === groupOf(to));
    expect(within.length).toBeGreaterThan(across.length * 0.8);
    for (const group of names.slice(1, -1)) expect(group).toEqual([...group].sort());
  });

  test('tells apart what no policy isolates', () => {
    const toOpen = matrix.cells.filter(({ to }) => nameOf(to) === 'media-staging');
    expect(toOpen.filter(({ unfenced }) => unfenced).length).toBeGreaterThan(10);
    const cell = matrix.cells.find(
      ({ from, to }) => nameOf(from) === 'monitoring' && nameOf(to) === 'catalog-prod',
    );
    expect(cell?.unfenced).toBe(false);
  });
});
