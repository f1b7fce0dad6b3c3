// The result of a suite, from jest's report, as one line, which names every skipped test.
// Runs no test.

/** What is read of jest's `--json` report. */
export interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  /** Files that could not even be loaded. */
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: readonly {
    /** The file. */
    readonly name: string;
    /** In milliseconds since 1970. */
    readonly startTime: number;
    readonly endTime: number;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** How many tests did what, and which did not run, each as `FILE: NAME`. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly string[];
}

/** Jest's words for a test that did not run: skipped by its file, by a filter, or not written yet. */
const notRun: readonly string[] = ['pending', 'skipped', 'disabled', 'todo'];

/** @param short makes the name of a file short */
export function readCounts(report: JestReport, short: (file: string) => string): Counts {
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
    skipped: report.testResults.flatMap(({ name, assertionResults }) =>
      assertionResults
        .filter(({ status }) => notRun.includes(status))
        .map(({ fullName }) => `${short(name)}: ${fullName}`),
    ),
  };
}

/** As in `812 passed, 0 failed, 1 skipped (e2e/cli/completion.test.ts: fish completes verbs)`. */
export function closingLine({ passed, failed, skipped }: Counts): string {
  const names = skipped.length === 0 ? '' : ` (${skipped.join('; ')})`;
  return `${passed} passed, ${failed} failed, ${skipped.length} skipped${names}`;
}
