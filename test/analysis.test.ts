// Every folder in analysis/ has policies as people write them, and what they mean as files. `UPDATE_GOLDEN=1` rewrites these:
// look at the difference before you keep it, each line of it is a claim about who reaches whom.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from '@jest/globals';
import { analysisFiles, analysisOutcome, commonCluster } from './analysis-case.ts';
import { expectGolden } from './golden-folder.ts';

const cases = join(import.meta.dirname, 'analysis');

describe('a golden folder of the analysis', () => {
  test.each(
    readdirSync(cases)
      .filter((name) => name !== commonCluster)
      .sort(),
  )('%s says what is written in it', (name) => {
    const folder = join(cases, name);
    expectGolden(folder, analysisFiles, analysisOutcome(folder));
  });
});
