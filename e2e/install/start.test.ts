// A start where something is missing: the operator says what, with the command that fixes it, and continues when it is
// there. Only a configuration that can never work ends it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { kubectl, obey } from '../kubectl.ts';
import { appNamespace, becomesRight, platformSpec, ring } from '../support/expected-policies.ts';
import { onCluster } from '../support/on-cluster.ts';
import type { OperatorProcess } from '../support/operator-process.ts';
import { operatorRoles } from '../support/operator-roles.ts';
import { runToEnd } from './failed-start.ts';

const crds = ['appnetworkprofiles.ringfence.dev', 'platformnetworkprofiles.ringfence.dev'];
const gatewayApi = [
  ...['gateways', 'listenersets', 'referencegrants'],
  ...['httproutes', 'grpcroutes', 'tlsroutes', 'tcproutes', 'udproutes'],
].map((plural) => `${plural}.gateway.networking.k8s.io`);
const resources = [
  ...['namespaces', 'services', 'nodes', 'networkpolicies.networking.k8s.io'],
  ...[
    'ingresses.networking.k8s.io',
    'ingressclasses.networking.k8s.io',
    'apiservices.apiregistration.k8s.io',
  ],
  'validatingwebhookconfigurations.admissionregistration.k8s.io',
  'mutatingwebhookconfigurations.admissionregistration.k8s.io',
  ...['endpointslices.discovery.k8s.io', 'servicecidrs.networking.k8s.io'],
  ...gatewayApi,
  'networkpauses.ringfence.dev',
  ...crds,
];

const warnings = (operator: OperatorProcess) => operator.lines.filter(({ level }) => level >= 40);

describe('in a cluster that is not ready', () => {
  const { cluster, startOperator } = onCluster({
    crds: false,
    beforeOperator: ({ cluster }) => cluster.operatorKubeconfig(),
  });

  test('missing CRDs are named, once, with the command that installs them', async () => {
    await using operator = await startOperator();
    const lines = await Promise.all(crds.map((crd) => operator.logged(`does not know ${crd}`)));
    expect((await operator.health('/livez')).status).toBe(200);
    expect(await operator.health('/readyz')).toEqual({
      status: 503,
      text: expect.stringContaining('the caches are not synced yet'),
    });
    for (const { msg } of lines) await obey(cluster.controlPlane, msg);
    await operator.logged('caches synced');
    for (const crd of crds) await operator.logged(`watching ${crd} again`);
    expect(warnings(operator)).toHaveLength(crds.length);
    await cluster.platform(platformSpec);
    await cluster.createNamespace('shop', appNamespace);
    await becomesRight(cluster, ['shop']);
  });

  test('missing permissions are named, once for each kind, with the command that grants them', async () => {
    await kubectl(cluster.controlPlane, 'delete', 'clusterrolebinding', 'ringfence-operator');
    await using operator = await startOperator();
    const lines = await Promise.all(
      resources.map((resource) => operator.logged(`no permission to list and watch ${resource}: grant it`)),
    );
    await obey(cluster.controlPlane, lines[0]?.msg ?? '');
    await operator.logged('caches synced');
    for (const resource of resources) await operator.logged(`watching ${resource} again`);
    expect(warnings(operator)).toHaveLength(resources.length);
  });

  test('a permission to write that is missing later is reported in the status, and once in the log', async () => {
    await using operator = await startOperator();
    await operator.logged('caches synced');
    await cluster.api.json('PATCH', '/apis/rbac.authorization.k8s.io/v1/clusterroles/ringfence-operator', {
      rules: readOnly,
    });
    await cluster.createNamespace('forbidden', appNamespace);
    const line = await operator.logged('a permission is missing');
    await cluster.platformCondition('Ready', 'False', 'NamespacesFailing');
    expect((await cluster.platformProfile())?.status?.failing).toEqual([
      {
        namespace: 'forbidden',
        reason: 'PermissionMissing',
        message: expect.stringContaining('cannot create resource "networkpolicies"'),
      },
    ]);
    await obey(cluster.controlPlane, line.msg);
    await becomesRight(cluster, ['shop', 'forbidden']);
    await cluster.platformCondition('Ready', 'True');
    await operator.logged('writes work again');
    expect(warnings(operator)).toEqual([line]);
  });

  test('an API server that is not there is waited for, and the operator can be stopped meanwhile', async () => {
    await cluster.controlPlane.killApiServer();
    await using patient = await startOperator();
    await using stopped = await startOperator();
    await Promise.all([patient, stopped].map((each) => each.logged('the API server is unreachable')));
    expect(await stopped.stop()).toBe(0);
    await cluster.controlPlane.startApiServer();
    await patient.logged('caches synced');
    await patient.logged('the API server is reachable again');
    // While it starts, a slow API server may refuse for longer than the log is patient: that is reported too.
    expect(warnings(patient).filter(({ status }) => status === 0)).toHaveLength(1);
    await cluster.deletePolicy('shop', ring[0]);
    await becomesRight(cluster, ['shop', 'forbidden']);
  });
});

