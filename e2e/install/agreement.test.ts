// The agreement suite against a real API server: the generated CRDs, strict field validation, and the table that zod is asked too.
import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  decodeAppNetworkProfile,
  decodeNetworkPause,
  decodePlatformNetworkProfile,
} from '../../src/api/decode.ts';
import {
  appNetworkProfileExample,
  networkPauseExample,
  platformNetworkProfileExample,
} from '../../src/api/examples.ts';
import {
  type AgreementCase,
  appCase,
  type Kind,
  objectOf,
  pauseCase,
  platformCase,
  times,
} from '../../test/agreement/agreement-case.ts';
import { accepted, refused } from '../../test/agreement/cases.ts';
import { nearlyRight } from '../../test/agreement/nearly-right.ts';
import { portText } from '../../test/agreement/port-text.ts';
import { specWith, stringFields } from '../../test/agreement/string-fields.ts';
import type { Method } from '../control-plane/api-client.ts';
import { kubectl as runKubectl } from '../kubectl.ts';
import { onCluster } from '../support/on-cluster.ts';

interface Stored {
  readonly metadata: { readonly resourceVersion: string };
  readonly spec: object;
}

const paths: Readonly<Record<Kind, string>> = {
  AppNetworkProfile: '/apis/ringfence.dev/v1alpha1/namespaces/default/appnetworkprofiles',
  PlatformNetworkProfile: '/apis/ringfence.dev/v1alpha1/platformnetworkprofiles',
  NetworkPause: '/apis/ringfence.dev/v1alpha1/networkpauses',
};
const decoders = {
  AppNetworkProfile: decodeAppNetworkProfile,
  PlatformNetworkProfile: decodePlatformNetworkProfile,
  NetworkPause: decodeNetworkPause,
};
const makers = {
  AppNetworkProfile: appCase,
  PlatformNetworkProfile: platformCase,
  NetworkPause: pauseCase,
};
const dryRun = '?dryRun=All&fieldValidation=Strict';

const { cluster } = onCluster();

/** What the API server says against a request; undefined if it accepts it. */
async function refusal(method: Method, path: string, body: unknown): Promise<string | undefined> {
  return await cluster.api.json(method, path, body).then(
    () => undefined,
    (error: Error) => error.message,
  );
}

async function askToCreate(one: AgreementCase): Promise<string | undefined> {
  return await refusal('POST', `${paths[one.kind]}${dryRun}`, objectOf(one));
}

const aboutSpec = (one: AgreementCase) => one.status === undefined;
const aboutStatus = (one: AgreementCase) => one.status !== undefined;

describe('the API server, as zod does', () => {
  test.each(accepted.filter(aboutSpec))('$kind: $title', async (one) => {
    expect(await askToCreate(one)).toBeUndefined();
  });

  test.each(refused.filter(aboutSpec))('$kind: $title', async (one) => {
    const said = await askToCreate(one);
    expect(said).toContain(one.refused.path);
    expect(said).toContain(one.refused.serverSays ?? one.refused.says);
  });

  test('finds the same ports wrong among 2,000 random ones', async () => {
    const texts = fc.sample(portText, { numRuns: 2000, seed: 3 });
    const routes = times(40, (index) => ({
      name: `route-${index}`,
      from: { app: 'web' },
      to: { app: 'mongo' },
      ports: texts.slice(index * 50, index * 50 + 50),
    }));
    const one = appCase('random ports', { routes });
    const decoded = decodeAppNetworkProfile(objectOf(one));
    const problems = decoded.ok ? [] : decoded.error.map(({ path }) => path);
    const said = (await askToCreate(one)) ?? '';
    const named = said.match(/spec\.routes\[\d+\]\.ports\[\d+\](?=: )/g) ?? [];
    expect([...new Set(named)].sort()).toEqual([...new Set(problems)].sort());
    expect(problems.length).toBeGreaterThan(100);
    expect(problems.length).toBeLessThan(1900);
  });
});

