// A watched kind is an entry in `Stores` and a decoder. What else has to follow, these tests ask for.
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import type { Resource } from '../kube/resource.ts';
import type { Identified } from '../kube/store.ts';
import { type AnyResource, Stores } from './stores.ts';

type AnyKind = AnyResource & Pick<Resource<Identified>, 'writes' | 'reportsStatus'>;

function allKinds(): readonly AnyKind[] {
  const kinds: AnyKind[] = [];
  new Stores().each((resource) => kinds.push(resource));
  return kinds;
}

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
  const needed = allKinds().flatMap(({ name, writes = [], reportsStatus }) => [
    [name, ['list', 'watch', ...writes]] as const,
    ...(reportsStatus ? [[`${name}/status`, ['patch']] as const] : []),
  ]);
  const expected = new Map<string, readonly string[]>([
    ...needed,
    ['events.events.k8s.io', ['create']],
    ['leases.coordination.k8s.io', ['create', 'get', 'update']],
  ]);
  expect(Object.fromEntries(granted())).toEqual(Object.fromEntries(expected));
});
