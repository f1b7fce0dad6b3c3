// What people are reported to paste, pasted: read as YAML 1.2, and as the 1.1 that kubectl reads.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'yaml';
import {
  namespace,
  type PlatformSpec,
  platform,
  profile,
  service,
  shopView,
  view,
  webhooks,
} from '../../test/fixtures.ts';
import { decodeAppNetworkProfile } from '../api/decode.ts';
import { suggestedName, suggestProfile } from '../api/suggested-profile.ts';
import { compile } from './compile.ts';

/** Names and label values that YAML takes for something else, or that are as long as may be. */
const long = `${'a'.repeat(57)}-${'b'.repeat(5)}`;
const odd = ['1e3', '0x1f', '123', '0o17', '2026-01-02', 'true', 'no', 'on', 'y', 'null', 'a--b', long];
const name = fc.oneof(fc.constantFrom(...odd), fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/));
const key = fc.oneof(
  fc.constantFrom('on', 'null', 'y', '1', '0x1f', 'example.com/app', '1.2/a', `a.b/${'k'.repeat(63)}`),
  fc.stringMatching(/^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/),
);
const value = fc.oneof(
  fc.constantFrom('', 'True', 'NO', '1.0', '1_000', '5e1', ...odd),
  fc.stringMatching(/^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/),
);
const selector = fc.record(
  {
    matchLabels: fc.dictionary(key, value, { maxKeys: 3 }),
    matchExpressions: fc.array(
      fc.record({
        key,
        operator: fc.constant('NotIn'),
        values: fc.array(value, { minLength: 1, maxLength: 3 }),
      }),
      { maxLength: 2 },
    ),
  },
  { requiredKeys: [] },
);
const ports = fc.option(
  fc.array(fc.constantFrom(80, '8000-8100', 'http', '53/UDP', '1e3', 'y'), { minLength: 1, maxLength: 3 }),
  { nil: undefined },
);

const inner = { from: { app: 'a' }, to: { app: 'b' } };

/** The object that both readers make of a text. */
function read(text: string): unknown {
  const [now, before] = [parse(text), parse(text, { version: '1.1' })];
  expect(before).toEqual(now);
  return now;
}

/** A hint holds its YAML after its first line: one entry to add to `spec.routes`. */
function withRoutesOf(hint: string): unknown {
  const routes = read(hint.slice(hint.indexOf('\n') + 1));
  return {
    apiVersion: 'ringfence.dev/v1alpha1',
    kind: 'AppNetworkProfile',
    metadata: { name: 'a' },
    spec: { routes },
  };
}

describe('a suggested profile', () => {
  test('is what was meant when it is pasted, whatever the names and labels', () => {
    fc.assert(
      fc.property(name, name, selector, selector, ports, (where, from, pods, destinations, some) => {
        const route = {
          name: from,
          from: { namespace: { name: from, pods } },
          to: { pods: destinations },
          ...(some === undefined ? {} : { ports: some }),
        };
        const decoded = decodeAppNetworkProfile(read(suggestProfile(where, from, route)));
        expect(decoded).toMatchObject({
          ok: true,
          value: { metadata: { name: from, namespace: where }, spec: { routes: [route] } },
        });
      }),
    );
  });

  test('for a route that waits for consent decodes, whatever the names and labels, alone or in a profile there', () => {
    fc.assert(
      fc.property(name, name, name, selector, ports, fc.boolean(), (from, to, route, pods, some, isNew) => {
        fc.pre(from !== to);
        const mine = profile(`${from}/p`, {
          routes: [
            {
              name: route,
              from: { pods },
              to: { namespace: { name: to, pods } },
              ...(some === undefined ? {} : { ports: some }),
            } as never,
          ],
        });
        const theirs = isNew ? [] : [profile(`${to}/theirs`, { routes: [{ ...inner, name: route }] })];
        const { namespaces } = compile(
          view({
            platform: platform(),
            namespaces: [namespace(from), namespace(to)],
            profiles: [mine, ...theirs],
          }),
        );
        const declaring = namespaces.find((each) => each.namespace === from);
        const [compiled] = declaring?.profiles.flatMap(({ routes }) => routes) ?? [];
        const suggested = read(compiled?.suggestion ?? '');
        const added = { apiVersion: 'ringfence.dev/v1alpha1', kind: 'AppNetworkProfile' };
        const object = isNew
          ? suggested
          : { ...added, metadata: { namespace: to, name: 'a' }, spec: { routes: suggested } };
        expect(decodeAppNetworkProfile(object)).toMatchObject({
          ok: true,
          value: {
            metadata: { namespace: to },
            spec: { routes: [{ name: isNew ? route : suggestedName(route, '2') }] },
          },
        });
      }),
    );
  });
});

