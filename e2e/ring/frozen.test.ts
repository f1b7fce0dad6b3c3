// What stays of a profile that can't be read is still held to today's guardrails: a team that makes its profile unreadable, or
// whose CRD is of another version, gains nothing by it, neither in its own namespace nor by what it mirrors elsewhere.
import { describe, expect, test } from '@jest/globals';
import { conditionOf, denyEgress, denyIngress, dnsPolicy, profilePath } from '../cluster.ts';
import { comesToRest, enforced } from '../support/expected-policies.ts';
import { loosen, scribble, seesUnknownFields } from '../support/loosened-schema.ts';
import { onCluster } from '../support/on-cluster.ts';

const ring = [denyEgress, denyIngress, dnsPolicy];
const profile = profilePath('team', 'broken');
const base = {
  ...enforced,
  egress: 'Restricted',
  dns: { addresses: ['10.96.0.10'] },
  kubernetesAPI: { addresses: ['10.96.0.1'], ports: [443] },
  cluster: { podRanges: ['10.244.0.0/16'], serviceRanges: ['10.96.0.0/16'], nodeRanges: ['172.31.254.0/30'] },
};
const routes = [
  { name: 'everywhere', from: { app: 'web' }, to: { anywhere: {} } },
  { name: 'range', from: { app: 'web' }, to: { cidr: { cidr: '::1.2.3.4/128' } } },
  { name: 'here', from: { app: 'web' }, to: { app: 'sink' } },
  { name: 'pull', from: { namespace: { name: 'victim' } }, to: { app: 'sink' } },
];

const { cluster, operator, startOperator } = onCluster({
  namespaces: ['team', 'victim', 'bystander'],
  platform: base,
  operator: { settle: 0 },
  afterOperator: async ({ cluster }) => {
    await cluster.createProfile('team', 'broken', { routes });
    await cluster.platformCondition('Ready', 'True', 'Enforced');
  },
});

/** Edits the profile. */
async function edit(spec: { readonly colour: string | null; readonly routes?: object[] }): Promise<void> {
  const isStored = (stored: { spec: { colour?: string } }) =>
    stored.spec.colour === (spec.colour ?? undefined);
  await scribble(cluster, profile, { spec }, isStored);
}

/** What the policies of a namespace beside its ring let out and in. */
async function opened(namespace: string): Promise<string> {
  const policies = [...(await cluster.policies(namespace))].filter(([name]) => !ring.includes(name));
  return JSON.stringify(policies.map(([, { spec }]) => [spec.ingress, spec.egress]));
}

async function conditionIs(type: string, pattern: RegExp): Promise<void> {
  await cluster.eventually(
    `${type} matches ${pattern}`,
    async () => {
      const found = conditionOf(await cluster.profile('team', 'broken'), type);
      return pattern.test(`${found?.status} ${found?.reason}: ${found?.message}`);
    },
    { instead: async () => JSON.stringify((await cluster.profile('team', 'broken'))?.status?.conditions) },
  );
}

describe('a profile that becomes unreadable', () => {
  test('is readable at first, with an address of the deprecated form that embeds another', async () => {
    await conditionIs('Ready', /^True Programmed/);
    expect(await opened('team')).toContain('::1.2.3.4/128');
    expect(await opened('team')).toContain('0.0.0.0/0');
    await cluster.eventually('victim has the mirror', async () =>
      (await opened('victim')).includes('"team"'),
    );
  });

  test('keeps its policies as they were written, and its status names them', async () => {
    const before = [await cluster.policies('team'), await cluster.policies('victim')];
    await loosen(cluster, 'appnetworkprofiles');
    await seesUnknownFields(cluster, profile);
    await edit({ colour: 'blue' });
    await conditionIs('Accepted', /^False InvalidProfile: spec\.colour/);
    await conditionIs('Frozen', /^True InvalidProfile: .*`ringfence-broken-.* in `victim`$/);
    await comesToRest(cluster);
    expect([await cluster.policies('team'), await cluster.policies('victim')]).toEqual(before);
  });

  test('loses the rules that guardrails forbid from now on, also those of its mirrors elsewhere', async () => {
    const tight = { name: 'tight', namespaces: { names: ['*'] }, allow: { ends: ['app'] } };
    await cluster.platform({ ...base, rules: [tight] });
    await cluster.policiesAre('victim', ring);
    await cluster.eventually(
      'the wide routes are gone, and the one within the guardrails is not',
      async () => {
        const left = await opened('team');
        return !/ipBlock|namespaceSelector|\{\}/.test(left) && left.includes('sink');
      },
      { instead: () => opened('team') },
    );
    await comesToRest(cluster);
  });

  test('keeps only these rules over a restart, and when its wide routes leave a spec that is still unreadable', async () => {
    const before = await cluster.policies('team');
    await operator().stop();
    await startOperator();
    await operator().logged('caches synced');
    await edit({ routes: [], colour: 'red' });
    await conditionIs('Accepted', /^False InvalidProfile: spec\.colour/);
    await comesToRest(cluster);
    expect(await cluster.policies('team')).toEqual(before);
    expect(await cluster.policyNames('victim')).toEqual(ring);
  });

  test('applies again when it is fixed', async () => {
    await edit({ colour: null });
    await conditionIs('Ready', /^True Programmed/);
    await cluster.policiesAre('team', ring);
    expect(conditionOf(await cluster.profile('team', 'broken'), 'Frozen')).toBeUndefined();
  });
});
