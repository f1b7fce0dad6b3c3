// Every folder in cases/ has an input as people write it, and what is made of it as files. `UPDATE_GOLDEN=1` rewrites
// these: look at the difference before you keep it, each line of it is a claim about somebody's cluster.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import type { AppNetworkProfile } from '../src/api/app-network-profile.ts';
import { egressModes } from '../src/api/egress.ts';
import { routeEnds } from '../src/routes/index.ts';
import { routeSides } from '../src/routes/route-end.ts';
import { cellsOf, inputFiles, outcomeOf, samplesFolder, samplesOf } from './golden-case.ts';
import { expectGolden } from './golden-folder.ts';

const cases = join(import.meta.dirname, 'cases');

describe('a golden folder', () => {
  test.each(readdirSync(cases).sort())(
    '%s has the policies, findings and plans that are written in it',
    (name) => {
      const folder = join(cases, name);
      expectGolden(folder, inputFiles, outcomeOf(folder));
    },
  );

  test('shows each sample', () => {
    const shown = new Set(readdirSync(cases).flatMap((name) => samplesOf(join(cases, name))));
    const samples = readdirSync(samplesFolder, { recursive: true, encoding: 'utf8' });
    // Nothing is compiled from workloads: docs/pictures/shop.svg shows these.
    const compiled = samples.filter((path) => path.endsWith('.yaml') && !path.startsWith('workloads/'));
    expect([...shown].sort()).toEqual(compiled.sort());
  });

  test('shows each end of a route in each egress mode, at each side at which it may stand', () => {
    const shown = new Set(readdirSync(cases).flatMap((name) => cellsOf(join(cases, name))));
    const cells = egressModes.flatMap((mode) =>
      routeEnds.flatMap(({ name }) => routeSides.map((side) => `${mode} ${side} ${name}`)),
    );
    expect(cells.filter((cell) => !shown.has(cell))).toEqual([]);
  });

  test('shows each end of a route as a sample, at both sides', () => {
    for (const { name } of routeEnds) {
      const file = join(samplesFolder, `ends/${name}.yaml`);
      const documents = parseAllDocuments(readFileSync(file, 'utf8')).map((each) => each.toJS());
      const { spec } = documents.at(-1) as AppNetworkProfile;
      for (const side of routeSides) {
        expect(spec.routes.map((route) => Object.keys(route[side]))).toContainEqual([name]);
      }
    }
  });
});
