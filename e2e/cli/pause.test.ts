// The verbs that write: `pause` and `resume` on a live cluster, with the rights of the person who calls them.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import * as z from 'zod';
import { useTool } from '../../test/cli/use-tool.ts';
import { denyIngress } from '../cluster.ts';
import { kubectl } from '../kubectl.ts';
import { appNamespace, enforced } from '../support/expected-policies.ts';
import { onCluster } from '../support/on-cluster.ts';

const pausePolicy = 'ringfence-pause';
const pauses = '/apis/ringfence.dev/v1alpha1/networkpauses';

const tool = useTool();
const { cluster, operator, startOperator } = onCluster({
  namespaces: ['shop', 'pay'],
  platform: enforced,
  operator: { settle: 0 },
  afterOperator: async ({ cluster }) => {
    await cluster.createNamespace('outside');
    for (const namespace of ['shop', 'pay']) await cluster.policiesAre(namespace, [denyIngress]);
  },
});

const run = (line: string, kubeconfig = cluster.controlPlane.kubeconfigPath) =>
  tool.run(`ringfence ${line}`, { folder: tool.folder, environment: { KUBECONFIG: kubeconfig } });

/** The answer as JSON, which the published schema describes. */
async function json(line: string): Promise<Record<string, unknown>> {
  const { stdout } = await run(`${line} -o json`);
  const verb = line.split(' ')[0];
  const published = JSON.parse(readFileSync(`docs/reference/${verb}.schema.json`, 'utf8'));
  const value = JSON.parse(stdout) as Record<string, unknown>;
  expect(z.fromJSONSchema(published).safeParse(value).error).toBeUndefined();
  return value;
}

/** The times differ from run to run. */
const bare = (text: string) => text.replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, 'TIME');

