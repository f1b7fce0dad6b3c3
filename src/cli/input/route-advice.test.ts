import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { decodeAppNetworkProfile, type Problem } from '../../api/decode.ts';
import { routeAdvice } from './route-advice.ts';

const profile = (route: object) => ({
  apiVersion: 'ringfence.dev/v1alpha1',
  kind: 'AppNetworkProfile',
  metadata: { name: 'shop', namespace: 'shop' },
  spec: { routes: [{ name: 'a', from: { app: 'web' }, ...route }] },
});

function adviceAbout(written: string): readonly (string | undefined)[] {
  const object = profile(parse(written) as object);
  const decoded = decodeAppNetworkProfile(object);
  return decoded.ok ? [] : decoded.error.map((problem: Problem) => routeAdvice(problem, object));
}

describe('the advice about a route that does not decode', () => {
  test.each([
    // What is written, and what the advice says to write, which decodes.
    ['to: {namespace: payments}', 'namespace: {name: payments}', 'to: {namespace: {name: payments}}'],
    ['to: {cidr: 203.0.113.7}', 'cidr: {cidr: "203.0.113.7/32"}', 'to: {cidr: {cidr: "203.0.113.7/32"}}'],
    ['to: {cidr: 203.0.113.0/24}', 'cidr: {cidr: "203.0.113.0/24"}', 'to: {cidr: {cidr: "203.0.113.0/24"}}'],
    [
      'to: {cidr: {cidr: "2001:db8::1"}}',
      'cidr: {cidr: "2001:db8::1/128"}',
      'to: {cidr: {cidr: "2001:db8::1/128"}}',
    ],
    ['to: api', '{app: api}', 'to: {app: api}'],
    ['to: {pods: {tier: db}}', '{matchLabels: {tier: db}}', 'to: {pods: {matchLabels: {tier: db}}}'],
    [
      '{to: {namespace: {name: b, pods: {tier: db}}}}',
      '{matchLabels: {tier: db}}',
      'to: {namespace: {name: b, pods: {matchLabels: {tier: db}}}}',
    ],
    ['{to: {app: api}, ports: 9000}', '[9000]', '{to: {app: api}, ports: [9000]}'],
    ['{to: {app: api}, ports: "9000"}', '[9000]', '{to: {app: api}, ports: [9000]}'],
    ['{to: {app: api}, ports: [9000/tcp]}', '9000/TCP', '{to: {app: api}, ports: [9000/TCP]}'],
    ['{to: {app: api}, ports: [UDP/53]}', '53/UDP', '{to: {app: api}, ports: [53/UDP]}'],
    ['{to: {app: api}, ports: ["80,81"]}', '[80, 81]', '{to: {app: api}, ports: [80, 81]}'],
    ['{to: {app: api}, ports: [{port: 53, protocol: UDP}]}', '53/UDP', '{to: {app: api}, ports: [53/UDP]}'],
  ])('turns %s into %s, which is accepted', (written, advised, corrected) => {
    expect(adviceAbout(written)).toEqual([expect.stringContaining(`\`${advised}\``)]);
    expect(decodeAppNetworkProfile(profile(parse(corrected) as object))).toMatchObject({ ok: true });
  });

  test.each([
    'internet: mail.example.com',
    'internet: {host: mail.example.com}',
    'fqdn: mail.example.com',
    'cidr: {cidr: mail.example.com}',
  ])('says that there are no DNS names: %s', (end) => {
    expect(adviceAbout(`to: {${end}}`)).toContainEqual(expect.stringMatching(/know no DNS names/));
  });

  test.each(['payments/api', 'api.payments', 'api.payments.svc.cluster.local'])(
    'says how to name pods behind a Service of another namespace: %s',
    (service) => {
      expect(adviceAbout(`to: {service: ${service}}`)).toEqual([
        expect.stringContaining('{name: payments, pods:'),
      ]);
    },
  );

  test.each([
    ['{to: {app: api, ports: [80]}}', 'indent it as far as `to`'],
    ['{to: {podSelector: {}}}', '`pods: {matchLabels: {…}}`'],
    ['{to: {namespaceSelector: {}}}', '`namespace: {name: …, pods: {matchLabels: {…}}}`'],
    ['{to: {namespace: {name: b, app: api}}}', '`namespace: {name: …, pods: {matchLabels: {…}}}`'],
    ['{to: {app: api, service: api}}', 'write a route for each'],
    [
      '{to: {namespace: {name: b}, app: api}}',
      '`namespace: {name: b, pods: {matchLabels: {LABEL: api}}}`, where',
    ],
    ['{to: {namespace: b, app: api}}', '`namespace: {name: b, pods: {matchLabels: {LABEL: api}}}`, where'],
    [
      '{to: {namespace: {name: b}, pods: {matchLabels: {a: b}}}}',
      '`namespace: {name: b, pods: {matchLabels: {…}}}`',
    ],
    ['{to: {namespace: {selector: {}}, pods: {}}}', '`namespace: {name: …, pods: {matchLabels: {…}}}`'],
    ['{to: [{app: api}, {app: db}]}', 'write a route for each'],
    ['{to: {app: api}, ports: ["*"]}', 'leave `ports` out'],
  ])('names the place or the field of what is known from elsewhere: %s', (written, advised) => {
    expect(adviceAbout(written)).toContainEqual(expect.stringContaining(advised));
  });

  test.each([
    'to: {app: -api}',
    'to: {ap: api}',
    'to: {cidr: {cidr: 10.0.0.1/8}}',
    '{to: {app: api}, ports: [70000]}',
    'ports: [80]',
  ])("adds nothing where the problem's own words say it all: %s", (written) => {
    expect(adviceAbout(written)).toEqual([undefined]);
  });

  test('sends `routes` that stand beside `spec` into it, and only in a profile', () => {
    const problem: Problem = { code: 'UnknownField', path: 'routes', message: 'is not a field' };
    expect(routeAdvice(problem, { kind: 'AppNetworkProfile' })).toBe(
      '`routes` is a field of `spec`: put it there',
    );
    expect(routeAdvice(problem, { kind: 'Ingress' })).toBeUndefined();
  });
});
