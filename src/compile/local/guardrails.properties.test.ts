// A route that guardrails refuse whatever the facts about the cluster turn out to be does not wait for these.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type PlatformSpec, type Routes, shopView } from '../../../test/fixtures.ts';
import { runs } from '../../../test/property-runs.ts';
import type { RouteEndName } from '../../routes/index.ts';
import { compile } from '../compile.ts';

const facts = ['nodeRanges', 'podRanges', 'serviceRanges', 'kubernetesAPI'] as const;

/** Where each of them is, if it is not in the range in question. */
const elsewhere = {
  nodeRanges: '192.168.1.0/24',
  podRanges: '192.168.2.0/24',
  serviceRanges: '192.168.3.0/24',
  kubernetesAPI: '192.168.3.1/32',
};

type Facts = { readonly [Name in (typeof facts)[number]]?: string };

interface Asked {
  readonly ends: readonly RouteEndName[];
  readonly range: string;
  readonly side: 'from' | 'to';
}

const asked: fc.Arbitrary<Asked> = fc.record({
  ends: fc.subarray<RouteEndName>(['internet', 'cidr', 'nodes', 'cluster', 'kubernetesAPI']),
  range: fc.constantFrom(
    ...['10.20.0.0/16', '8.8.8.0/24', '8.8.8.8/32', '198.51.100.0/24', '10.0.0.0/7', '2600::/16', 'fd00::/8'],
  ),
  side: fc.constantFrom('from', 'to'),
});

/** The reason of the state of a route with a `cidr`. */
function reasonOf({ ends, range, side }: Asked, { kubernetesAPI, ...ranges }: Facts): string | undefined {
  const spec: PlatformSpec = {
    egress: 'Restricted',
    rules: [
      {
        name: 'teams',
        namespaces: { selector: {} },
        allow: { ends: ['app', ...ends], cidrs: ['203.0.113.0/24'] },
      },
    ],
    ...(Object.keys(ranges).length === 0
      ? {}
      : { cluster: Object.fromEntries(Object.entries(ranges).map(([name, cidr]) => [name, [cidr]])) }),
    ...(kubernetesAPI === undefined
      ? {}
      : { kubernetesAPI: { addresses: [kubernetesAPI.replace(/\/\d+$/, '')], ports: [443] } }),
  };
  const end = { cidr: { cidr: range } };
  const ended = side === 'to' ? { from: { app: 'web' }, to: end } : { from: end, to: { app: 'web' } };
  const routes: Routes = [{ name: 'a', ports: [443], ...ended }];
  const [shop] = compile(shopView({ spec, routes })).namespaces;
  return shop?.profiles[0]?.routes[0]?.reason;
}

/** Every way in which the rest of the facts may come out: each is in the range in question, or elsewhere. */
function completionsOf(known: Facts, range: string): readonly Facts[] {
  return facts
    .filter((name) => known[name] === undefined)
    .reduce<readonly Facts[]>(
      (all, name) =>
        all.flatMap((each) => [range, elsewhere[name]].map((value) => ({ ...each, [name]: value }))),
      [known],
    );
}

test('what no fact can change is refused at once', () => {
  fc.assert(
    fc.property(asked, fc.subarray([...facts]), (question, names) => {
      const known: Facts = Object.fromEntries(names.map((name) => [name, elsewhere[name]]));
      fc.pre(reasonOf(question, known) === 'ClusterRangesUnknown');
      const later = completionsOf(known, question.range).map((each) => reasonOf(question, each));
      expect(later.filter((reason) => reason !== 'BeyondGuardrails')).not.toEqual([]);
    }),
    runs(100),
  );
});