describe('ringfence pause', () => {
  test('opens the namespace, waits until it is open, and says how to end it', async () => {
    const before = Date.now();
    const { stdout, stderr, exitCode } = await run('pause shop --for 2h --reason "checkout is down"');
    expect([bare(stdout), stderr, exitCode]).toEqual([
      '`shop` is paused until TIME: everything is allowed to the pods of `shop`\nto end it earlier: ringfence resume shop\n',
      '',
      0,
    ]);
    expect(await cluster.policyNames('shop')).toEqual([denyIngress, pausePolicy]);
    const { spec } = await cluster.api.json<{ spec: { until: string } }>('GET', `${pauses}/shop`);
    expect(spec).toEqual({ namespace: 'shop', until: expect.any(String), reason: 'checkout is down' });
    // The server tells its time in whole seconds.
    expect(Date.parse(spec.until)).toBeGreaterThanOrEqual(before + 7_200_000 - 2_000);
  });

  test('a second time replaces the time, the direction and the reason, and says what was there', async () => {
    const { stdout, exitCode } = await run(
      'pause shop --for 1h --reason "still down" --direction Ingress --replace',
    );
    expect([bare(stdout), exitCode]).toEqual([
      expect.stringContaining('it replaces: until TIME, both directions, `checkout is down`'),
      0,
    ]);
    expect(await json('pause shop --until 2999-01-02T15:04:05Z --reason "for long" --dry-run')).toEqual({
      ...{ name: 'shop', namespace: 'shop', action: 'replaced', dryRun: true },
      ...{ until: '2999-01-02T15:04:05Z', reason: 'for long' },
    });
    const { spec } = await cluster.api.json<{ spec: object }>('GET', `${pauses}/shop`);
    expect(spec).toMatchObject({ reason: 'still down', direction: 'Ingress' });
  });

  test('leaves none behind where there is nothing to open, says why, and ends with 1', async () => {
    const { stdout, exitCode } = await run('pause kube-system --for 1m --reason test');
    expect([stdout, exitCode]).toEqual([
      expect.stringMatching(
        /^`kube-system` is not paused, and no NetworkPause is left: Ringfence denies nothing in `kube-system`: the namespace is excluded.*\nto leave one /,
      ),
      1,
    ]);
    expect(await cluster.find(`${pauses}/kube-system`)).toBeUndefined();
    expect(await json('pause outside --for 1m --reason test')).toMatchObject({
      action: 'withdrawn',
      state: 'NotNeeded',
    });
    expect(await cluster.find(`${pauses}/outside`)).toBeUndefined();
  });

  test('keeps one that was there before, and says why it is not in force', async () => {
    const nothing = 'Ringfence has no policy in `outside`, so there is nothing that a pause would open now';
    for (const flag of ['--dry-run', '--no-wait']) {
      const early = await run(`pause outside --for 1m --reason early ${flag}`);
      expect([early.stdout, early.exitCode]).toEqual([expect.stringContaining(nothing), 0]);
    }
    const { stdout, exitCode } = await run('pause outside --for 2m --reason later');
    expect([stdout, exitCode]).toEqual([
      expect.stringContaining(
        'is written, but not in force (NotNeeded): Ringfence denies nothing in `outside`',
      ),
      1,
    ]);
    expect(await cluster.find(`${pauses}/outside`)).toBeDefined();
  });

  test('refuses a namespace that does not exist, also in a dry run: a pause would wait for it', async () => {
    for (const more of ['', '--dry-run', '--no-wait']) {
      const { stdout, stderr, exitCode } = await run(`pause shopp --for 1m --reason test ${more}`);
      expect([stdout, stderr, exitCode]).toEqual([
        '',
        'ringfence: there is no namespace `shopp`: did you mean `shop`?\n',
        2,
      ]);
    }
    expect(await cluster.find(`${pauses}/shopp`)).toBeUndefined();
  });

  test.each([
    ['in fewer directions', '--for 5h --direction Egress'],
    ['for less time', '--for 1m --direction Ingress'],
  ])('does not open less than now without being told to: %s', async (_, flags) => {
    const { stderr, exitCode } = await run(`pause shop ${flags} --reason test`);
    expect([bare(stderr), exitCode]).toEqual([
      'ringfence: `shop` is already paused in the direction Ingress until TIME, and this would open less: replace it with `--replace`, or end it with `ringfence resume shop`\n',
      2,
    ]);
  });

  test('prints the same as YAML, and into a file', async () => {
    const line = 'pause pay --until 2999-01-02T15:04:05Z --reason test --dry-run';
    const yaml = await run(`${line} -o yaml`);
    expect(parse(yaml.stdout)).toEqual(await json(line));
    expect(await run(`${line} -o yaml=saved`)).toEqual({ ...yaml, stdout: '' });
    const saved = join(tool.folder, 'saved');
    expect(readFileSync(saved, 'utf8')).toBe(yaml.stdout);
    rmSync(saved);
    expect(await cluster.find(`${pauses}/pay`)).toBeUndefined();
  });

  test.each([
    [
      'pause shop --reason test',
      'say how long, with `--for` or `--until`, as in `ringfence pause shop --for 2h',
    ],
    ['pause shop', 'say how long, with `--for` or `--until`, and why, with `--reason`, as in'],
    ['pause shop --until 2020-01-02T15:04:05Z --reason test', '`--until` is over: for the API server it is'],
    ['pause shop --until tomorrow --reason test', '`--until` must be a time like'],
    ['pause shop --for 2h --reason "$(printf "a\\\\nb")"', '`--reason` must be one line'],
    ['pause Shop --for 2h --reason test', 'must be a DNS label'],
  ])('%s is refused, and nothing is written', async (line, says) => {
    const before = await cluster.api.text('GET', `${pauses}/shop`);
    const { stdout, stderr, exitCode } = await run(line);
    expect([stdout, stderr, exitCode]).toEqual(['', expect.stringContaining(says), 2]);
    expect(await cluster.api.text('GET', `${pauses}/shop`)).toBe(before);
  });

  test('without an operator says that nobody has reported, and with `--no-wait` does not wait', async () => {
    await operator().stop();
    const { stdout, exitCode } = await run('pause pay --for 1h --reason test --no-wait');
    expect([bare(stdout), exitCode]).toEqual([
      'NetworkPause `pay` is written, until TIME\nsee: kubectl get networkpause pay -o wide\nto withdraw it: ringfence resume pay\n',
      0,
    ]);
    const waited = await run('pause pay --for 2h --reason test');
    expect([waited.stdout, waited.exitCode]).toEqual([
      expect.stringContaining('no operator has reported about it: is one running?'),
      1,
    ]);
    await startOperator();
    await cluster.policiesAre('pay', [denyIngress, pausePolicy]);
  });
});

