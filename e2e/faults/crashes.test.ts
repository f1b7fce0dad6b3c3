// The operator dies after any single write: the next one finishes what was begun, and on the way no closed connection opens,
// and no open one is cut.
import { describe, expect, test } from '@jest/globals';
import { denyIngress, type StoredPolicy } from '../cluster.ts';
import { appNamespace } from '../support/expected-policies.ts';
import { type Change, crashAfterWrites } from './crashes.ts';
import { onTestbed } from './on-testbed.ts';
import { unfinished } from './oracle.ts';
import { casesOfToday, isFull, withLags } from './parameters.ts';
import { routes, teamSpec, testbedPlatform } from './shop.ts';
import type { Testbed } from './testbed.ts';

const testbed = onTestbed({ controllerManager: true });

/** The one namespace that stays: a change of the platform profile is one of this namespace, too. */
const fixed = 'shop';

async function keepOne({ cluster }: Testbed): Promise<readonly string[]> {
  if ((await cluster.profile(fixed, 'team')) === undefined) {
    await cluster.createNamespace(fixed, appNamespace);
    await cluster.createProfile(fixed, 'team', teamSpec);
  }
  return [fixed];
}

/** A change of the platform profile, back and forth. */
function platformChange(title: string, writes: number, from: object, to: object, isQuick = false): Change {
  return {
    title,
    isQuick,
    writes,
    prepare: async (where) => {
      await where.cluster.platform(testbedPlatform(from));
      return keepOne(where);
    },
    make: async ({ cluster }) => void (await cluster.platform(testbedPlatform(to))),
  };
}

/** A change in a new namespace for each run, which has a profile already if `spec` says which. */
function namespaceChange(
  slug: string,
  change: Omit<Change, 'prepare' | 'make' | 'isSeen'> & {
    readonly spec?: object;
    readonly labels?: Readonly<Record<string, string>>;
    /** Other namespaces whose policies change. */
    readonly others?: readonly string[];
    readonly make: (where: Testbed, namespace: string) => Promise<void>;
    readonly isSeen?: (where: Testbed, namespace: string) => Promise<boolean>;
  },
): Change {
  const { spec, labels = appNamespace, others = [], make, isSeen, ...rest } = change;
  // Each lag has namespaces of its own.
  const nameOf = (run: number) => `${slug}-${testbed.proxy.watches.lagMs}-${run}`;
  return {
    ...rest,
    prepare: async (where, run) => {
      await where.cluster.platform(testbedPlatform());
      await keepOne(where);
      await where.cluster.createNamespace(nameOf(run), labels);
      if (spec !== undefined) await where.cluster.createProfile(nameOf(run), 'team', spec);
      return [nameOf(run), ...others];
    },
    make: (where, run) => make(where, nameOf(run)),
    ...(isSeen === undefined ? {} : { isSeen: (where: Testbed, run: number) => isSeen(where, nameOf(run)) }),
  };
}

/** Gives each policy of a namespace the name that another version might have given it, while no operator runs. */
async function rename({ cluster }: Testbed, namespace: string): Promise<void> {
  for (const [name, { metadata, spec }] of await cluster.policies(namespace)) {
    const { labels, ownerReferences } = metadata;
    await cluster.createPolicy(namespace, `${name}-old`, spec, { labels, ownerReferences });
    await cluster.deletePolicy(namespace, name);
  }
}

