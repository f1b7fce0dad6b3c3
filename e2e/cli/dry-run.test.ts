// What the verbs say of a cluster whose namespaces are in a dry run: the state as it is, that it is one, and what comes of it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { useTool } from '../../test/cli/use-tool.ts';
import { kubectl } from '../kubectl.ts';
import { onCluster } from '../support/on-cluster.ts';

const tool = useTool();
const { cluster } = onCluster({
  namespaces: ['shop', 'bank', 'free'],
  platform: {
    enforcement: 'DryRun',
    namespaces: { exclude: ['free'] },
    rules: [{ name: 'first', namespaces: { names: ['bank'] }, enforcement: 'Enforce' }],
  },
});

const deployment = (namespace: string, name: string, port: number) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace },
  spec: {
    selector: { matchLabels: { 'app.kubernetes.io/name': name } },
    template: {
      metadata: { labels: { 'app.kubernetes.io/name': name } },
      spec: { containers: [{ name, image: 'registry.example/app', ports: [{ containerPort: port }] }] },
    },
  },
});

beforeAll(async () => {
  await cluster.createProfile('shop', 'team', {
    routes: [{ name: 'web', from: { app: 'web' }, to: { app: 'mongo' }, ports: [27017] }],
  });
  const items = [
    deployment('shop', 'web', 8080),
    deployment('shop', 'mongo', 27017),
    deployment('free', 'batch', 9000),
  ];
  const path = join(tool.folder, 'workloads.json');
  writeFileSync(path, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  await kubectl(cluster.controlPlane, 'apply', '-f', path);
});

const said = (line: string) =>
  tool.run(`ringfence ${line}`, { environment: { KUBECONFIG: cluster.controlPlane.kubeconfigPath } });

describe('explain in a dry run', () => {
  test.each([
    ['free/batch shop/mongo 27017', 'this is denied; `--enforce` explains that state'],
    ['shop/web shop/mongo', 'this is allowed on 27017; `--enforce` explains that state'],
    ['shop/web shop/mongo 27017', 'this stays allowed'],
  ])('of `%s` tells what is, and that once it is enforced %s', async (question, then) => {
    const { stdout, stderr, exitCode } = await said(`explain ${question}`);
    expect([stderr, exitCode]).toEqual(['', 0]);
    expect(stdout).toContain(': allowed on ');
    expect(stdout).toContain(`note: namespace \`shop\` is in a dry run: once it is enforced, ${then}\n`);
    expect(stdout).not.toContain('To allow it');
  });

  test('tells a program what will be', async () => {
    const { stdout } = await said('explain free/batch shop/mongo 27017 -o json');
    expect(JSON.parse(stdout)).toMatchObject({
      allowed: true,
      onceEnforced: { dryRun: ['shop'], allowed: false, ports: [] },
    });
  });

  test('says nothing of dry runs where neither end is in one', async () => {
    const { stdout } = await said('explain free/batch 203.0.113.7 443');
    expect(stdout).not.toContain('dry run');
  });

  test('answers with `--enforce` as if it were enforced, and suggests what works then', async () => {
    const { stdout, stderr, exitCode } = await said('explain free/batch shop/mongo 27017 --enforce');
    expect([stderr, exitCode]).toEqual(['', 1]);
    expect(stdout).toContain('free/batch -> shop/mongo: denied on 27017\n');
    expect(stdout).toContain('no rule of shop/ringfence-default-deny-ingress');
    expect(stdout).toContain('To allow it, add this to `spec.routes` of profile `team` in namespace `shop`');
    expect(stdout).not.toContain('dry run');
  });
});

describe.each(['matrix', 'graph'])('%s in a dry run', (verb) => {
  const inDryRun = 'namespaces `default`, `shop` are in a dry run: once they are enforced, ';

  test('says how many connections will be denied', async () => {
    const { stderr, exitCode } = await said(verb);
    expect(exitCode).toBe(0);
    expect(stderr).toBe(
      `ringfence: ${inDryRun}8 connections are denied, wholly or on some ports; \`--enforce\` shows that state\n`,
    );
  });

  test('answers with `--enforce` as if it were enforced', async () => {
    const [now, then] = [await said(verb), await said(`${verb} --enforce`)];
    expect(then).toMatchObject({ stderr: '', exitCode: 0 });
    expect(then.stdout).not.toBe(now.stdout);
    expect(then.stdout).toContain('27017');
  });
});