/** What the operator reads, and its statuses; no policies to write. */
const readOnly = operatorRoles()
  .filter(({ kind }) => kind === 'ClusterRole')
  .flatMap(({ rules }) => rules)
  .map((rule) => ({
    ...rule,
    verbs: rule.verbs.filter(
      (verb) => ['list', 'watch'].includes(verb) || rule.resources.every((name) => name.endsWith('/status')),
    ),
  }))
  .filter(({ verbs }) => verbs.length > 0);

describe('with a configuration that cannot ever work', () => {
  let folder: string;
  let taken: Server;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ringfence-start-'));
    taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  });

  afterAll(async () => {
    await new Promise((resolve) => taken.close(resolve));
    rmSync(folder, { recursive: true });
  });

  const config = (parts: { context?: string; cluster?: object; user?: object } = {}) =>
    JSON.stringify({
      'current-context': parts.context ?? 'it',
      contexts: [{ name: 'it', context: { cluster: 'it', user: parts.user ? 'me' : '' } }],
      clusters: [{ name: 'it', cluster: { server: 'https://127.0.0.1:1', ...parts.cluster } }],
      users: parts.user ? [{ name: 'me', user: parts.user }] : [],
    });

  const kubeconfigs: readonly (readonly [string, string, string])[] = [
    ['empty', '', "can't read the kubeconfig `FILE`: "],
    ['that cannot be parsed', 'a: [\nb', "can't read the kubeconfig `FILE`: "],
    ['of plain text', 'hello', 'the kubeconfig has no current context: choose one with `--context`'],
    ['without a context', '{}', 'the kubeconfig has no current context: choose one with `--context`'],
    [
      'with an unknown context',
      config({ context: 'other' }),
      'the kubeconfig has no context `other`: list them',
    ],
    [
      'without a server address',
      config({ cluster: { server: '' } }),
      "can't read the kubeconfig `FILE`: clusters[0].cluster.server is missing",
    ],
    [
      'with an unknown cluster',
      config().replace('"cluster":"it"', '"cluster":"other"'),
      'context `it` of the kubeconfig names no cluster',
    ],
    [
      'with an unknown user',
      config({ user: { token: 'a' } }).replace('"user":"me"', '"user":"you"'),
      'context `it` of the kubeconfig names the user `you`, which it does not contain',
    ],
    ['with a strange address', config({ cluster: { server: 'ftp://a' } }), 'that starts with `https://`'],
    [
      'with a certificate that is none',
      config({ cluster: { 'certificate-authority-data': 'aGVsbG8=' }, user: { token: 'a' } }),
      "can't use the certificates of the kubeconfig: ",
    ],
    [
      'with a certificate that is missing',
      config({ user: { 'client-certificate': '/missing.crt', 'client-key': '/missing.key' } }),
      "can't get credentials from the kubeconfig: ENOENT: no such file or directory, open '/missing.crt'",
    ],
    [
      'with an exec plugin that is missing',
      config({
        user: { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: '/missing-plugin' } },
      }),
      "can't get credentials from the kubeconfig: exec plugin `/missing-plugin`: spawn /missing-plugin ENOENT",
    ],
    [
      'with a proxy of an unknown kind',
      config({ cluster: { 'proxy-url': 'socks5://127.0.0.1:1' } }),
      'proxy `socks5://127.0.0.1:1` of the kubeconfig is not supported: use an http or https proxy',
    ],
  ];

  /** One line that says so, no stack trace, and a code that is not zero. */
  async function failsWith(words: readonly string[], message: string, env?: Record<string, string>) {
    const { code, stdout, stderr } = await runToEnd(words, env);
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stdout).toBe('');
    expect([1, 2]).toContain(code);
  }

  test.each(kubeconfigs)('a kubeconfig %s ends it with one line', async (_, text, message) => {
    const file = join(folder, 'kubeconfig');
    writeFileSync(file, text);
    await failsWith(['--kubeconfig', file], message.replace('FILE', file));
  });

  test('a kubeconfig that is missing ends it with one line', async () => {
    await failsWith(['--kubeconfig', '/missing'], 'there is no kubeconfig `/missing`');
  });

  test('no kubeconfig at all ends it with one line', async () => {
    await failsWith([], 'there is no kubeconfig: set `--kubeconfig`', {
      HOME: folder,
      KUBECONFIG: '',
    });
  });

  test.each([
    [['--bogus'], 'unknown option `--bogus`'],
    [['--settle', 'soon'], 'write a number of seconds from 0 to 600'],
    [['--health-address', '8081'], 'write `host:port`, like `0.0.0.0:8081`'],
    [['--health-address', '127.0.0.1:99999'], 'write `host:port`, like `0.0.0.0:8081`'],
    [['--log-level', 'loud'], 'must be one of debug, info, warn, error, silent'],
    [['now'], 'takes no argument `now`'],
  ])('the words %j end it with one line', async (words, message) => {
    await failsWith(words, message);
  });

  test('a health port that is taken ends it with one line', async () => {
    const file = join(folder, 'kubeconfig');
    writeFileSync(file, config());
    const address = `127.0.0.1:${(taken.address() as AddressInfo).port}`;
    await failsWith(
      ['--kubeconfig', file, '--health-address', address],
      `can't serve health checks and metrics on \`${address}\`: listen EADDRINUSE`,
    );
  });
});