const changes: readonly Change[] = [
  // Those of the platform first, while there is only one namespace: each later one would add writes, and so crashes.
  platformChange('egress that is closed', 8, { egress: 'Unrestricted' }, { egress: 'Restricted' }, true),
  platformChange('egress that is opened', 6, { egress: 'Restricted' }, { egress: 'Unrestricted' }),
  platformChange('egress that is tightened', 4, { egress: 'ClusterOnly' }, { egress: 'Restricted' }),
  platformChange('enforcement that becomes a dry run', 8, {}, { enforcement: 'DryRun' }),
  platformChange('enforcement that ends', 8, {}, { enforcement: 'Off' }, true),
  platformChange('enforcement that begins', 8, { enforcement: 'Off' }, {}),
  {
    title: 'policies that another version has named otherwise',
    isQuick: true,
    writes: 6,
    prepare: async (where) => {
      await where.cluster.platform(testbedPlatform());
      return keepOne(where);
    },
    make: async (where) => {
      await where.stopOperators();
      await rename(where, fixed);
      await where.startOperator();
    },
    isSeen: async ({ cluster }) => (await cluster.policyNames(fixed)).every((name) => !name.endsWith('-old')),
  },
  {
    title: 'a platform profile that is deleted, with garbage collection beside',
    writes: 0,
    othersDelete: true,
    prepare: async (where) => {
      await where.cluster.platform(testbedPlatform());
      return keepOne(where);
    },
    make: ({ cluster }) => cluster.deletePlatform(),
    isSeen: async ({ cluster }) => {
      const path = '/apis/networking.k8s.io/v1/networkpolicies';
      return (await cluster.api.json<{ items: StoredPolicy[] }>('GET', path)).items.length === 0;
    },
  },
  namespaceChange('remove', {
    title: 'a profile that is removed, with garbage collection beside',
    isQuick: true,
    writes: 0,
    othersDelete: true,
    spec: teamSpec,
    make: ({ cluster }, namespace) => cluster.deleteProfile(namespace, 'team'),
    isSeen: async ({ cluster }, namespace) =>
      (await cluster.policyNames(namespace)).every((name) => !name.includes('team')),
  }),
  namespaceChange('ring', {
    title: 'the first ring of a live namespace',
    isQuick: true,
    writes: 6,
    labels: {},
    spec: teamSpec,
    make: ({ cluster }, namespace) => cluster.label(namespace, appNamespace),
    isSeen: async ({ cluster }, namespace) => (await cluster.policies(namespace)).has(denyIngress),
  }),
  namespaceChange('add', {
    title: 'a profile that is added',
    writes: 4,
    make: async ({ cluster }, namespace) =>
      void (await cluster.createProfile(namespace, 'team', { routes: [...teamSpec.routes, routes.job] })),
  }),
  namespaceChange('edit', {
    title: 'a profile that is edited',
    isQuick: true,
    writes: 3,
    spec: teamSpec,
    make: async ({ cluster }, namespace) => {
      const edited = [routes.mongo, { ...routes.users, ports: [8080, 9090] }, routes.job, routes.kubernetes];
      await cluster.patchProfile(namespace, 'team', { spec: { routes: edited } });
    },
  }),
  namespaceChange('leave', {
    title: 'a namespace that leaves the ring',
    writes: 6,
    spec: teamSpec,
    make: ({ cluster }, namespace) => cluster.label(namespace, { app: null }),
    isSeen: async ({ cluster }, namespace) => (await cluster.policies(namespace)).size === 0,
  }),
  namespaceChange('mirror', {
    title: 'a route from another namespace, which is mirrored there',
    isQuick: true,
    writes: 3,
    others: [fixed],
    make: async ({ cluster }, namespace) => {
      const from = {
        namespace: { name: 'shop', pods: { matchLabels: { 'app.kubernetes.io/name': 'web' } } },
      };
      const route = { name: 'shop', from, to: { app: 'mongo' }, ports: [27017] };
      await cluster.createProfile(namespace, 'team', { routes: [route] });
    },
  }),
];

describe(isFull ? 'a crash after each write of' : 'a crash after every eighth write of', () => {
  const tried = isFull ? changes : changes.filter(({ isQuick }) => isQuick);
  // The cases begin with different writes.
  const step = isFull ? 1 : 8;
  const cases = withLags(tried).map(({ each, lag }, index) => [each.title, lag, each, index % step] as const);
  test.each(casesOfToday(cases))('%s, with watches that are %i ms behind', async (_, lag, change, first) => {
    testbed.proxy.watches.lagMs = lag;
    await testbed.startOperator();
    const { kills, wrong } = await crashAfterWrites(testbed, change, { first, step });
    expect(wrong).toEqual([]);
    expect(kills).toBeGreaterThanOrEqual(Math.ceil((change.writes - first) / step));
    await testbed.stopOperators();
    testbed.proxy.watches.lagMs = 0;
    expect(await unfinished(testbed)).toEqual([]);
  });
});
