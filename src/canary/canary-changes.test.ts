// The policies of the canary as they are stored, after somebody did something to them.
import { describe, expect, test } from '@jest/globals';
import { changesAmong, type NamedSpec, portsNotOpened } from './canary-changes.ts';
import { apiServerPolicy, canaryPolicies } from './canary-objects.ts';
import { controlPort, deniedPort, markerPorts, triedPorts } from './canary-table.ts';
import { markerPolicy } from './marker.ts';

const installed: readonly NamedSpec[] = canaryPolicies.map(({ metadata, spec }) => ({
  name: metadata.name,
  spec,
}));

/** As installed, but for one policy. */
const withSpec = (name: string, spec: object) =>
  installed.map((each) => (each.name === name ? { name, spec } : each));

const specOf = (name: string) => installed.find((each) => each.name === name)?.spec as object;

/** As installed, but for the rules of the policy that lets clients reach the API server. */
const withApiServer = (...egress: readonly object[]) =>
  withSpec(apiServerPolicy, { ...specOf(apiServerPolicy), egress });

const tcp = (port: number, endPort?: number) => ({ protocol: 'TCP', port, ...(endPort && { endPort }) });

describe('the policies of the canary', () => {
  test('are as installed, with or without a marker', () => {
    const { metadata, spec } = markerPolicy({ number: 3 });
    expect(changesAmong(installed)).toBeUndefined();
    expect(changesAmong([...installed, { name: metadata.name, spec }])).toBeUndefined();
  });

  test('are not where one is missing, edited or more', () => {
    expect(changesAmong(installed.slice(1))).toMatch(
      /`listener-a` .* is missing: apply `config\/canary` again$/,
    );
    const edited = { ...specOf('listener-a'), ingress: [{}] };
    expect(changesAmong(withSpec('listener-a', edited))).toMatch(
      /`listener-a` .* was edited: apply `config\/canary` again$/,
    );
    expect(changesAmong([...installed, { name: 'allow-all', spec: {} }])).toMatch(
      /`allow-all` .* does not belong to the canary .*: delete it$/,
    );
  });
});

describe('the policy for the API server', () => {
  const some = { to: [{ ipBlock: { cidr: '10.0.0.0/8' } }], ports: [tcp(443), tcp(31443)] };

  test('may have other ports, other addresses, and no rule at all', () => {
    expect(changesAmong(withApiServer(some))).toBeUndefined();
    expect(changesAmong(withApiServer(some, { ports: [tcp(30_000, 32_767)] }))).toBeUndefined();
    expect(changesAmong(withApiServer())).toBeUndefined();
  });

  test.each(triedPorts)('may not open port %d, on which something is tried', (port) => {
    expect(changesAmong(withApiServer(some, { ports: [tcp(port)] }))).toMatch(
      new RegExp(`\`${apiServerPolicy}\` .* opens port ${port}, .*: allow only the ports of the API server$`),
    );
  });

  test('may not open such a port by a range, a name, or by naming none', () => {
    const [marker] = markerPorts;
    expect(changesAmong(withApiServer({ ports: [tcp(deniedPort + 1, marker)] }))).toMatch(
      `opens port ${marker}`,
    );
    for (const rule of [
      {},
      { ports: [{ protocol: 'TCP' }] },
      { ports: [{ protocol: 'TCP', port: 'https' }] },
    ])
      expect(changesAmong(withApiServer(rule))).toMatch(`opens port ${controlPort}`);
    expect(changesAmong(withApiServer({ ports: [{ protocol: 'UDP', port: deniedPort }] }))).toBeUndefined();
  });

  test('may not select other pods, nor deny anything else', () => {
    const spec = specOf(apiServerPolicy);
    for (const change of [{ podSelector: {} }, { policyTypes: ['Egress', 'Ingress'] }, { ingress: [{}] }])
      expect(changesAmong(withSpec(apiServerPolicy, { ...spec, ...change }))).toMatch(/was edited/);
  });

  test('is asked which ports it does not open', () => {
    expect(portsNotOpened(specOf(apiServerPolicy), [6443, 7443, 443, 7443])).toEqual([7443]);
    expect(portsNotOpened({ egress: [{ ports: [tcp(7000, 8000)] }] }, [7443])).toEqual([]);
    expect(portsNotOpened(undefined, [443])).toEqual([443]);
  });
});
