// What `explain` suggests is pasted, as a person would, and asked again.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { useTool } from '../../test/cli/use-tool.ts';

const folder = join(import.meta.dirname, '../../test/cli/sessions/explain');
const tool = useTool();

/** A policy of somebody else, which lets nothing out of `namespace`. */
const closed = (namespace: string) => `
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: nothing-out, namespace: ${namespace}}
spec: {podSelector: {}, policyTypes: [Egress]}
`;

interface Written {
  readonly kind: string;
  readonly metadata: { readonly namespace?: string; readonly name: string };
}

interface Told {
  readonly allowed: boolean;
  readonly suggestion?: string;
  readonly notes: readonly string[];
}

/** The objects of the session, as YAML documents. */
const objects = ['platform.yaml', 'cluster.yaml'].map((file) => readFileSync(join(folder, file), 'utf8'));

/** Asks after somebody has applied some texts, one after the other. */
async function ask(question: string, ...texts: readonly string[]): Promise<Told> {
  const stored = [...objects, ...texts].flatMap((text) =>
    parseAllDocuments(text).flatMap((document) => (document.toJS() ?? []) as Written),
  );
  const latest = new Map(
    stored.map((object) => [[object.kind, object.metadata.namespace, object.metadata.name].join(), object]),
  );
  const { stdout, stderr, exitCode } = await tool.run(`ringfence explain -f - ${question} -o json`, {
    input: [...latest.values()].map((object) => stringify(object)).join('---\n'),
  });
  expect(stderr).toBe('');
  const told = JSON.parse(stdout) as Told;
  expect(exitCode).toBe(told.allowed ? 0 : 1);
  return told;
}

function routesIn(profile = ''): readonly string[] {
  const { spec } = parse(profile) as { readonly spec: { readonly routes: readonly { name: string }[] } };
  return spec.routes.map(({ name }) => name);
}

describe('what is suggested', () => {
  test.each([
    ['within a namespace', 'shop/mongo shop/web 3000', ''],
    ['without a port', 'shop/mongo shop/web', ''],
    ['from another namespace', 'shop-admin/console shop/mongo 27017', ''],
    ['from a namespace that is not ringed', 'legacy/batch shop/mongo 27000-27999', ''],
    ['to a port that is named', 'shop-admin/console shop/web http', ''],
    ['to a Service', 'shop-admin/console service/shop/web 80', ''],
    ['from an address', '203.0.113.7 shop/web 3000', ''],
    ['from everywhere', '0.0.0.0/0 shop/web 3000', ''],
    ['into a namespace that is not ringed', 'legacy/batch legacy/db 5432', ''],
    ['where the way out is closed as well', 'legacy/batch shop/mongo 27017', closed('legacy')],
    ['where only the way out is closed', 'legacy/batch 203.0.113.7 443/UDP', closed('legacy')],
  ])('%s works when it is pasted', async (_, question, more) => {
    const before = await ask(question, more);
    expect(before.allowed).toBe(false);
    const after = await ask(question, more, `${before.suggestion}`);
    expect(after).toMatchObject({ allowed: true });
  });

  test('keeps the routes of a profile that exists, and adds one with a name of its own', async () => {
    const web = await ask('shop/mongo shop/web 3000');
    const twice = await ask('shop/mongo shop/web 3001', `${web.suggestion}`);
    expect(routesIn(twice.suggestion)).toEqual(['web-to-mongo', 'mongo-to-web', 'mongo-to-web-2']);
    const asked = ['shop/mongo shop/web 3000', 'shop/mongo shop/web 3001', 'shop/web shop/mongo 27017'];
    for (const question of asked)
      expect(await ask(question, `${twice.suggestion}`)).toMatchObject({ allowed: true });
  });

  test('is a route if the namespace has a ring, and a policy if it has none', async () => {
    const { suggestion } = await ask('legacy/batch shop/mongo 27017', closed('legacy'));
    expect(suggestion?.match(/^kind: .*/gm)).toEqual(['kind: AppNetworkProfile', 'kind: NetworkPolicy']);
  });

  test.each([
    ['within the namespace', 'shop/web shop/mongo 27017'],
    ['to an address', 'shop/web 203.0.113.7 443/UDP'],
  ])(
    'is nothing %s where somebody else closes a ringed namespace: that policy is named',
    async (_, question) => {
      const { suggestion, notes } = await ask(question, closed('shop'));
      expect(suggestion).toBeUndefined();
      expect(notes.at(-1)).toContain('`shop/nothing-out`, which Ringfence did not write, denies it');
    },
  );

  test('to a port of a Service that is asked of its pods opens the pods at their own port', async () => {
    const { suggestion } = await ask('shop-admin/console shop/web 80');
    expect(suggestion).toContain('3000');
    const after = await ask('shop-admin/console service/shop/web 80', `${suggestion}`);
    expect(after.allowed).toBe(true);
  });
});
