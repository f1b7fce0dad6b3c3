// Which ports of routes to pods are a Service's: the operator knows Services and no pods, the tool often knows both.
import { describe, expect, test } from '@jest/globals';
import { namespace, platform, profile, type Routes, view } from '../../../test/fixtures.ts';
import type { PodPorts } from '../../model/known-pod-ports.ts';
import type { ServiceFacts } from '../../model/services.ts';
import type { ClusterView } from '../../view/cluster-view.ts';
import { compile } from '../compile.ts';

const labels = { 'app.kubernetes.io/name': 'api' };

/** A Service of `pay` in front of `api`, from port 80 to another one. */
function leading(targetPort: number | string, name = 'api', port = 80, portName?: string): ServiceFacts {
  const ports = [{ port, protocol: 'TCP', targetPort, ...(portName && { name: portName }) }] as const;
  return { namespace: 'pay', name, type: 'ClusterIP', headless: false, selector: labels, ports };
}

function declaring(ports: PodPorts['ports']): ClusterView['pods'] {
  return new Map([['pay', [{ labels, ports }]]]);
}

const tcp = (number: number, name?: string) => ({ protocol: 'TCP', number, ...(name && { name }) }) as const;

/** What is said of a route of the shop to `api` in `pay`, and of one in `pay` that lets the shop in, if there is one. */
function told(
  ports: readonly (number | string)[],
  services: readonly ServiceFacts[],
  { pods, letsIn = false }: { readonly pods?: ClusterView['pods']; readonly letsIn?: boolean } = {},
) {
  const routeTo = {
    name: 'out',
    from: { app: 'web' },
    to: { namespace: { name: 'pay', pods: { matchLabels: labels } } },
    ports,
  };
  const routeIn = { name: 'in', from: { namespace: { name: 'shop' } }, to: { app: 'api' }, ports };
  const given = view({
    platform: platform({ egress: 'Restricted' }),
    namespaces: [namespace('shop'), namespace('pay')],
    profiles: [
      profile('shop/shop', { routes: [routeTo] as unknown as Routes }),
      ...(letsIn ? [profile('pay/pay', { routes: [routeIn] as unknown as Routes })] : []),
    ],
    services,
  });
  const { namespaces } = compile(pods === undefined ? given : { ...given, pods });
  const routes = namespaces.flatMap(({ profiles }) => profiles.flatMap((each) => each.routes));
  return Object.fromEntries(routes.map(({ route, ...rest }) => [route.name, rest]));
}

describe('a route that is not let in, to the port of a Service', () => {
  test('suggests nothing that would open that port: it says what the port is', () => {
    const { out } = told([80], [leading(8080)]);
    expect(out).toMatchObject({
      reason: 'NotAdmitted',
      hint: 'first mend the port: `80` is a port of Service `api`, whose pods listen on `8080`: write `8080`',
    });
    expect(out?.suggestion).toBeUndefined();
  });

  test.each<[string, readonly (number | string)[], readonly ServiceFacts[], ClusterView['pods'] | undefined]>(
    [
      ["the pods' port", [8080], [leading(8080)], undefined],
      [
        'a number that another Service leads to',
        [80],
        [leading(8080), leading(80, 'direct', 8000)],
        undefined,
      ],
      ['a number that a pod declares', [80], [leading(8080)], declaring([tcp(80), tcp(8080)])],
      ['a name, which may be one of the pods', ['http'], [leading(8080, 'api', 80, 'http')], undefined],
      ['a range', ['80-90'], [leading(8080)], undefined],
      ['the same number of another protocol', ['80/UDP'], [leading(8080)], undefined],
    ],
  )('suggests to let it in if it asks for %s', (_, ports, services, pods) => {
    const { out } = told(ports, services, pods && { pods });
    expect(out).toMatchObject({ reason: 'NotAdmitted', hint: 'ask the team of `pay` to add this:' });
    expect(out?.suggestion).toMatch(/ports: /);
  });

  test('suggests the name behind the port if nobody knows whether that is the same, and says so', () => {
    const { out } = told([80, 9090], [leading('http')]);
    expect(out?.suggestion).toContain('ports: ["http", 9090]');
    expect(out?.message).toBe(
      '`pay` does not let it in: a profile there has to allow it; `80` is a port of Service `api`, whose pods listen on `http`: if that is another port, write `http` in this route, too',
    );
    expect(told([80], [leading('http')], { letsIn: true }).in?.reason).toBe('Active');
  });

  test('is told what a name means where pods are known', () => {
    const named = [leading('http')];
    expect(told([80], named, { pods: declaring([tcp(9000, 'http')]) }).out?.hint).toContain('write `http`');
    expect(told([80], named, { pods: declaring([tcp(80, 'http')]) }).out?.suggestion).toContain('[80]');
  });

  test('is not judged by a headless Service, nor by one that leads to fewer pods', () => {
    expect(told([80], [{ ...leading(8080), headless: true }]).out?.suggestion).toContain('[80]');
    const fewer = { ...leading(8080), selector: { ...labels, tier: 'canary' } };
    expect(told([80], [fewer]).out?.suggestion).toContain('[80]');
  });
});

test('a rule with the port of a Service is written, and says so on both sides', () => {
  const both = told([80], [leading(8080)], { letsIn: true });
  const mistaken = {
    state: 'Active',
    reason: 'ServicePortMistaken',
    message:
      "its rule is written, but `80` is a port of Service `api`, whose pods listen on `8080`: policies apply to the pods' ports",
    hint: 'write `8080`',
  };
  expect(both).toMatchObject({ in: mistaken, out: mistaken });
  expect(told([8080], [leading(8080)], { letsIn: true })).toMatchObject({
    in: { reason: 'Active' },
    out: { reason: 'Active' },
  });
});
