// Runs the named jest suites one after the other and closes with one line that adds them up.
// It decides nothing about the tests themselves; jest's exit codes and counts are passed on.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface JestTotals {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numFailedTestSuites: number;
  readonly numRuntimeErrorTestSuites: number;
}

/** Runs one jest project; a suite that cannot even load counts as one failure. */
function runSuite(suite: string, reports: string): { passed: number; failed: number } {
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
    const totals = JSON.parse(readFileSync(report, 'utf8')) as JestTotals;
    return {
      passed: totals.numPassedTests,
      failed: totals.numFailedTests + totals.numRuntimeErrorTestSuites,
    };
  } catch {
    process.stderr.write(`suite ${suite} ended with code ${jest.status} and no report\n`);
    return { passed: 0, failed: 1 };
  }
}

const reports = mkdtempSync(join(tmpdir(), 'ringfence-suites-'));
const suites = process.argv.slice(2);
let passed = 0;
let failed = 0;
for (const suite of suites) {
  const result = runSuite(suite, reports);
  passed += result.passed;
  failed += result.failed;
}
rmSync(reports, { recursive: true });
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