describe('a suggested name', () => {
  test('that is too long is cut with a hash, so that two never become one', () => {
    const names = ['-x', '-y'].map((end) => suggestedName('from', long, `route${end}`));
    expect(new Set(names).size).toBe(2);
    for (const each of names) expect(each).toMatch(/^[a-z0-9][-a-z0-9]{0,61}[a-z0-9]$/);
  });
});

describe('a hint that holds a route', () => {
  const serviceName = fc.oneof(
    fc.constantFrom(...odd, 'a'.repeat(62), 'a'.repeat(63)),
    fc.stringMatching(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/),
  );

  test('for an entrance and for a backend of the control plane decodes, also both in one profile', () => {
    fc.assert(
      fc.property(serviceName, selector, (given, { matchLabels = {} }) => {
        const called = webhooks('ValidatingWebhookConfiguration', given);
        const entrance = service(`shop/${given}`, [{ port: 443 }], {
          type: 'LoadBalancer',
          selector: { app: 'a', ...matchLabels },
        });
        const { findings } = compile(shopView({ objects: [called, entrance] }));
        expect(findings.map(({ code }) => code)).toEqual(['EntranceClosed', 'ControlPlaneShutOut']);
        const profiles = findings.map(({ hint }) => withRoutesOf(hint) as { spec: { routes: object[] } });
        const both = profiles.flatMap(({ spec }) => spec.routes);
        expect(decodeAppNetworkProfile({ ...profiles[0], spec: { routes: both } })).toMatchObject({
          ok: true,
          value: { spec: { routes: [{ to: { service: given } }, { to: { service: given } }] } },
        });
      }),
    );
  });
});

describe('a hint under guardrails', () => {
  const allow = { ends: ['app', 'service', 'namespace'] } as const;
  const guarded = { rules: [{ name: 'team', namespaces: { names: ['shop'] }, allow }] } as PlatformSpec;
  const entrance = service('shop/web', [{ port: 443 }], { type: 'LoadBalancer', selector: { app: 'web' } });

  test.each([
    ['anywhere', 'EntranceClosed', entrance, guarded],
    ['kubernetesAPI', 'ControlPlaneShutOut', webhooks('ValidatingWebhookConfiguration', 'web'), guarded],
  ] as const)('names whom to ask instead of a route with `%s`', (end, code, object, spec) => {
    const plain = service('shop/web', [{ port: 443 }], { selector: { app: 'web' } });
    const objects = object === entrance ? [entrance] : [plain, object];
    const hintWith = (settings: PlatformSpec) =>
      compile(shopView({ spec: settings, objects })).findings.find((finding) => finding.code === code)?.hint;
    expect(hintWith(spec)).toContain(`to add \`${end}\` to \`allow.ends\` of this rule`);
    expect(hintWith(spec)).not.toContain('add to a profile');
    expect(hintWith({})).toContain(`from: {${end}: {}}`);
  });
});

describe('suggested ports', () => {
  test("of a Service replace the route's, and open it", () => {
    const web = service('shop/web', [
      { name: 'http', port: 80, targetPort: 'y' },
      { name: 'dns', port: 53, protocol: 'UDP', targetPort: 5353 },
      { name: 'more', port: 8000, targetPort: 9000 },
    ]);
    const route = { name: 'users', from: { app: 'a' }, to: { service: 'web' } } as const;
    const routeWith = (some: readonly (number | string)[]) => {
      const { namespaces } = compile(shopView({ routes: [{ ...route, ports: some }], objects: [web] }));
      return namespaces[0]?.profiles[0]?.routes[0];
    };
    const rejected = routeWith(['y', '5353/UDP', '7999-8000']);
    expect(rejected).toMatchObject({ state: 'Rejected', reason: 'ServicePortMissing' });
    const { ports: fixed } = read(rejected?.suggestion ?? '') as { ports: (number | string)[] };
    expect(fixed).toEqual([80, '53/UDP', '7999-8000']);
    expect(routeWith(fixed)?.state).toBe('Active');
  });
});
