// What the closing line of the test command says of what jest itself reports.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { closingLine, type JestReport, readCounts } from './suite-counts.ts';

test('a suite in which everything ran says that nothing was skipped', () => {
  expect(closingLine({ passed: 3, failed: 0, skipped: [] })).toBe('3 passed, 0 failed, 0 skipped');
});

test('what did not run is counted and named, by the report that jest itself writes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-skipped-'));
  try {
    writeFileSync(
      join(folder, 'some.test.js'),
      [
        "test('passes', () => {});",
        "test('fails', () => { throw new Error('meant') });",
        "describe.skip('a shell', () => { test('that is not there', () => {}); });",
        "test.skip('alone', () => {});",
        "test.todo('later');",
      ].join('\n'),
    );
    writeFileSync(join(folder, 'unreadable.test.js'), 'this is no program');
    const report = join(folder, 'report.json');
    const jest = ['node_modules/jest/bin/jest.js', '--rootDir', folder, '--config', '{}', '--json'];
    spawnSync(process.execPath, [...jest, `--outputFile=${report}`], { stdio: 'ignore' });
    const counts = readCounts(JSON.parse(readFileSync(report, 'utf8')) as JestReport, () => 'FILE');
    expect(closingLine(counts)).toBe(
      '1 passed, 2 failed, 3 skipped (FILE: a shell that is not there; FILE: alone; FILE: later)',
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
