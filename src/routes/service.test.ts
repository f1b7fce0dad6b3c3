import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { service as fixture, view } from '../../test/fixtures.ts';
import type { ServiceFacts } from '../model/services.ts';
import type { RouteContext, WrittenPorts } from './route-end.ts';
import { podsBehind } from './service.ts';

function context(ports: readonly object[], spec?: object, pods?: RouteContext['pods']): RouteContext {
  const services = view({ objects: [fixture('shop/web', ports, spec)] }).services.get('shop');
  return {
    namespace: 'shop',
    appLabel: 'app',
    services: services ?? new Map<string, ServiceFacts>(),
    ...(pods && { pods }),
    ingressControllers: [],
    monitoring: [],
    ranges: { pods: undefined, services: undefined, nodes: undefined },
    apiServer: [],
    controlPlane: [],
  };
}

/** The pods' ports for ports that a route names. */
function translate(written: WrittenPorts, ports: readonly object[], spec?: object) {
  const pods = podsBehind('web', context(ports, spec));
  return pods.ok ? pods.value.ports(written) : pods;
}

const tcp = (port: number | string) => ({ protocol: 'TCP', port });
const udp = (port: number | string) => ({ protocol: 'UDP', port });
const ports = (...all: readonly object[]) => ({ ok: true, value: all });
const headless = { clusterIP: 'None', selector: { app: 'web' } };

describe('the ports of a Service', () => {
  const http = { name: 'http', port: 80, targetPort: 8080 };
  const admin = { name: 'admin', port: 8081, targetPort: 'admin-port' };
  const dnsUdp = { name: 'dns', port: 53, protocol: 'UDP', targetPort: 5353 };
  const dnsTcp = { name: 'dns-tcp', port: 53, targetPort: 5354 };
  const all = [http, admin, dnsUdp, dnsTcp];

  test('are translated by number, to a number or to the name of a container port', () => {
    expect(translate([80], all)).toEqual(ports(tcp(8080)));
    expect(translate(['80'], all)).toEqual(ports(tcp(8080)));
    expect(translate([8081], all)).toEqual(ports(tcp('admin-port')));
  });

  test('are translated by name', () => {
    expect(translate(['http', 'admin'], all)).toEqual(ports(tcp(8080), tcp('admin-port')));
    expect(translate(['dns/UDP'], all)).toEqual(ports(udp(5353)));
  });

  test('are told apart by protocol', () => {
    expect(translate([53], all)).toEqual(ports(tcp(5354)));
    expect(translate(['53/UDP'], all)).toEqual(ports(udp(5353)));
    expect(translate(['53/UDP', '53/TCP'], all)).toEqual(ports(udp(5353), tcp(5354)));
    expect(translate(['80/SCTP'], all)).toMatchObject({ ok: false });
  });

  test('are all of them where the route names none: never every port of the pods', () => {
    expect(translate(undefined, all)).toEqual(ports(tcp(8080), tcp('admin-port'), udp(5353), tcp(5354)));
  });

  test('lie in a range by their own numbers, not by the pods', () => {
    expect(translate(['1-100'], all)).toEqual(ports(tcp(8080), tcp(5354)));
    expect(translate(['8000-8100'], all)).toEqual(ports(tcp('admin-port')));
    expect(translate(['1-65535/UDP'], all)).toEqual(ports(udp(5353)));
    expect(translate(['9000-9999'], all)).toMatchObject({ ok: false });
  });

  test('are their own target where the Service names none', () => {
    expect(translate([80], [{ port: 80 }])).toEqual(ports(tcp(80)));
  });

  test('that lead to one port of the pods become one', () => {
    const twins = [http, { name: 'alt', port: 8000, targetPort: 8080 }];
    expect(translate(undefined, twins)).toEqual(ports(tcp(8080)));
    expect(translate([80, 'http', '80-90'], twins)).toEqual(ports(tcp(8080)));
  });
});

describe('a headless Service', () => {
  test('lets the port itself in too where it differs from the target: who resolves the name dials the pod', () => {
    expect(translate([80], [{ port: 80, targetPort: 8080 }], headless)).toEqual(ports(tcp(8080), tcp(80)));
    expect(translate(undefined, [{ port: 80, targetPort: 'http' }], headless)).toEqual(
      ports(tcp('http'), tcp(80)),
    );
    expect(translate([80], [{ port: 80 }], headless)).toEqual(ports(tcp(80)));
  });

  test('without ports has those of its pods', () => {
    expect(translate(undefined, [], headless)).toEqual({ ok: true, value: undefined });
    expect(translate([9042, 'cql'], [], headless)).toEqual(ports(tcp(9042), tcp('cql')));
  });
});