describe('a text that is nearly right', () => {
  /** For each place in a spec. Of several places that ask the same of a text, the first gets `textsPerKind`. */
  const textsPerPlace = process.env.PROPERTIES === 'full' ? 400 : 20;
  const textsPerKind = 400;
  const seed = Number(process.env.AGREEMENT_SEED ?? 1);
  const inFlight = 32;

  const questions = () => {
    const asked = new Set<string>();
    return stringFields().flatMap((field, index) => {
      const count = asked.has(field.asks) ? textsPerPlace : textsPerKind;
      asked.add(field.asks);
      return [...new Set(nearlyRight(field.subject, count, seed + index))].map((text) => ({ field, text }));
    });
  };

  test('is refused by both or by neither, in every field that takes a text', async () => {
    const open = questions();
    const total = open.length;
    const disagreements: object[] = [];
    let accepted = 0;
    const ask = async () => {
      for (let question = open.pop(); question !== undefined; question = open.pop()) {
        const { field, text } = question;
        const spec = specWith(field, text);
        const { kind } = field;
        const one = makers[kind](text, spec);
        const decoded = decoders[kind](objectOf(one)).ok;
        const said = await askToCreate(one);
        if (said === undefined) accepted += 1;
        if (decoded !== (said === undefined))
          disagreements.push({ at: field.path.join('/'), text, decoded, said });
      }
    };
    await Promise.all(times(inFlight, ask));
    expect({ seed, disagreements: disagreements.slice(0, 20) }).toEqual({ seed, disagreements: [] });
    // If all were right, or all wrong, the texts would ask nothing.
    expect(accepted).toBeGreaterThan(total / 20);
    expect(accepted).toBeLessThan((total * 19) / 20);
  });
});

describe('an object that the API server would store', () => {
  test.each([
    ['AppNetworkProfile', {}],
    ['AppNetworkProfile', appNetworkProfileExample.spec],
    ['PlatformNetworkProfile', { enforcement: 'Off' }],
    [
      'PlatformNetworkProfile',
      { enforcement: 'Off', namespaces: null, rules: null, appLabel: null, egress: null },
    ],
    ['PlatformNetworkProfile', { enforcement: 'Off', namespaces: {}, kubernetesAPI: { controlPlane: {} } }],
    ['PlatformNetworkProfile', platformNetworkProfileExample.spec],
    ['NetworkPause', networkPauseExample.spec],
  ] as const)('has the defaults that decoding fills in: %s %j', async (kind, spec) => {
    const object = objectOf({ title: '', kind, name: 'default', spec });
    const answer = await cluster.api.json<Stored>('POST', `${paths[kind]}${dryRun}`, object);
    const decoded = decoders[kind](object);
    expect(decoded.ok && decoded.value.spec).toEqual(answer.spec);
  });

  test('is not pruned: every field of the examples comes back', async () => {
    const path = `${paths.PlatformNetworkProfile}${dryRun}`;
    const answer = await cluster.api.json<Stored>('POST', path, platformNetworkProfileExample);
    expect(answer.spec).toMatchObject(platformNetworkProfileExample.spec);
  });
});

