// Runs the named jest suites one after the other, tells how long each part took, and closes with one line that adds them up and names
// what was skipped.
// A suite is a jest project, or a part of the end-to-end tests, as in `e2e/faults` or `e2e/ring/frozen`.
// It decides nothing about the tests themselves; jest's exit codes and counts are passed on.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { type Counts, closingLine, type JestReport, readCounts } from './suite-counts.ts';
import { markedParts, type Part, timeTable } from './suite-times.ts';
import { testFiles } from './test-files.ts';

/** Its name, and the files that are run; all of the project when there are none. */
interface Suite {
  readonly name: string;
  readonly files: readonly string[];
}

interface Result {
  readonly counts: Counts;
  readonly part: Part;
}

/** Runs one suite; a suite that cannot even load counts as one failure. */
function runSuite({ name, files }: Suite, report: string): Result {
  const start = Date.now();
  const project = name.replace(/\/.*/, '');
  const jest = spawnSync(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      'node_modules/jest/bin/jest.js',
      '--selectProjects',
      project,
      '--json',
      `--outputFile=${report}`,
      // Pure tests take every core. Those with a control plane mostly wait, so two run side by side on any machine.
      project === 'e2e' ? '--maxWorkers=2' : '--maxWorkers=100%',
      ...(files.length === 0 ? [] : ['--runTestsByPath', ...files]),
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const part = { name, start, end: Date.now() };
  try {
    const result = JSON.parse(readFileSync(report, 'utf8')) as JestReport;
    const short = (file: string) => relative('.', file);
    const ran = result.testResults.map((each) => ({ ...each, name: short(each.name) }));
    return { counts: readCounts(result, short), part: { ...part, files: ran } };
  } catch {
    process.stderr.write(`suite ${name} ended with code ${jest.status} and no report\n`);
    return { counts: { passed: 0, failed: 1, skipped: [] }, part };
  }
}

/** @throws Error if the words name a test that is not there */
function runAll(words: readonly string[]): readonly Result[] {
  const suites = words.map((name) => ({ name, files: name.includes('/') ? testFiles(name) : [] }));
  const reports = mkdtempSync(join(tmpdir(), 'ringfence-suites-'));
  const results = suites.map((suite, index) => runSuite(suite, join(reports, `${index}.json`)));
  rmSync(reports, { recursive: true });
  return results;
}

function addUp(all: readonly Counts[]): Counts {
  const sum = (count: (each: Counts) => number) => all.reduce((total, each) => total + count(each), 0);
  return {
    passed: sum(({ passed }) => passed),
    failed: sum(({ failed }) => failed),
    skipped: all.flatMap(({ skipped }) => skipped),
  };
}

try {
  const before = markedParts(process.env.PARTS ?? '', Date.now());
  const results = runAll(process.argv.slice(2));
  const counts = addUp(results.map((each) => each.counts));
  const times = timeTable([...before, ...results.map(({ part }) => part)]);
  process.stdout.write(`${times}\n${closingLine(counts)}\n`);
  process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1;
} catch (error) {
  process.stderr.write(`error: ${(error as Error).message}\n`);
  process.exitCode = 2;
}
