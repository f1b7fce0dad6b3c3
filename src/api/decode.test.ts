import { describe, expect, test } from '@jest/globals';
import {
  decodeAppNetworkProfile,
  decodePlatformNetworkProfile,
  formatProblem,
  readAskedEgress,
} from './decode.ts';

const profile = {
  apiVersion: 'ringfence.dev/v1alpha1',
  kind: 'AppNetworkProfile',
  metadata: { name: 'shop', namespace: 'shop' },
  spec: { routes: [{ name: 'web-to-mongo', from: { app: 'web' }, to: { app: 'mongo' } }] },
};

function problemsOf(object: unknown): readonly string[] {
  const decoded = decodeAppNetworkProfile(object);
  return decoded.ok ? [] : decoded.error.map(formatProblem);
}

describe('decoding a profile', () => {
  test('fills in what only the API server sets, and drops metadata that nobody reads', () => {
    const decoded = decodeAppNetworkProfile({
      ...profile,
      metadata: { ...profile.metadata, managedFields: [] },
    });
    expect(decoded.ok && decoded.value.metadata).toEqual({
      ...profile.metadata,
      uid: '',
      generation: 0,
      resourceVersion: '',
    });
  });

  test('leaves out a member that is absent, rather than making it undefined', () => {
    const decoded = decodeAppNetworkProfile(profile);
    expect(decoded.ok && Object.keys(decoded.value.spec)).toEqual(['routes']);
    expect(decoded.ok && decoded.value.spec.routes.map((route) => Object.keys(route))).toEqual([
      ['name', 'from', 'to'],
    ]);
  });

  test('does not change what it is given', () => {
    const frozen = Object.freeze({ ...profile, spec: Object.freeze({ egress: null }) });
    expect(decodeAppNetworkProfile(frozen)).toMatchObject({ ok: true, value: { spec: { routes: [] } } });
  });

  test.each([
    [undefined, ['is required']],
    [null, ['must be an object, not null']],
    ['text', ['must be an object, not `text`']],
    [[], ['must be an object, not a list']],
  ])('refuses %j as a whole', (object, problems) => {
    expect(problemsOf(object)).toEqual(problems);
  });

  test('says with a code what kind of mistake it is, and which words are allowed', () => {
    const decoded = decodeAppNetworkProfile({
      ...profile,
      metadata: { ...profile.metadata, namespace: 7 },
      spec: { egress: 'restricted', route: [] },
    });
    expect(decoded.ok ? [] : decoded.error.map(({ message: _, ...data }) => data)).toEqual([
      { code: 'UnquotedString', path: 'metadata.namespace' },
      {
        code: 'UnknownWord',
        path: 'spec.egress',
        written: 'restricted',
        allowed: ['Unrestricted', 'ClusterOnly', 'Restricted'],
      },
      { code: 'UnknownField', path: 'spec.route', written: 'route', allowed: ['egress', 'routes'] },
    ]);
  });

  test('says everything that is wrong, not only the first', () => {
    expect(
      problemsOf({ ...profile, kind: 'Profile', spec: { routes: 1, egress: 2, more: 3, most: 4 } }),
    ).toEqual([
      'kind: must be `AppNetworkProfile`, not `Profile`',
      'spec.egress: must be `Unrestricted`, `ClusterOnly` or `Restricted`, not `2`',
      'spec.routes: must be a list, not `1`',
      'spec.more: is not a field; allowed are `egress` and `routes`',
      'spec.most: is not a field; allowed are `egress` and `routes`',
    ]);
  });

  test('names a label by its key, in brackets where it is not a word', () => {
    const from = { pods: { matchLabels: { 'example.com/app': 'a b', tier: 'a b' } } };
    const paths = problemsOf({ ...profile, spec: { routes: [{ ...profile.spec.routes[0], from }] } });
    expect(paths.map((line) => line.split(': ')[0])).toEqual([
      'spec.routes[0].from.pods.matchLabels[example.com/app]',
      'spec.routes[0].from.pods.matchLabels.tier',
    ]);
  });

  test('does not take a property of Object for an end', () => {
    const routes = [{ ...profile.spec.routes[0], from: JSON.parse('{"__proto__": {"app": "web"}}') }];
    expect(problemsOf({ ...profile, spec: { routes } })[0]).toContain('spec.routes[0].from');
  });

  test('passes over a field of the status that a newer version wrote: it must not freeze an older operator', () => {
    const status = { observedGeneration: 2, forecast: 'sunny' };
    expect(decodeAppNetworkProfile({ ...profile, status })).toMatchObject({
      ok: true,
      value: { status: { observedGeneration: 2 } },
    });
  });

  test('refuses a field of the spec that a newer version may know: it could have narrowed the route', () => {
    const routes = [{ ...profile.spec.routes[0], hours: 'office' }];
    expect(problemsOf({ ...profile, spec: { routes } })).toEqual([
      'spec.routes[0].hours: is not a field; allowed are `name`, `from`, `to` and `ports`',
    ]);
  });
});

describe('what a profile asks of egress', () => {
  test('is read by itself, whatever the rest of it is', () => {
    expect(readAskedEgress({ spec: { egress: 'ClusterOnly', routes: 'none' } })).toBe('ClusterOnly');
    for (const silent of [{}, { spec: null }, { spec: {} }, { spec: { egress: null } }]) {
      expect(readAskedEgress(silent)).toBeUndefined();
    }
  });

  test.each(['Isolated', 7, {}])('is the strictest where it is a word of another version: %j', (egress) => {
    expect(readAskedEgress({ spec: { egress } })).toBe('Restricted');
  });
});

describe('decoding a platform profile', () => {
  test('fills in every default of the API', () => {
    const decoded = decodePlatformNetworkProfile({
      ...profile,
      kind: 'PlatformNetworkProfile',
      metadata: { name: 'default' },
      spec: { enforcement: 'DryRun' },
    });
    expect(decoded.ok && decoded.value.spec).toEqual({
      enforcement: 'DryRun',
      egress: 'Unrestricted',
      namespaces: { selector: {}, exclude: [] },
      systemNamespaces: [],
      rules: [],
      appLabel: 'app.kubernetes.io/name',
      ingressControllers: [],
      ingressRoutes: 'Auto',
      monitoring: [],
    });
  });
});

describe('a bare `Off`, which kubectl sends as false', () => {
  test('is refused with the quotes that it needs', () => {
    const decoded = decodePlatformNetworkProfile({
      apiVersion: 'ringfence.dev/v1alpha1',
      kind: 'PlatformNetworkProfile',
      metadata: { name: 'default' },
      spec: { enforcement: false },
    });
    expect(decoded.ok ? [] : decoded.error).toEqual([
      {
        code: 'Invalid',
        path: 'spec.enforcement',
        message:
          'must be `Enforce`, `DryRun` or `Off`, not `false`; a bare `Off` is a boolean in YAML: write `"Off"`',
      },
    ]);
  });
});