describe('an object that exists', () => {
  const stored = new Map<Kind, Stored>();

  beforeAll(async () => {
    for (const one of [appCase('stored', {}), platformCase('stored', {}), pauseCase('stored', {})])
      stored.set(one.kind, await cluster.api.json<Stored>('POST', paths[one.kind], objectOf(one)));
  });

  const askForStatus = async (one: AgreementCase) =>
    await refusal('PUT', `${paths[one.kind]}/${one.name}/status${dryRun}`, {
      ...stored.get(one.kind),
      status: one.status,
    });

  test.each(accepted.filter(aboutStatus))('$kind: $title', async (one) => {
    expect(await askForStatus(one)).toBeUndefined();
  });

  test.each(refused.filter(aboutStatus))('$kind: $title', async (one) => {
    const said = await askForStatus(one);
    expect(said).toContain(one.refused.path);
    expect(said).toContain(one.refused.serverSays ?? one.refused.says);
  });

  const change = async (spec: object) => {
    const platform = stored.get('PlatformNetworkProfile');
    const changed = { ...platform, spec: { ...platform?.spec, ...spec } };
    return await refusal('PUT', `${paths.PlatformNetworkProfile}/default${dryRun}`, changed);
  };

  test('keeps its app label: a change is refused, naming the field and why', async () => {
    const said = await change({ appLabel: 'app' });
    expect(said).toContain('spec.appLabel');
    expect(said).toContain('must not change, because every route with `app` would select other pods');
  });

  test('keeps the namespace that it pauses, and may change in every other way', async () => {
    const pause = stored.get('NetworkPause');
    const ask = async (spec: object) =>
      await refusal('PUT', `${paths.NetworkPause}/shop${dryRun}`, {
        ...pause,
        spec: { ...pause?.spec, ...spec },
      });
    expect(await ask({ namespace: 'pay' })).toContain('create a NetworkPause for the other namespace');
    expect(await ask({ until: '2027-01-02T15:04:05Z', direction: 'Egress' })).toBeUndefined();
  });

  test('may change in every other way', async () => {
    expect(await change({ egress: 'Restricted', enforcement: 'Off' })).toBeUndefined();
  });
});

describe('server-side apply', () => {
  test('replaces the end of a route by that of another writer, instead of merging two members', async () => {
    const apply = async (manager: string, from: object) => {
      const route = { name: 'web', from, to: { app: 'mongo' } };
      const object = { ...objectOf(appCase('', { routes: [route] })), metadata: { name: 'applied' } };
      const path = `${paths.AppNetworkProfile}/applied?fieldManager=${manager}&force=true`;
      return await cluster.api.text('PATCH', path, object, 'application/apply-patch+yaml');
    };
    await apply('one', { app: 'web' });
    const answer = JSON.parse(await apply('two', { pods: {} })) as { spec: { routes: { from: object }[] } };
    expect(answer.spec.routes[0]?.from).toEqual({ pods: {} });
  });
});

describe('kubectl get', () => {
  const kubectl = (...words: readonly string[]) => runKubectl(cluster.controlPlane, ...words);

  test.each([
    [
      'appnet',
      { ...appNetworkProfileExample, metadata: { name: 'shown' } },
      /^NAME +READY +REASON +ROUTES +ACTIVE +NOTNEEDED +PENDING +REJECTED +AGE\nshown +True +Programmed +11 +10 +0 +1 +0 +\S+\n$/,
    ],
    [
      'platnet',
      platformNetworkProfileExample,
      /^NAME +ENFORCEMENT +EGRESS +READY +REASON +ENFORCED +DRYRUN +FAILING +POLICIES +PLANNED +AGE\ndefault +Enforce +ClusterOnly +False +NamespacesFailing +41 +3 +1 +312 +9 +\S+\n$/,
    ],
    [
      'netpause',
      networkPauseExample,
      /^NAME +NAMESPACE +DIRECTION +UNTIL +STATE +AGE\nshop +shop +Ingress +2026-01-02T17:04:05Z +Active +\S+\n$/,
    ],
  ] as const)('shows by its short name %s what matters, in a line', async (shortName, example, line) => {
    const { kind, metadata, spec, status } = example;
    const path = `${paths[kind]}/${metadata.name}`;
    await cluster.api.text('DELETE', path).catch(() => undefined);
    const object = await cluster.api.json<Stored>('POST', paths[kind], {
      ...objectOf({ title: '', kind, name: metadata.name, spec }),
    });
    await cluster.api.json('PUT', `${path}/status`, { ...object, status });
    expect(await kubectl('get', shortName, metadata.name)).toMatch(line);
    expect(await kubectl('get', shortName, metadata.name, '-o', 'wide')).toContain(
      'conditions' in status ? status.conditions[0].message : status.message,
    );
  });

  test('shows both by their category', async () => {
    const shown = await kubectl('get', 'ringfence', '-o', 'name');
    expect(shown).toContain('appnetworkprofile.ringfence.dev/shown');
    expect(shown).toContain('platformnetworkprofile.ringfence.dev/default');
  });
});
