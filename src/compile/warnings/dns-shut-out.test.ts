// A ring around the DNS of the cluster: told of unless everybody may ask it.
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import {
  namespace,
  type PlatformSpec,
  platform,
  profile,
  type Routes,
  service,
  view,
} from '../../../test/fixtures.ts';
import type { Discovered } from '../../api/platform-status.ts';
import { compile } from '../compile.ts';

const pods = { matchLabels: { 'k8s-app': 'kube-dns' } };
const known: Discovered = {
  dns: { namespace: 'kube-system', podSelector: pods, ports: [53, '53/UDP'], addresses: ['10.96.0.10'] },
};
const system: PlatformSpec = { systemNamespaces: ['kube-system'] };

/** What is reported a ring around kube-system with these routes. */
function told(routes: Routes | undefined, spec: PlatformSpec = system, discovered: Discovered = known) {
  const { findings } = compile(
    view({
      platform: platform(spec),
      namespaces: ['kube-system', 'shop'].map((name) => namespace(name)),
      profiles: routes === undefined ? [] : [profile('kube-system/system', { routes })],
      objects: [
        service(
          'kube-system/kube-dns',
          [
            { name: 'dns', port: 53, protocol: 'UDP', targetPort: 'dns' },
            { name: 'dns-tcp', port: 53, targetPort: 'dns-tcp' },
          ] as never,
          { selector: pods.matchLabels },
        ),
      ],
      discovered,
    }),
  );
  return findings.filter(({ code }) => code === 'DnsShutOut');
}

const ports = [53, '53/UDP'];
const everybody = { namespace: { selector: {} } };
const asking = (from: object, to: object = { pods }, on: Routes[number]['ports'] = ports) =>
  ({ name: `r${JSON.stringify([from, on]).length}`, from, to, ports: on }) as Routes[number];

describe('a ring around the DNS of the cluster', () => {
  test('that lets nobody ask it is reported, with the route that fixes it', () => {
    const [finding] = told([]);
    expect(finding).toMatchObject({ subject: { kind: 'Namespace', name: 'kube-system' } });
    expect(finding?.message).toContain('names can no longer be resolved');
    const [, ...yaml] = (finding?.hint ?? '').split('\n');
    expect(told(parse(yaml.join('\n')) as Routes)).toEqual([]);
  });

  test.each<[string, Routes]>([
    ['some namespaces alone', [asking({ namespace: { selector: { matchLabels: { team: 'a' } } } })]],
    ['one namespace alone', [asking({ namespace: { name: 'shop' } })]],
    ['some pods of all', [asking({ namespace: { selector: {}, pods: { matchLabels: { app: 'a' } } } })]],
    ['its own pods', [asking({ pods: {} })]],
    ['addresses, which CNIs do not match pods by', [asking({ cidr: { cidr: '10.0.0.0/8' } })]],
    ['everybody by TCP alone', [asking(everybody, { pods }, [53])]],
    ['everybody at other pods', [asking(everybody, { app: 'metrics-server' })]],
    ['nobody, but out', [asking({ pods }, { anywhere: {} })]],
  ])('that lets in %s is reported', (_, routes) => {
    expect(told(routes)).toHaveLength(1);
  });

  test.each<[string, Routes]>([
    ['every namespace', [asking(everybody)]],
    ['the cluster, on every port', [{ name: 'a', from: { cluster: {} }, to: { pods: {} } }]],
    ['anybody', [asking({ anywhere: {} })]],
    ['everybody by one route for each protocol', ports.map((port) => asking(everybody, { pods }, [port]))],
    ['everybody at its Service, whose ports have names', [asking(everybody, { service: 'kube-dns' })]],
  ])('that lets in %s is not', (_, routes) => {
    expect(told(routes)).toEqual([]);
  });

  test('is reported wherever the platform profile says that the DNS is, and in a dry run', () => {
    const own: PlatformSpec = { dns: { namespace: 'shop', podSelector: pods, ports: [5353] } };
    expect(told(undefined, own)).toMatchObject([{ subject: { name: 'shop' } }]);
    expect(told([], { ...system, enforcement: 'DryRun' })).toHaveLength(1);
  });

  test.each<[string, Routes | undefined, PlatformSpec, Discovered?]>([
    ['has no profile yet', undefined, system],
    ['is no system namespace', [], {}],
    ['is not enforced', [], { ...system, enforcement: 'Off' }],
    ['is not known to hold it', [], system, {}],
  ])('is not reported of where its namespace %s', (_, routes, spec, discovered = known) => {
    expect(told(routes, spec, discovered)).toEqual([]);
  });
});
