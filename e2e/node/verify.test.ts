// `ringfence verify` on a real node: a pod like SRC is started, connects, and is gone again; the network agrees with the policies while
// an enforcer runs, and is found to disagree without one.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { useTool } from '../../test/cli/use-tool.ts';
import { denyIngress } from '../cluster.ts';
import { kubectl } from '../kubectl.ts';
import { appNamespace, enforced } from '../support/expected-policies.ts';
import { install } from '../support/installation.ts';
import { describeOnNode, type OnNode, onNode } from './on-node.ts';
import { startPods } from './pods.ts';

const tool = useTool();
const hello = { 'app.kubernetes.io/name': 'web' };
const patienceMs = 300_000;

/** A ringed namespace with a route from `web` to `mongo`, and the operator as its own image. */
async function prepare({ node, cluster }: OnNode): Promise<void> {
  await cluster.createNamespace('live', appNamespace);
  await cluster.createNamespace('elsewhere');
  await node().loadOperatorImage();
  await install(node());
  await cluster.platform(enforced);
  await cluster.createProfile('live', 'live', {
    routes: [{ name: 'web-to-mongo', from: { app: 'web' }, to: { app: 'mongo' }, ports: [8080] }],
  });
  const [first, last = first] = node().names;
  await startPods(node(), [
    { key: 'live/web', labels: hello, ...(last === undefined ? {} : { machine: last }) },
    {
      key: 'live/mongo',
      labels: { 'app.kubernetes.io/name': 'mongo' },
      ...(first === undefined ? {} : { machine: first }),
    },
    { key: 'elsewhere/stranger', labels: { 'app.kubernetes.io/name': 'stranger' } },
  ]);
  await cluster.create({
    ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'mongo', namespace: 'live' } },
    spec: { selector: { 'app.kubernetes.io/name': 'mongo' }, ports: [{ port: 27017, targetPort: 8080 }] },
  });
  // Until the transition is over, the policies allow everything.
  await cluster.eventually('live is ringed', async () => {
    const names = await cluster.policyNames('live');
    return names.includes(denyIngress) && !names.includes('ringfence-transition');
  });
}

/** Runs the tool against the cluster. */
function toolOn({ node }: OnNode) {
  return (line: string, kubeconfig = node().kubeconfigPath) =>
    tool.run(`ringfence ${line}`, { folder: tool.folder, environment: { KUBECONFIG: kubeconfig } });
}

async function jobsOf({ cluster }: OnNode): Promise<readonly object[]> {
  return (await cluster.api.json<{ items: readonly object[] }>('GET', '/apis/batch/v1/jobs')).items;
}

/** What the guide shows for a line. */
function shownFor(line: string): string {
  const guide = readFileSync('docs/guides/in-force.md', 'utf8');
  return (
    new RegExp(`^ringfence ${line}\\n\`\`\`\\n\\n\`\`\`text\\n([^]*?)^\`\`\``, 'm').exec(guide)?.[1] ?? ''
  );
}

/** Addresses and hashes differ from run to run, and so may the number of attempts. */
const bare = (text: string) =>
  text
    .replaceAll(/\d+\.\d+\.\d+\.\d+/g, 'ADDRESS')
    .replaceAll(/(ringfence-live-mongo)-\w+/g, '$1-HASH')
    .replaceAll(/, as in the last of \d attempts.*$/gm, '');