describe('a wrong port', () => {
  const web = [
    { name: 'http', port: 80, targetPort: 8080 },
    { name: 'named', port: 81, targetPort: 'web' },
    { name: 'dns', port: 53, protocol: 'UDP', targetPort: 5353 },
  ];

  test('is Rejected with the ports that the Service has', () => {
    expect(translate([443], web)).toEqual({
      ok: false,
      error: {
        state: 'Rejected',
        reason: 'ServicePortMissing',
        message:
          "Service `web` has no port `443`: it has `80` (http), `81` (named), `53/UDP` (dns). `81` leads to the pods' port `web`: if that is `443`, write `81`",
        at: 'ports[0]',
      },
    });
  });

  test.each<[number | string, string]>([
    [8080, 'ports: [80]'],
    ['8080/TCP', 'ports: [80]'],
    ['web', 'ports: [81]'],
    ['5353/UDP', 'ports: ["53/UDP"]'],
    ['8000-8100', 'ports: [80]'],
  ])("that is the pods' (%p) is Rejected with the YAML that fixes it", (port, suggestion) => {
    expect(translate([port], web)).toMatchObject({ error: { state: 'Rejected', suggestion } });
  });

  test("says that ports of a service are Service ports where it is the pods'", () => {
    expect(translate([8080], web)).toMatchObject({
      error: {
        message: expect.stringMatching(
          /`8080` is the pods' port behind `80`; `ports` of a `service` are Service ports$/,
        ),
      },
    });
  });

  test('has a suggestion that works when it is pasted, with all ports of the route', () => {
    const written = ['http', 8080, 'web', '5353/UDP'];
    const wrong = translate(written, web);
    const suggestion = wrong.ok ? undefined : wrong.error.suggestion;
    const pasted = (parse(suggestion ?? '') as { ports: readonly (number | string)[] }).ports;
    expect(pasted).toEqual(['http', 80, 81, '53/UDP']);
    expect(translate(pasted, web)).toMatchObject({ ok: true });
  });

  test('has no suggestion where another port stays wrong', () => {
    const wrong = translate([8080, 443], web);
    expect(wrong).toMatchObject({ error: { reason: 'ServicePortMissing', at: 'ports[0]' } });
    expect(translate([80, 443], web)).toMatchObject({ error: { at: 'ports[1]' } });
    expect(wrong.ok ? {} : wrong.error).not.toHaveProperty('suggestion');
  });

  test("that is a range of the pods' is fixed with every port before them", () => {
    const pair = [
      { name: 'a', port: 80, targetPort: 8080 },
      { name: 'b', port: 81, targetPort: 8081 },
    ];
    expect(translate(['8080-8081'], pair)).toMatchObject({ error: { suggestion: 'ports: [80, 81]' } });
  });

  test.each<[number | string]>([[53], ['dns']])(
    'that has another protocol than TCP (%p) is Rejected with the YAML that says which',
    (port) => {
      expect(translate([port], web)).toMatchObject({
        error: {
          message: expect.stringMatching(
            /has no port .*: it has .*`53\/UDP` \(dns\)\. .* without a protocol is TCP$/,
          ),
          suggestion: 'ports: ["53/UDP"]',
        },
      });
    },
  );

  test('is wrong with the protocol of another too, where it says which', () => {
    const wrong = translate(['53/TCP'], web);
    expect(wrong).toMatchObject({
      error: { message: expect.stringContaining('has no port `53/TCP`: it has') },
    });
    expect(wrong.ok ? {} : wrong.error).not.toHaveProperty('suggestion');
  });

  test('of a Service with very many says first what was mistaken: messages are cut', () => {
    const many = Array.from({ length: 200 }, (_, index) => ({
      name: `p${index}`,
      port: 10_000 + index,
      targetPort: 20_000 + index,
    }));
    const wrong = translate([20_199], many);
    const message = wrong.ok ? '' : wrong.error.message;
    expect(message).toContain("`10007` (p7) and 192 more. `20199` is the pods' port behind `10199`");
    expect(message.length).toBeLessThan(1024);
    // A route takes 50 ports: with more, what is suggested would be refused.
    expect(translate(['20000-20049'], many)).toMatchObject({ error: { suggestion: expect.anything() } });
    const tooMany = translate(['20000-20050'], many);
    expect(tooMany.ok ? {} : tooMany.error).not.toHaveProperty('suggestion');
  });
});

describe("the port of pods that are known, behind a Service that names its target's port", () => {
  const pod = (labels: Readonly<Record<string, string>>, name: string, number: number) => ({
    labels,
    ports: [{ name, protocol: 'TCP', number } as const],
  });
  const pods = [pod({ app: 'web' }, 'web', 8080), pod({ app: 'other' }, 'web', 9090)];
  const wrong = (port: number | string, targetPort: number | string) => {
    const behind = podsBehind(
      'web',
      context([{ name: 'http', port: 80, targetPort }], { selector: { app: 'web' } }, pods),
    );
    return behind.ok ? behind.value.ports([port]) : behind;
  };

  test.each<[number | string, number | string]>([
    [8080, 'web'],
    ['8000-8100', 'web'],
    ['web', 8080],
  ])('is Rejected with the YAML that fixes it: %p for the target %p', (port, target) => {
    const message = expect.stringContaining(`\`${port}\` is the pods' port behind \`80\``);
    expect(wrong(port, target)).toMatchObject({ error: { message, suggestion: 'ports: [80]' } });
  });

  test('is not guessed: another port, or one of other pods, has no suggestion', () => {
    for (const port of [9090, 9091]) {
      const found = wrong(port, 'web');
      expect(found.ok ? {} : found.error).not.toHaveProperty('suggestion');
      expect(found).toMatchObject({ error: { message: expect.stringMatching(/it has `80` \(http\)$/) } });
    }
  });
});

describe('a Service behind which no pods are known', () => {
  test('waits where it does not exist', () => {
    expect(podsBehind('gone', context([]))).toMatchObject({
      error: { state: 'Pending', reason: 'ServiceMissing' },
    });
  });

  test('is Rejected without a selector: somebody else writes its endpoints', () => {
    for (const spec of [{}, { selector: {} }]) {
      expect(translate([80], [{ port: 80 }], spec)).toMatchObject({
        error: {
          state: 'Rejected',
          reason: 'ServiceWithoutSelector',
          message: expect.stringContaining('name the pods with `pods`'),
        },
      });
    }
  });

  test('is Rejected where it is an ExternalName, even one with a selector, with a hint', () => {
    const spec = { type: 'ExternalName', externalName: 'db.example.com', selector: { app: 'web' } };
    expect(translate(undefined, [], spec)).toMatchObject({
      error: {
        state: 'Rejected',
        reason: 'ServiceExternal',
        message: expect.stringMatching(/`db\.example\.com`.*name its addresses with `cidr`/),
      },
    });
  });
});
