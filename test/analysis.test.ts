// Every folder in analysis/ has policies as people write them, and what they mean as files. `UPDATE_GOLDEN=1` rewrites these:
// look at the difference before you keep it, each line of it is a claim about who reaches whom.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { analysisFiles, analysisOutcome, commonCluster } from './analysis-case.ts';

const cases = join(import.meta.dirname, 'analysis');
const isUpdating = process.env.UPDATE_GOLDEN === '1';

describe('a golden folder of the analysis', () => {
  test.each(
    readdirSync(cases)
      .filter((name) => name !== commonCluster)
      .sort(),
  )('%s says what is written in it', (name) => {
    const folder = join(cases, name);
    const outcome = analysisOutcome(folder);
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
    const inputs = analysisFiles.filter((file) => existsSync(join(folder, file)));
    expect(readdirSync(folder).sort()).toEqual([...inputs, ...Object.keys(outcome)].sort());
  });
});