describeOnNode('ringfence verify, under an enforcer', () => {
  const on = onNode({ nodes: 2 }, prepare);
  const run = toolOn(on);

  test(
    'agrees that an allowed connection is open, also through the Service',
    async () => {
      const direct = await run('verify live/web live/mongo 8080');
      expect([direct.stderr, direct.exitCode]).toEqual(['', 0]);
      expect(bare(direct.stdout)).toBe(bare(shownFor('verify live/web live/mongo 8080')));
      const service = await run('verify live/web service/live/mongo 27017 -o json');
      expect(JSON.parse(service.stdout)).toMatchObject({
        checks: [{ expected: 'allowed', agreement: 'Agrees', attempts: [{ result: 'connected' }] }],
      });
    },
    patienceMs,
  );

  test(
    'agrees that a denied connection is closed, and leaves nothing behind',
    async () => {
      const { stdout, exitCode } = await run('verify elsewhere/stranger live/mongo 8080 -o tap');
      expect([stdout, exitCode]).toEqual([
        'TAP version 14\n1..1\nok 1 - elsewhere/stranger -> live/mongo 8080: denied\n',
        1,
      ]);
      await on.cluster.eventually('no Job is left', async () => (await jobsOf(on)).length === 0);
    },
    patienceMs,
  );

  test(
    'runs a list of checks, of which one is not as expected and one can not be tried',
    async () => {
      const checks = [
        { from: 'live/web', to: 'service/kube-system/kube-dns', port: '53/UDP', expect: 'allowed' },
        { from: 'live/web', to: 'live/mongo', port: 8080, expect: 'denied' },
        { from: 'live/web', to: 'live/mongo', port: '9000/UDP' },
      ];
      writeFileSync(join(tool.folder, 'checks.yaml'), JSON.stringify(checks));
      const { stdout, exitCode } = await run('verify --all -f checks.yaml --settle 3 -o json');
      expect(exitCode).toBe(3);
      expect(JSON.parse(stdout)).toMatchObject({
        checks: [
          { expected: 'allowed', wanted: 'allowed', agreement: 'Agrees' },
          { expected: 'allowed', wanted: 'denied', agreement: 'Agrees' },
        ],
        failed: [{ port: '9000/UDP', message: expect.stringContaining('only DNS servers are asked') }],
      });
    },
    patienceMs,
  );

  test(
    'needs no more than the right to read and the role `ringfence-verifier` in the namespace of SRC',
    async () => {
      const { controlPlane } = on.cluster;
      const tester = '--user=tester';
      const grant = (...words: readonly string[]) => kubectl(controlPlane, 'create', ...words);
      await grant('clusterrole', 'reader', '--verb=list', '--resource=*.*');
      await grant('clusterrolebinding', 'reader', '--clusterrole=reader', tester);
      const kubeconfig = await controlPlane.userKubeconfig({ user: 'tester' });
      const line = 'verify elsewhere/stranger live/mongo 8080';
      await on.cluster.eventually('they may read', async () => {
        const { exitCode, stderr } = await run(line, kubeconfig);
        return exitCode === 2 && stderr.includes('ask for the ClusterRole `ringfence-verifier`');
      });
      await grant('rolebinding', 'tester', '-n', 'elsewhere', '--clusterrole=ringfence-verifier', tester);
      await on.cluster.eventually('they may try', async () => (await run(line, kubeconfig)).exitCode === 1);
    },
    patienceMs,
  );

  test('prints the Job in a dry run, and starts nothing', async () => {
    const { stdout, stderr, exitCode } = await run('verify live/web live/mongo 8080 --dry-run');
    expect([stderr, exitCode]).toEqual(['', 0]);
    const { spec } = parse(stdout) as { spec: { template: { metadata: object; spec: object } } };
    expect(spec.template.metadata).toEqual({ labels: hello });
    expect(spec.template.spec).toMatchObject({
      serviceAccountName: 'default',
      automountServiceAccountToken: false,
      nodeName: 'ring-2',
    });
    expect(await jobsOf(on)).toEqual([]);
  });

  test('says why the pod does not start, and leaves no Job: a quota, an image that is none', async () => {
    const quota = '/api/v1/namespaces/elsewhere/resourcequotas';
    await on.cluster.api.json('POST', quota, { metadata: { name: 'full' }, spec: { hard: { pods: '1' } } });
    await on.cluster.eventually('the quota is counted', async () => {
      const { status } = await on.cluster.api.json<{ status: { used?: object } }>('GET', `${quota}/full`);
      return status.used !== undefined;
    });
    const refused = await run('verify elsewhere/stranger live/mongo 8080');
    expect([refused.stdout, refused.exitCode]).toEqual(['', 2]);
    expect(refused.stderr).toMatch(/the new pod does not start: .*exceeded quota: full/);
    await on.cluster.api.json('DELETE', `${quota}/full`);
    const missing = await run('verify elsewhere/stranger live/mongo 8080 --image Not:An:Image');
    expect(missing.exitCode).toBe(2);
    expect(missing.stderr).toMatch(/the new pod does not start: InvalidImageName: .*`--image`/);
    await on.cluster.eventually('no Job is left', async () => (await jobsOf(on)).length === 0);
  }, 120_000);

  test('tries the other checks of a list where the API server refuses one', async () => {
    const quota = '/api/v1/namespaces/elsewhere/resourcequotas';
    const hard = { 'count/jobs.batch': '0' };
    await on.cluster.api.json('POST', quota, { metadata: { name: 'no-jobs' }, spec: { hard } });
    await on.cluster.eventually('the quota is counted', async () => {
      const { status } = await on.cluster.api.json<{ status: { used?: object } }>('GET', `${quota}/no-jobs`);
      return status.used !== undefined;
    });
    const checks = ['elsewhere/stranger', 'live/web'].map((from) => ({ from, to: 'live/mongo', port: 8080 }));
    writeFileSync(join(tool.folder, 'refused.yaml'), JSON.stringify(checks));
    const tried = await run('verify --all -f refused.yaml -o json');
    expect(tried.exitCode).toBe(3);
    expect(JSON.parse(tried.stdout)).toMatchObject({
      checks: [{ from: 'live/web', agreement: 'Agrees' }],
      failed: [{ from: 'elsewhere/stranger', message: expect.stringContaining('exceeded quota: no-jobs') }],
    });
    const planned = await run('verify --all -f refused.yaml --dry-run');
    expect(planned.stderr).toMatch(/elsewhere\/stranger -> live\/mongo 8080: not tried: .*exceeded quota/);
    await on.cluster.api.json('DELETE', `${quota}/no-jobs`);
  }, 120_000);

  test('says why an admission policy refuses the pod', async () => {
    const policies = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies';
    const bindings = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings';
    const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] };
    await on.cluster.api.json('POST', policies, {
      metadata: { name: 'no-jobs' },
      spec: {
        matchConstraints: { resourceRules: [rule] },
        validations: [
          { expression: "!object.metadata.name.startsWith('verify-')", message: 'no pods of verify' },
        ],
      },
    });
    await on.cluster.api.json('POST', bindings, {
      metadata: { name: 'no-jobs' },
      spec: { policyName: 'no-jobs', validationActions: ['Deny'] },
    });
    // The API server needs a moment until it applies a new one.
    const refused = await on.cluster.eventually('it is refused', async () => {
      const ended = await run('verify elsewhere/stranger live/mongo 8080');
      return ended.exitCode === 2 && ended;
    });
    expect(refused.stderr).toMatch(/the new pod does not start: .*no pods of verify/);
    await on.cluster.api.json('DELETE', `${bindings}/no-jobs`);
    await on.cluster.eventually('no Job is left', async () => (await jobsOf(on)).length === 0);
  }, 120_000);

  test('starts under the strictest Pod Security Standard', async () => {
    const namespace = '/api/v1/namespaces/elsewhere';
    const label = (level: string | null) => ({
      metadata: { labels: { 'pod-security.kubernetes.io/enforce': level } },
    });
    await on.cluster.api.json('PATCH', namespace, label('restricted'));
    // The binding of the test before may still be applied.
    await on.cluster.eventually('it is tried', async () => {
      const { exitCode, stdout } = await run('verify elsewhere/stranger live/mongo 8080');
      return exitCode === 1 && stdout.includes('denied, and the network agrees');
    });
    await on.cluster.api.json('PATCH', namespace, label(null));
  }, 120_000);

  test('starts no pod where it would join the members of a Service, or stop drains', async () => {
    const labels = { 'app.kubernetes.io/name': 'mongo' };
    const services = '/api/v1/namespaces/live/services';
    const spec = { clusterIP: 'None', publishNotReadyAddresses: true, selector: labels };
    await on.cluster.api.json('POST', services, { metadata: { name: 'members' }, spec });
    const joins = await run('verify live/mongo live/web 8080');
    expect(joins.stderr).toMatch(/no pod is started: Service `live\/members` sends requests also to pods/);
    await on.cluster.api.json('DELETE', `${services}/members`);
    await on.cluster.api.json('POST', '/apis/policy/v1/namespaces/live/poddisruptionbudgets', {
      metadata: { name: 'mongo' },
      spec: { maxUnavailable: 1, selector: { matchLabels: labels } },
    });
    const drains = await run('verify live/mongo live/web 8080');
    expect([joins.exitCode, drains.exitCode]).toEqual([2, 2]);
    expect(drains.stderr).toMatch(/no pod is started: PodDisruptionBudget `live\/mongo` selects/);
  });
});

describeOnNode('ringfence verify, without an enforcer', () => {
  const on = onNode({ enforcer: 'none' }, prepare);
  const run = toolOn(on);
  let answer: Awaited<ReturnType<typeof run>>;

  beforeAll(async () => {
    answer = await run('verify elsewhere/stranger live/mongo 8080');
  }, patienceMs);

  test('disagrees where a denied connection succeeds, and says what to look at', () => {
    expect(answer.exitCode).toBe(3);
    expect(bare(answer.stdout)).toBe(bare(shownFor('verify elsewhere/stranger live/mongo 8080')));
  });
});
