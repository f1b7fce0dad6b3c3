// The roles of config/rbac are the least: without any one of their permissions the operator fails and says which, and it
// uses all of them. What people get from the built-in roles is looked at too.
import { readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { denyIngress, leasePath } from '../cluster.ts';
import { casesOfToday } from '../faults/parameters.ts';
import { installGatewayApi } from '../gateway-api/crds.ts';
import { appNamespace, becomesRight, platformSpec } from '../support/expected-policies.ts';
import { formatGrant, grantsOf, type Permission, permissionsOf, qualified } from '../support/grants.ts';
import { onCluster } from '../support/on-cluster.ts';
import type { OperatorProcess } from '../support/operator-process.ts';
import { may, operatorRoles, operatorUser, rbac, without } from '../support/operator-roles.ts';

const roles = operatorRoles();

let created = 0;
const ringed = ['shop'];
const { cluster, proxy, startOperator, auditLog } = onCluster({
  audit: [{ level: 'Metadata', users: [operatorUser] }],
  proxy: true,
  // The built-in roles only hold what the controller manager adds up.
  controllerManager: true,
  namespaces: ringed,
  platform: platformSpec,
  beforeOperator: async ({ cluster }) => {
    await installGatewayApi(cluster);
    await cluster.operatorKubeconfig();
  },
});

async function newNamespace(): Promise<string> {
  created += 1;
  const name = `fresh-${created}`;
  ringed.push(name);
  await cluster.createNamespace(name, appNamespace);
  return name;
}

/** What makes the operator need a permission, and what doesn't come about without it. */
interface Need {
  /** The flags of an operator that starts without the permission; if absent, it is started before. */
  readonly flags?: readonly string[];
  readonly provoke: () => Promise<unknown>;
  readonly fails: () => Promise<unknown>;
}

const pausesPath = '/apis/ringfence.dev/v1alpha1/networkpauses';

/** Creates a pause of a namespace without a ring: it has a status, and no policy. */
const pauseNothing = (name: string) =>
  cluster.api.json('POST', pausesPath, {
    apiVersion: 'ringfence.dev/v1alpha1',
    kind: 'NetworkPause',
    metadata: { name },
    spec: { namespace: 'kube-public', until: '2999-01-02T15:04:05Z', reason: 'to be told' },
  });

/** Policies that allow everyone, which an Event reports. */
const told = ['first', 'second', 'third'];

const failing = () => cluster.platformCondition('Ready', 'False');

/** By grant: a new permission needs an entry here, unless it is for reading. */
const needs: Readonly<Record<string, Need>> = {
  'create networkpolicies.networking.k8s.io': { provoke: newNamespace, fails: failing },
  'update networkpolicies.networking.k8s.io': {
    provoke: () => cluster.patchPolicy('shop', denyIngress, { spec: { ingress: [{}] } }),
    fails: failing,
  },
  'delete networkpolicies.networking.k8s.io': {
    provoke: async () => {
      const name = await newNamespace();
      await becomesRight(cluster, ringed);
      ringed.pop();
      await cluster.label(name, { app: null });
    },
    fails: failing,
  },
  'patch platformnetworkprofiles/status.ringfence.dev': {
    provoke: () => cluster.platform({ ingressRoutes: 'None' }),
    fails: async () => {
      const { metadata, status } = (await cluster.platformProfile()) ?? {};
      expect(status?.observedGeneration).toBeLessThan(metadata?.generation ?? 0);
    },
  },
  'patch appnetworkprofiles/status.ringfence.dev': {
    provoke: () => cluster.createProfile('shop', 'untold', { routes: [] }),
    fails: async () => expect((await cluster.profile('shop', 'untold'))?.status).toBeUndefined(),
  },
  'patch networkpauses/status.ringfence.dev': {
    provoke: () => pauseNothing('untold'),
    fails: async () => expect(await cluster.find(`${pausesPath}/untold`)).not.toHaveProperty('status'),
  },
  'create leases.coordination.k8s.io': leading(() =>
    cluster.api.json('DELETE', leasePath).catch(() => undefined),
  ),
  'get leases.coordination.k8s.io': leading(async () => undefined),
  'update leases.coordination.k8s.io': leading(async () => undefined),
  // It takes the lease nevertheless: it looks from time to time.
  'watch leases.coordination.k8s.io': {
    flags: ['--leader-elect'],
    provoke: async () => undefined,
    fails: () => becomesRight(cluster, ringed),
  },
  'create events.events.k8s.io': {
    provoke: async () => {
      // One that is refused may be an API server that has just started; a later one is not, however late the first was sent.
      for (const name of told) {
        await cluster.createPolicy('shop', name, { podSelector: {}, ingress: [{}] });
        await new Promise((resolve) => setTimeout(resolve, 2_100));
      }
    },
    fails: async () => {
      const events = await cluster.events('shop');
      expect(events.filter(({ regarding }) => told.includes(regarding.name))).toEqual([]);
    },
  },
};

/** An operator that needs the lease: without it, it does not work. */
function leading(provoke: Need['provoke']): Need {
  return {
    flags: ['--leader-elect'],
    provoke,
    fails: async () => {
      await cluster.deletePolicy('shop', denyIngress);
      // Were there one that works, it would be back in milliseconds.
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      expect(await cluster.policyNames('shop')).not.toContain(denyIngress);
    },
  };
}

describe('without its permission', () => {
  const permissions = permissionsOf(roles);
  const isReading = ({ grants }: Permission) => grants.some(({ verb }) => verb === 'list');
  const reads = permissions.filter(isReading).map((permission) => {
    const resources = [...new Set(permission.grants.map(({ resource }) => resource))];
    return [resources.join(', '), resources, permission] as const;
  });
  const writes = permissions
    .filter((permission) => !isReading(permission))
    .flatMap((permission) =>
      permission.grants.map((grant) => [formatGrant(grant), grant, permission] as const),
    );

  test.each(casesOfToday(reads))(
    'to read %s it is not ready, and says what is missing',
    async (_, resources, permission) => {
      await without(cluster, permission, async () => {
        await using operator = await startOperator();
        const lines = await Promise.all(
          resources.map((resource) => operator.logged(deniedReading(resource))),
        );
        for (const line of lines) expect(line).toMatchObject({ level: 40, status: 403 });
        const { status, text } = await operator.health('/readyz');
        expect(status).toBe(503);
        expect(text.split('\n')).toEqual(
          expect.arrayContaining(resources.map((resource) => `${resource}: denied`)),
        );
        expect(warnings(operator)).toHaveLength(lines.length);
      });
    },
  );

  test.each(casesOfToday(writes))(
    'to %s it says what is missing, and goes on when it is there',
    async (name, grant, permission) => {
      let operator: OperatorProcess | undefined;
      const { flags, provoke, fails } = needs[name] ?? unknownNeed(name);
      await using stack = new AsyncDisposableStack();
      const start = async () => stack.use(await startOperator({ flags: flags ?? [] }));
      const running = flags === undefined ? await start() : undefined;
      if (running !== undefined) {
        await running.logged('caches synced');
        await cluster.platformCondition('Ready', 'True');
      }
      await without(cluster, permission, async () => {
        await provoke();
        operator = running ?? (await start());
        const line = await operator.logged(
          'a permission is missing: grant it with `kubectl apply -k config/rbac`',
        );
        const [resource, group] = grant.resource.split(/\.(.*)/);
        const error = expect.stringContaining(
          `cannot ${grant.verb} resource "${resource}" in API group "${group}"`,
        );
        expect(line).toMatchObject({ level: 40, status: 403, error });
        await fails();
      });
      await becomesRight(cluster, ringed);
      await cluster.platformCondition('Ready', 'True');
      expect(warnings(operator)).toHaveLength(1);
    },
  );
});

const deniedReading = (resource: string) =>
  `no permission to list and watch ${resource}: grant it with \`kubectl apply -k config/rbac\``;

const warnings = (operator?: OperatorProcess) => (operator?.lines ?? []).filter(({ level }) => level >= 40);

function unknownNeed(grant: string): Need {
  throw new Error(`say in \`needs\` what fails without the permission to ${grant}`);
}

test('the operator uses every permission that it has, and asks for nothing else', async () => {
  const unsupported = {
    path: /sendInitialEvents=true/,
    act: { kind: 'answer', status: 400, body: '{"kind":"Status","apiVersion":"v1","code":400}' },
  } as const;
  // Where a server has no watch-list, the operator lists: that is what the verb is for.
  const old = proxy().inject(unsupported);
  await cluster.api.json('DELETE', leasePath).catch(() => undefined);
  writeFileSync(auditLog(), '');
  await using operator = await startOperator({ flags: ['--leader-elect'] });
  await operator.logged('the lease is ours');
  const name = await newNamespace();
  await pauseNothing('told');
  await cluster.createProfile(name, 'told', {
    routes: [{ name: 'lost', from: { app: 'a' }, to: { service: 'b' } }],
  });
  await cluster.patchPolicy('shop', denyIngress, { spec: { ingress: [{}] } });
  await cluster.eventually(
    'the edit is gone',
    async () => (await cluster.policies('shop')).get(denyIngress)?.spec.ingress === undefined,
  );
  await cluster.platform({ enforcement: 'Off' });
  await cluster.platformCondition('Ready', 'True', 'Off');
  old.end();
  const granted = new Set(roles.flatMap(grantsOf).map(formatGrant));
  await cluster.eventually('every permission is used', async () => new Set(used()).size >= granted.size, {
    instead: async () => `unused: ${[...granted].filter((grant) => !used().includes(grant))}`,
  });
  expect(new Set(used())).toEqual(granted);
});

/** What the operator has asked the API server for, by its audit log. */
function used(): readonly string[] {
  const lines = readFileSync(auditLog(), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{'));
  return lines.flatMap((line) => {
    const { verb, objectRef } = JSON.parse(line) as AuditEvent;
    const { resource = '', subresource, apiGroup = '' } = objectRef ?? {};
    return [
      formatGrant({
        verb,
        resource: qualified(subresource ? `${resource}/${subresource}` : resource, apiGroup),
      }),
    ];
  });
}

interface AuditEvent {
  readonly verb: string;
  readonly objectRef?: {
    readonly resource?: string;
    readonly subresource?: string;
    readonly apiGroup?: string;
  };
}

describe('people with a built-in role', () => {
  const profiles = 'appnetworkprofiles.ringfence.dev';
  const platform = 'platformnetworkprofiles.ringfence.dev';
  const pauses = 'networkpauses.ringfence.dev';
  const writing = ['create', 'update', 'patch', 'delete', 'deletecollection'];

  beforeAll(async () => {
    for (const role of ['view', 'edit', 'admin']) {
      await cluster.api.json('POST', `${rbac}/clusterrolebindings`, {
        metadata: { name: `people-${role}` },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: role }],
      });
    }
    await cluster.eventually('the roles are added up', () =>
      may(cluster, 'edit', { verb: 'create', resource: profiles }, 'shop'),
    );
  });

  const allowed = async (user: string, verbs: readonly string[], resource: string) => {
    const answers = await Promise.all(verbs.map((verb) => may(cluster, user, { verb, resource }, 'shop')));
    return verbs.filter((_, index) => answers[index]);
  };

  test.each(['view', 'edit', 'admin'])('%s: profiles and pauses can be read', async (user) => {
    for (const resource of [profiles, platform, pauses])
      expect(await allowed(user, ['get', 'list', 'watch'], resource)).toEqual(['get', 'list', 'watch']);
  });

  test('view: no profile can be written', async () => {
    expect(await allowed('view', writing, profiles)).toEqual([]);
  });

  test.each(['edit', 'admin'])(
    '%s: a team profile can be written, and so can NetworkPolicies, even without us',
    async (user) => {
      expect(await allowed(user, writing, profiles)).toEqual(writing);
      expect(await allowed(user, writing, 'networkpolicies.networking.k8s.io')).toEqual(writing);
    },
  );

  test.each(['view', 'edit', 'admin'])(
    '%s: neither the platform profile nor a pause nor a status can be written',
    async (user) => {
      for (const resource of [
        platform,
        pauses,
        'appnetworkprofiles/status.ringfence.dev',
        'platformnetworkprofiles/status.ringfence.dev',
        'networkpauses/status.ringfence.dev',
      ])
        expect(await allowed(user, writing, resource)).toEqual([]);
    },
  );

  test('who has the role `ringfence-pauser` may pause, and nothing else', async () => {
    await cluster.api.json('POST', `${rbac}/clusterrolebindings`, {
      metadata: { name: 'on-call' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'ringfence-pauser' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'on-call' }],
    });
    const verbs = ['create', 'update', 'patch', 'delete'];
    await cluster.eventually('the role is bound', () =>
      may(cluster, 'on-call', { verb: 'create', resource: pauses }, 'shop'),
    );
    expect(await allowed('on-call', verbs, pauses)).toEqual(verbs);
    for (const resource of [profiles, platform, 'networkpauses/status.ringfence.dev'])
      expect(await allowed('on-call', verbs, resource)).toEqual([]);
  });
});
