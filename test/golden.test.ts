// Every folder in cases/ has an input as people write it, and what is made of it as files. `UPDATE_GOLDEN=1` rewrites
// these: look at the difference before you keep it, each line of it is a claim about somebody's cluster.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import type { AppNetworkProfile } from '../src/api/app-network-profile.ts';
import { routeEnds } from '../src/routes/index.ts';
import { inputFiles, outcomeOf, samplesFolder, samplesOf } from './golden-case.ts';

const cases = join(import.meta.dirname, 'cases');
const isUpdating = process.env.UPDATE_GOLDEN === '1';

describe('a golden folder', () => {
  test.each(readdirSync(cases).sort())(
    '%s has the policies, findings and plans that are written in it',
    (name) => {
      const folder = join(cases, name);
      const outcome = outcomeOf(folder);
      for (const [file, text] of Object.entries(outcome)) {
        const path = join(folder, file);
        if (isUpdating) writeFileSync(path, text);
        if (!existsSync(path)) {
          throw new Error(
            `${name}/${file} is missing: write it with \`UPDATE_GOLDEN=1\` and read it before you keep it`,
          );
        }
        expect(readFileSync(path, 'utf8')).toBe(text);
      }
      const inputs = inputFiles.filter((file) => existsSync(join(folder, file)));
      expect(inputs).not.toHaveLength(0);
      expect(readdirSync(folder).sort()).toEqual([...inputs, ...Object.keys(outcome)].sort());
    },
  );

  test('shows each sample', () => {
    const shown = new Set(readdirSync(cases).flatMap((name) => samplesOf(join(cases, name))));
    const samples = readdirSync(samplesFolder, { recursive: true, encoding: 'utf8' });
    // Nothing is compiled from workloads: docs/pictures/shop.svg shows these.
    const compiled = samples.filter((path) => path.endsWith('.yaml') && !path.startsWith('workloads/'));
    expect([...shown].sort()).toEqual(compiled.sort());
  });

  test('shows each end of a route, at both sides', () => {
    for (const { name, sides } of routeEnds) {
      const file = join(samplesFolder, `ends/${name}.yaml`);
      const documents = parseAllDocuments(readFileSync(file, 'utf8')).map((each) => each.toJS());
      const { spec } = documents.at(-1) as AppNetworkProfile;
      for (const side of sides) {
        expect(spec.routes.map((route) => Object.keys(route[side]))).toContainEqual([name]);
      }
    }
  });
});
