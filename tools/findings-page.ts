// The reference page of the findings: the table of their codes, by severity.
// Must not know a code.
import { findingKinds, type Severity } from '../src/model/findings.ts';

const severities: readonly (readonly [Severity, string])[] = [
  ['error', 'Something that was asked for is not in force.'],
  ['warning', 'Something is probably not as intended.'],
  ['info', 'Something is worth knowing.'],
];

/** The page, in Markdown. */
export function findingsPage(): string {
  const sections = severities.map(([severity, meaning]) =>
    [
      `## ${severity}`,
      meaning,
      [
        '| Code | What it means |',
        '|---|---|',
        ...Object.entries(findingKinds)
          .filter(([, kind]) => kind.severity === severity)
          .sort(([a], [b]) => a.localeCompare(b, 'en'))
          .map(([code, kind]) => `| \`${code}\`${'linterOnly' in kind ? ' *' : ''} | ${kind.meaning} |`),
      ].join('\n'),
    ].join('\n\n'),
  );
  return `${[
    '<!-- Generated from the table of findings by `make generate`: change that, not this. -->',
    '# Findings',
    'Everything that Ringfence reports to people, each with a code. The code is the `reason` of a route in the status of its profile and of the Event, the label `code` of the metric `ringfence_findings`, and what `ringfence lint` and `ringfence status` print. Only these two find those with a star; most of them need pods.',
    ...sections,
  ].join('\n\n')}\n`;
}
