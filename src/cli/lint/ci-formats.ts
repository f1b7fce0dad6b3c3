// Findings in the formats of build systems: SARIF, annotations of GitHub Actions, JUnit.
// Must not know how a finding came about, nor its text for a terminal.
import { type FindingCode, findingKinds, type Severity } from '../../model/findings.ts';
import type { Print } from '../output/formats.ts';
import { adviceOf, objectOf, type PlacedFinding } from './placed-findings.ts';

type PrintFindings = Print<readonly PlacedFinding[]>;

const levels: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'note' };

/** SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html), for code scanning. */
export const sarif: PrintFindings = (findings) => {
  const codes = [...new Set(findings.map(({ finding }) => finding.code))].sort();
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'ringfence', rules: codes.map(sarifRule) } },
        results: findings.map(sarifResult),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
};

function sarifRule(code: FindingCode) {
  const { severity, meaning } = findingKinds[code];
  return {
    id: code,
    shortDescription: { text: meaning },
    defaultConfiguration: { level: levels[severity] },
  };
}

function sarifResult(placed: PlacedFinding) {
  const { finding, severity, place } = placed;
  const physicalLocation = place && {
    artifactLocation: { uri: encodeURI(place.file) },
    ...(place.place && { region: { startLine: place.place.line, startColumn: place.place.column } }),
  };
  const logicalLocations = [{ fullyQualifiedName: objectOf(placed), kind: 'object' }];
  return {
    ruleId: finding.code,
    level: levels[severity],
    message: { text: textOf(placed) },
    locations: [{ ...(physicalLocation && { physicalLocation }), logicalLocations }],
  };
}

/**
 * Workflow commands that annotate a change
 * (https://docs.github.com/actions/reference/workflow-commands-for-github-actions#setting-an-error-message).
 */
export const github: PrintFindings = (findings) =>
  findings
    .map((placed) => {
      const { finding, severity, place } = placed;
      const command = severity === 'info' ? 'notice' : severity;
      const properties = Object.entries({
        file: place?.file,
        line: place?.place?.line,
        col: place?.place?.column,
        title: finding.code,
      }).flatMap(([name, value]) =>
        value === undefined ? [] : [`${name}=${escapeProperty(String(value))}`],
      );
      const text = place === undefined ? `${objectOf(placed)}: ${textOf(placed)}` : textOf(placed);
      return `::${command} ${properties.join(',')}::${escapeData(text)}\n`;
    })
    .join('');

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** JUnit XML: each finding is a test case, and an error or a warning is a failed one. */
export const junit: PrintFindings = (findings) => {
  const failures = findings.filter(({ severity }) => severity !== 'info').length;
  // Some readers refuse a suite without a case.
  const nothing = ['    <testcase classname="ringfence" name="nothing found"/>'];
  const cases = findings.length === 0 ? nothing : findings.map(junitCase);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    `  <testsuite name="ringfence lint" tests="${cases.length}" failures="${failures}">`,
    ...cases,
    '  </testsuite>',
    '</testsuites>\n',
  ].join('\n');
};

function junitCase(placed: PlacedFinding): string {
  const { finding, severity, place } = placed;
  const where = place === undefined ? '' : `${place.file}:${place.place?.line ?? 1}: `;
  const element = severity === 'info' ? 'system-out' : 'failure';
  const attributes = severity === 'info' ? '' : ` type="${severity}" message="${escapeXml(finding.message)}"`;
  const body = `<${element}${attributes}>${escapeXml(where + textOf(placed))}</${element}>`;
  const head = `classname="${finding.code}" name="${escapeXml(objectOf(placed))}"`;
  return `    <testcase ${head}>${body}</testcase>`;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 can't hold these characters, escaped or not
const notInXml = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

function escapeXml(text: string): string {
  return text
    .replace(notInXml, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;');
}

function textOf(placed: PlacedFinding): string {
  return `${placed.finding.message}\n${adviceOf(placed)}`.trimEnd();
}
