// Runs the named jest suites one after the other and closes with one line that adds them up and names what was skipped.
// It decides nothing about the tests themselves; jest's exit codes and counts are passed on.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { type Counts, closingLine, type JestReport, readCounts } from './suite-counts.ts';

/** Runs one jest project; a suite that cannot even load counts as one failure. */
function runSuite(suite: string, reports: string): Counts {
  const report = join(reports, `${suite}.json`);
  const jest = spawnSync(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      'node_modules/jest/bin/jest.js',
      '--selectProjects',
      suite,
      '--json',
      `--outputFile=${report}`,
      // Pure tests take every core; a control plane wants them for itself.
      suite === 'e2e' ? '--runInBand' : '--maxWorkers=100%',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  try {
    return readCounts(JSON.parse(readFileSync(report, 'utf8')) as JestReport, (file) => relative('.', file));
  } catch {
    process.stderr.write(`suite ${suite} ended with code ${jest.status} and no report\n`);
    return { passed: 0, failed: 1, skipped: [] };
  }
}

const reports = mkdtempSync(join(tmpdir(), 'ringfence-suites-'));
const results = process.argv.slice(2).map((suite) => runSuite(suite, reports));
rmSync(reports, { recursive: true });
const sum = (count: (each: Counts) => number) => results.reduce((total, each) => total + count(each), 0);
const counts: Counts = {
  passed: sum(({ passed }) => passed),
  failed: sum(({ failed }) => failed),
  skipped: results.flatMap(({ skipped }) => skipped),
};
process.stdout.write(`${closingLine(counts)}\n`);
process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1;
