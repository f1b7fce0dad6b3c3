// A kind is an entry in the table of kinds with a decoder. What else has to follow, these tests and those of the triggers ask for.
import { globSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import type { Identified } from '../kube/store.ts';
import type { Kind } from './kind.ts';
import { kinds, watchedKinds, watchedNames } from './kinds.ts';

interface RbacRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** By resource with its group, what the operator may do with it. */
function granted(): ReadonlyMap<string, readonly string[]> {
  const documents = parseAllDocuments(readFileSync('config/rbac/operator.yaml', 'utf8'));
  const verbsOf = new Map<string, readonly string[]>();
  const rules = documents.flatMap((document) => (document.toJS() as { rules?: RbacRule[] }).rules ?? []);
  for (const { apiGroups, resources, verbs } of rules) {
    for (const group of apiGroups) {
      for (const resource of resources) {
        const [plural, subresource] = resource.split('/');
        const name = `${plural}${group === '' ? '' : `.${group}`}${subresource ? `/${subresource}` : ''}`;
        verbsOf.set(name, [...(verbsOf.get(name) ?? []), ...verbs]);
      }
    }
  }
  return verbsOf;
}

test('the operator may do with each kind what the kind says, and nothing with any other but Events and its lease', () => {
  const watched: readonly Pick<Kind<Identified>, 'name' | 'writes' | 'reportsStatus'>[] =
    Object.values(watchedKinds);
  const needed = watched.flatMap(({ name, writes = [], reportsStatus }) => [
    [name, ['list', 'watch', ...writes]] as const,
    ...(reportsStatus ? [[`${name}/status`, ['patch']] as const] : []),
  ]);
  const expected = new Map<string, readonly string[]>([
    ...needed,
    ['events.events.k8s.io', ['create']],
    ['leases.coordination.k8s.io', ['create', 'get', 'update', 'watch']],
  ]);
  expect(Object.fromEntries(granted())).toEqual(Object.fromEntries(expected));
});

test('the entries of different kinds differ, and only those that the operator watches are not for the tool alone', () => {
  expect(new Set(kinds.map(({ path }) => path)).size).toBe(kinds.length);
  expect(kinds.filter(({ onlyTool }) => onlyTool === undefined).map(({ name }) => name)).toEqual(
    watchedNames,
  );
});

test('every kind has an example: in a golden folder, a session, or a test of its decoder', () => {
  const files = globSync(['test/{cases,analysis,cli}/**/*.yaml', 'src/objects/*-{resources,input}.test.ts']);
  const examples = files.map((file) => readFileSync(file, 'utf8')).join('\n');
  const missing = kinds.filter(({ kind }) => !new RegExp(`\\b${kind}\\b`).test(examples));
  expect(missing.map(({ kind }) => kind)).toEqual([]);
});

test('the reference page of the metrics names every watched kind', () => {
  const page = readFileSync('docs/reference/metrics.md', 'utf8');
  expect(watchedNames.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});
