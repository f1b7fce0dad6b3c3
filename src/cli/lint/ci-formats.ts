// Findings in the formats of build systems: SARIF, annotations of GitHub Actions, JUnit; also why the input can't be linted.
// Must not know how a finding came about, nor its text for a terminal.
import { findingKinds, type Severity } from '../../model/findings.ts';
import { compareText } from '../../model/object-key.ts';
import type { InputProblem } from '../input/problems.ts';
import type { Print } from '../output/formats.ts';
import { escapeXml, junitReport } from '../output/xml.ts';
import { adviceOf, objectOf, type PlacedFinding } from './placed-findings.ts';

/** What a build system shows: a finding, or a problem of the input. */
interface Annotation {
  readonly code: string;
  readonly severity: Severity;
  /** What the code means. */
  readonly meaning: string;
  /** Absent for a problem of the input. */
  readonly object?: string;
  readonly place?: Pick<InputProblem, 'file' | 'place'>;
  readonly message: string;
  /** The message, and what to do about it. */
  readonly text: string;
}

function annotationOf(placed: PlacedFinding): Annotation {
  const { finding, severity, place } = placed;
  const { code, message } = finding;
  return {
    ...{ code, severity, meaning: findingKinds[code].meaning, object: objectOf(placed), message },
    ...(place && { place }),
    text: `${message}\n${adviceOf(placed)}`.trimEnd(),
  };
}

function problemAsAnnotation({ file, place, message, hint = '' }: InputProblem): Annotation {
  return {
    code: 'InvalidInput',
    severity: 'error',
    meaning: "a file can't be read, or an object in it is not valid: nothing is checked",
    place: { file, place },
    message,
    text: `${message}\n${hint}`.trimEnd(),
  };
}

const levels: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'note' };

/** SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html), for code scanning. */
function sarif(annotations: readonly Annotation[]): string {
  const rules = new Map(annotations.map((each) => [each.code, sarifRule(each)]));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: 'ringfence', rules: [...rules.values()].sort((a, b) => compareText(a.id, b.id)) },
        },
        results: annotations.map(sarifResult),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function sarifRule({ code, severity, meaning }: Annotation) {
  return {
    id: code,
    shortDescription: { text: meaning },
    defaultConfiguration: { level: levels[severity] },
  };
}

function sarifResult({ code, severity, place, object, text }: Annotation) {
  const physicalLocation = place && {
    artifactLocation: { uri: encodeURI(place.file) },
    ...(place.place && { region: { startLine: place.place.line, startColumn: place.place.column } }),
  };
  const logicalLocations = object === undefined ? [] : [{ fullyQualifiedName: object, kind: 'object' }];
  return {
    ruleId: code,
    level: levels[severity],
    message: { text },
    locations: [
      {
        ...(physicalLocation && { physicalLocation }),
        ...(logicalLocations.length > 0 && { logicalLocations }),
      },
    ],
  };
}

/**
 * Workflow commands that annotate a change
 * (https://docs.github.com/actions/reference/workflow-commands-for-github-actions#setting-an-error-message).
 */
function github(annotations: readonly Annotation[]): string {
  const commands = annotations.map(({ code, severity, place, object, text }) => {
    const command = severity === 'info' ? 'notice' : severity;
    const properties = Object.entries({
      file: place?.file,
      line: place?.place?.line,
      col: place?.place?.column,
      title: code,
    }).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${escapeProperty(String(value))}`]));
    const shown = place === undefined ? `${object}: ${text}` : text;
    return `::${command} ${properties.join(',')}::${escapeData(shown)}\n`;
  });
  return commands.join('');
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** JUnit XML: each finding is a test case, and an error or a warning is a failed one. */
function junit(annotations: readonly Annotation[]): string {
  const failures = annotations.filter(({ severity }) => severity !== 'info').length;
  // Some readers refuse a suite without a case.
  const nothing = ['    <testcase classname="ringfence" name="nothing found"/>'];
  const cases = annotations.length === 0 ? nothing : annotations.map(junitCase);
  return junitReport('ringfence lint', cases, failures);
}

function junitCase({ code, severity, place, object, message, text }: Annotation): string {
  const where = place === undefined ? '' : `${place.file}:${place.place?.line ?? 1}: `;
  const element = severity === 'info' ? 'system-out' : 'failure';
  const attributes = severity === 'info' ? '' : ` type="${severity}" message="${escapeXml(message)}"`;
  const body = `<${element}${attributes}>${escapeXml(where + text)}</${element}>`;
  const head = `classname="${code}" name="${escapeXml(object ?? place?.file ?? '')}"`;
  return `    <testcase ${head}>${body}</testcase>`;
}

const formats = { sarif, github, junit } as const;

function eachFormat<Entry>(annotate: (entry: Entry) => Annotation) {
  const print = (write: (annotations: readonly Annotation[]) => string) => (entries: readonly Entry[]) =>
    write(entries.map(annotate));
  return { sarif: print(formats.sarif), github: print(formats.github), junit: print(formats.junit) };
}

/** Findings, by the name of the format. */
export const findingFormats: Readonly<Record<keyof typeof formats, Print<readonly PlacedFinding[]>>> =
  eachFormat(annotationOf);

/** The problems of an input that can't be linted: a build system shows them where it shows findings. */
export const problemFormats: Readonly<Record<string, Print<readonly InputProblem[]>>> =
  eachFormat(problemAsAnnotation);
