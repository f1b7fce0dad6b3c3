// What `status` says of a live cluster, once and as it changes.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from '@jest/globals';
import { useTool } from '../../test/cli/use-tool.ts';
import { appNamespace, platformSpec } from '../support/expected-policies.ts';
import { onCluster } from '../support/on-cluster.ts';

const tool = useTool();
const { cluster, stopOperators } = onCluster({
  namespaces: ['shop'],
  platform: platformSpec,
  operator: { settle: 0, flags: ['--leader-elect'] },
  afterOperator: async ({ cluster }) => {
    await cluster.createProfile('shop', 'team', {
      routes: [{ name: 'web', from: { app: 'web' }, to: { app: 'mongo' }, ports: [27017] }],
    });
    await cluster.platformCondition('Ready', 'True', 'Enforced');
  },
});

const environment = () => ({ KUBECONFIG: cluster.controlPlane.kubeconfigPath });

/** The lines of the table about some namespaces. */
const linesOf = (table: string, ...names: readonly string[]) =>
  table
    .split('\n')
    .filter((line) => names.some((name) => line.startsWith(`${name} `)))
    .map((line) => line.split(/ {2,}/).slice(0, 6).join(' | '));

let watching: ChildProcess | undefined;

afterEach(() => {
  watching?.kill();
  watching = undefined;
});

describe('status', () => {
  test('says of each namespace how much of it is in place', async () => {
    const table = await cluster.eventually('the policies are there', async () => {
      const { stdout, exitCode } = await tool.run('ringfence status', { environment: environment() });
      expect(exitCode).toBe(0);
      return /^shop .* 3\/3 .*1 Active/m.test(stdout) ? stdout : undefined;
    });
    expect(linesOf(table, 'shop', 'kube-system')).toEqual([
      'kube-system | none: Excluded | - | - | - | -',
      'shop | Enforce | Unrestricted | - | 3/3 | 1 Active',
    ]);
    expect(table).toMatch(/^NAMESPACE /);
  });

  test('shows with --watch what changes, as it changes', async () => {
    let shown = '';
    watching = spawn(process.execPath, [tool.bundle, 'status', '--watch'], {
      env: { ...process.env, ...environment() },
    });
    watching.stdout?.on('data', (text) => {
      shown += text;
    });
    const shows = (text: RegExp) =>
      cluster.eventually(`it shows ${text}`, async () => text.test(shown) || undefined, {
        instead: async () => shown,
      });
    await shows(/^shop .*3\/3/m);
    await cluster.createNamespace('news', appNamespace);
    await shows(/^news +Enforce .*2\/2/m);
    expect(shown).toMatch(/\n\n\S+Z\nNAMESPACE .* CHANGE\nnews +Enforce .* new\n/);
    expect(shown.match(/^kube-system /gm)).toHaveLength(1);
    await stopOperators();
    await cluster.deletePolicy('news', 'ringfence-default-deny-ingress');
    await shows(/^news +Enforce .*1\/2/m);
    await shows(/^the operator is not active: it has given its lease back;/m);
    const ended = once(watching, 'exit');
    watching.kill('SIGINT');
    expect(await ended).toEqual([null, 'SIGINT']);
  });
});
