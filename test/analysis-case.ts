// One golden folder of the analysis: policies on the pods of cluster.yaml (policies.yaml), or a whole cluster (input.yaml);
// what somebody asks (asked.yaml) and what else could be (after.yaml); and what the analysis says, as texts to compare.
// Objects are read as the tool reads them. Must not know how texts are compared.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { type Analysis, analyze } from '../src/analyze/analysis.ts';
import { compare } from '../src/analyze/compare.ts';
import { type Connection, connectionsOf } from '../src/analyze/connections.ts';
import { type Endpoint, formatEndpoint } from '../src/analyze/endpoints.ts';
import type { Explanation, RuleReason, SideExplanation } from '../src/analyze/explain.ts';
import { formatKey } from '../src/model/object-key.ts';
import { formatPortSet } from '../src/model/port-set.ts';
import { parsePort } from '../src/model/ports.ts';
import { type ReadObjects, readAnalysisInput } from '../src/objects/analysis-input.ts';

/** The files that a case starts from; one of the first two is there. */
export const analysisFiles = ['policies.yaml', 'input.yaml', 'asked.yaml', 'after.yaml'] as const;

/** The cluster of the cases that have policies only. */
export const commonCluster = 'cluster.yaml';

interface Question {
  readonly from: string;
  readonly to: string;
  readonly port?: number | string;
}

/**
 * What the analysis says of the folder, by file.
 *
 * @throws if the input is not YAML
 */
export function analysisOutcome(folder: string): Readonly<Record<string, string>> {
  const has = (file: (typeof analysisFiles)[number]) => existsSync(join(folder, file));
  const read = has('input.yaml')
    ? readFiles(join(folder, 'input.yaml'))
    : readFiles(join(folder, '..', commonCluster), join(folder, 'policies.yaml'));
  const analysis = analyze(read.input);
  const problems = read.problems.map(({ path, message, index, object }) => ({
    path,
    message,
    index,
    object,
  }));
  return {
    'matrix.yaml': formatMatrix(analysis.connections()),
    ...(problems.length === 0 ? {} : { 'problems.yaml': write(problems) }),
    ...(has('asked.yaml') ? { 'answers.yaml': formatAnswers(analysis, join(folder, 'asked.yaml')) } : {}),
    ...(has('after.yaml') ? { 'difference.yaml': formatDifference(read, join(folder, 'after.yaml')) } : {}),
  };
}

function readFiles(...files: readonly string[]): ReadObjects {
  const objects = files.flatMap((file) =>
    parseAllDocuments(readFileSync(file, 'utf8')).map((document) => {
      if (document.errors.length > 0) throw new Error(`${file}: ${document.errors[0]?.message}`);
      return document.toJS() as unknown;
    }),
  );
  return readAnalysisInput(objects);
}

/** By source, what it reaches on which ports. */
function formatMatrix(connections: Iterable<Connection>): string {
  const bySource = Map.groupBy(connections, ({ from }) => formatEndpoint(from));
  if (bySource.size === 0) return '{}\n';
  const rows = [...bySource].map(([from, row]) => [
    from,
    Object.fromEntries(row.map(({ to, ports }) => [formatEndpoint(to), formatPortSet(ports)])),
  ]);
  return write(Object.fromEntries(rows));
}

function formatAnswers(analysis: Analysis, file: string): string {
  const questions = parse(readFileSync(file, 'utf8')) as readonly Question[];
  return write(
    questions.map(({ from, to, port }) => ({
      asked: `${from} -> ${to}${port === undefined ? '' : ` on ${port}`}`,
      answers: endsOf(analysis, from).flatMap((source) =>
        endsOf(analysis, to).flatMap((target) =>
          analysis.explain(source, target, readPort(port)).map(formatExplanation),
        ),
      ),
    })),
  );
}

/** `namespace/name`, an address or a CIDR. */
function endsOf(analysis: Analysis, text: string): readonly Endpoint[] {
  const [, namespace = '', name = ''] = /^([a-z][\w-]*)\/([\w-]+)$/.exec(text) ?? [];
  return name === '' ? [{ cidr: text }] : analysis.workloadsNamed(namespace, name);
}

function readPort(port: number | string | undefined) {
  if (port === undefined) return undefined;
  const parsed = parsePort(port);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

function formatExplanation({ from, to, ports, allowed, egress, ingress, notes }: Explanation): object {
  return {
    pair: `${formatEndpoint(from)} -> ${formatEndpoint(to)}`,
    allowed,
    ports: formatPortSet(ports),
    egress: formatSide(egress),
    ingress: formatSide(ingress),
    ...(notes.length === 0 ? {} : { notes: notes.map(({ code, message }) => `${code}: ${message}`) }),
  };
}

function formatSide({ standing, allows, rules, policies }: SideExplanation): object | string {
  if (policies.length === 0) return standing;
  return {
    allows,
    isolatedBy: policies.map(formatKey),
    ...(rules.length === 0 ? {} : { rules: rules.map(formatRule) }),
  };
}

function formatRule({ policy, rule, ports, allows, block }: RuleReason): string {
  const through = block === undefined ? '' : ` through ${block}`;
  return `${formatKey(policy)} rule ${rule}: ${formatPortSet(ports)}${through}${allows ? '' : ', not what is asked'}`;
}

function formatDifference({ input }: ReadObjects, file: string): string {
  const after = readFiles(file);
  if (after.problems.length > 0) throw new Error(`${file}: ${after.problems[0]?.message}`);
  const { gained, lost } = compare(input, { ...input, policies: after.input.policies });
  const told = { gained: formatMatrix(connectionsOf(gained)), lost: formatMatrix(connectionsOf(lost)) };
  return `gained:\n${indent(told.gained)}lost:\n${indent(told.lost)}`;
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ');
}

function write(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}
