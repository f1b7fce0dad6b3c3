// A CRD that changes under a running operator: its open watches go on with the schema of before for a while, and what is edited
// meanwhile comes to it without its new fields. It finds them all the same, without another edit.
import { test } from '@jest/globals';
import { profilePath } from '../cluster.ts';
import { becomesRight, platformSpec } from '../support/expected-policies.ts';
import { loosen, scribble } from '../support/loosened-schema.ts';
import { onCluster } from '../support/on-cluster.ts';

const { cluster, proxy } = onCluster({
  proxy: true,
  namespaces: ['shop'],
  platform: platformSpec,
  beforeOperator: ({ cluster }) => cluster.createProfile('shop', 'web', { routes: [] }),
  operator: {},
  afterOperator: ({ cluster }) => becomesRight(cluster, ['shop']),
});

interface Profile {
  readonly spec: { readonly later?: number };
}

test('a profile that is edited while watches have the old schema is known with its new field when they end', async () => {
  const profile = profilePath('shop', 'web');
  // The answer to a status that is written shows the whole profile, too: nothing but the watch is to tell of it.
  proxy().inject({ method: 'PATCH', path: /\/appnetworkprofiles\//, act: { kind: 'answer', status: 503 } });
  await loosen(cluster, 'appnetworkprofiles');
  // The only edit that the new schema stores.
  await scribble<Profile>(cluster, profile, { spec: { later: 1 } }, ({ spec }) => spec.later === 1);
  await cluster.eventually(
    'the operator wants to tell of the new field',
    async () => proxy().seen.some(({ method, body }) => method === 'PATCH' && body.includes('spec.later')),
    { timeoutMs: 300_000 },
  );
});