describe('ringfence resume', () => {
  test('deletes every pause of the namespace, and no other', async () => {
    await cluster.api.json('POST', pauses, {
      apiVersion: 'ringfence.dev/v1alpha1',
      kind: 'NetworkPause',
      metadata: { name: 'by-somebody-else' },
      spec: { namespace: 'shop', until: '2020-01-02T15:04:05Z', reason: 'long ago' },
    });
    const { ended } = await json('resume shop --dry-run');
    expect(ended).toMatchObject([{ name: 'by-somebody-else' }, { name: 'shop' }]);
    expect(await cluster.policyNames('shop')).toContain(pausePolicy);
    const { stdout, exitCode } = await run('resume shop');
    expect([bare(stdout), exitCode]).toEqual([
      expect.stringMatching(
        /deleted NetworkPause `shop` \(until TIME\): `still down`\n`shop` is no longer paused: only what its policies allow is allowed\n$/,
      ),
      0,
    ]);
    expect(await cluster.policyNames('shop')).toEqual([denyIngress]);
    expect(await cluster.policyNames('pay')).toContain(pausePolicy);
    expect((await run('resume shop')).stdout).toBe('`shop` has no NetworkPause; paused: `pay`\n');
    const { exitCode: refused, stderr } = await run('resume shpo');
    expect([refused, stderr]).toEqual([2, 'ringfence: there is no namespace `shpo`: did you mean `shop`?\n']);
  });

  test('without an operator says that the namespace is still open; so do `status` and `lint`', async () => {
    await operator().stop();
    expect(await json('resume pay')).toMatchObject({ ended: [{ name: 'pay' }], closed: false });
    const { stdout, exitCode } = await run('resume pay --no-wait');
    expect([stdout, exitCode]).toEqual(['`pay` has no NetworkPause\n', 0]);
    expect((await run('status')).stdout).toMatch(
      /^pay +Enforce, still open after a pause .* 1\/1 and 1 more .*1 error$/m,
    );
    const lint = await run('lint -n pay');
    expect([lint.stdout, lint.exitCode]).toEqual([
      expect.stringContaining('error PauseOverdue: `pay` is still open'),
      1,
    ]);
    await startOperator();
    expect((await run('resume pay')).exitCode).toBe(0);
    expect(await cluster.policyNames('pay')).toEqual([denyIngress]);
    expect((await run('status')).stdout).toMatch(/^pay +Enforce .* 1\/1 +- +-$/m);
  });
});

describe('somebody without the right', () => {
  let kubeconfig: string;

  beforeAll(async () => {
    await cluster.createNamespace('people');
    for (const name of ['team', 'on-call'])
      await kubectl(cluster.controlPlane, 'create', 'serviceaccount', name, '-n', 'people');
    await kubectl(
      cluster.controlPlane,
      ...['create', 'clusterrolebinding', 'on-call', '--clusterrole=ringfence-pauser'],
      '--serviceaccount=people:on-call',
    );
    await kubectl(
      cluster.controlPlane,
      ...['create', 'rolebinding', 'team', '-n', 'shop', '--clusterrole=admin'],
      '--serviceaccount=people:team',
    );
    kubeconfig = await cluster.controlPlane.serviceAccountKubeconfig('people', 'team');
  });

  test('can not pause a namespace of which they are the admin, and reads whom to ask', async () => {
    const { stdout, stderr, exitCode } = await run('pause shop --for 1h --reason test', kubeconfig);
    expect([stdout, exitCode]).toEqual(['', 2]);
    expect(stderr).toContain('ask for the ClusterRole `ringfence-pauser`');
    expect(await cluster.policyNames('shop')).toEqual([denyIngress]);
  });

  test('with the role `ringfence-pauser` needs no other', async () => {
    const onCall = await cluster.controlPlane.serviceAccountKubeconfig('people', 'on-call');
    await cluster.eventually('they may', async () => {
      const { exitCode } = await run('pause shop --for 1h --reason test', onCall);
      return exitCode === 0;
    });
    const { metadata } = await cluster.api.json<{ metadata: object }>('GET', `${pauses}/shop`);
    const person = 'system:serviceaccount:people:on-call';
    expect(metadata).toMatchObject({ annotations: { 'ringfence.dev/paused-by': person } });
    await cluster.platformReports(`by \`${person}\`: everything is allowed`);
    expect((await run('resume shop', onCall)).exitCode).toBe(0);
    await cluster.policiesAre('shop', [denyIngress]);
  });

  test('of a cluster without the kind reads how to install it', async () => {
    await operator().stop();
    await cluster.api.json(
      'DELETE',
      '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/networkpauses.ringfence.dev',
    );
    await cluster.eventually('it is no longer served', async () => {
      const { exitCode, stderr } = await run('resume shop');
      return exitCode === 2 && stderr.includes('the cluster does not know NetworkPauses: install the CRDs');
    });
    expect((await run('pause shop --for 1h --reason test')).stderr).toContain('kubectl apply -k config/crd');
    // And an operator without the kind works.
    await startOperator();
    await cluster.createNamespace('new', appNamespace);
    await cluster.policiesAre('new', [denyIngress]);
  });
});
