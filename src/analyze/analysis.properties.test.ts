// What holds for every analysis, whatever the policies. The truth is an evaluator that looks at one pod, one other and one port
// at a time.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type NaiveAnalysis, type NaiveEnd, naiveAnalysis } from '../../test/naive-analysis.ts';
import { runs } from '../../test/property-runs.ts';
import { shuffle } from '../../test/random-cluster.ts';
import { analysisInput, someAddresses } from '../../test/random-policies.ts';
import { contains, type IpRange } from '../model/ip-ranges.ts';
import { type Direction, directions } from '../model/network-policy.ts';
import { formatKey } from '../model/object-key.ts';
import { formatPortSet, noPorts, type PortSet, portSets } from '../model/port-set.ts';
import { type Protocol, protocols } from '../model/ports.ts';
import { type Analysis, analyze } from './analysis.ts';
import type { LostGroup } from './class-comparison.ts';
import { compare } from './compare.ts';
import { type Connection, type ConnectionGroup, connectionsOf } from './connections.ts';
import { type AddressEnd, type Endpoint, endpointKey, isSelf, isWorkload, readRange } from './endpoints.ts';
import type { AnalysisInput, PodFacts, WorkloadFacts } from './facts.ts';
import { isolationOf } from './rules.ts';

/** One pod or one address, as each of the two evaluators knows it. */
interface Probe {
  readonly name: string;
  readonly naive: NaiveEnd;
  readonly isMeant: (end: Endpoint) => boolean;
}

/** Each pod, and addresses at the borders of all blocks. */
function probesOf({ workloads }: AnalysisInput): readonly Probe[] {
  const pods = workloads.flatMap(({ kind, namespace, name, pods: all }) =>
    all.map((pod) => ({
      name: `${kind} ${namespace}/${pod.name}`,
      naive: { namespace, pod },
      isMeant: (end: Endpoint) =>
        isWorkload(end) &&
        end.workload.kind === kind &&
        end.workload.namespace === namespace &&
        end.workload.name === name &&
        (end.pods?.includes(pod.name ?? '') ?? true),
    })),
  );
  const addresses = someAddresses
    .map((address) => ({ address, range: readRange(address) }))
    .map(({ address, range }) => ({
      name: address,
      naive: { address },
      isMeant: (end: Endpoint) => !isWorkload(end) && isIn(end, range),
    }));
  return [...pods, ...addresses];
}

function isIn({ cidr, except = [] }: AddressEnd, address: IpRange): boolean {
  const holds = (text: string) => contains(readRange(text), address);
  return holds(cidr) && !except.some(holds);
}

/** Every pair of probes about which an analysis says something. */
function pairsOf(probes: readonly Probe[]): readonly (readonly [Probe, Probe])[] {
  return probes.flatMap((from) =>
    probes
      .filter((to) => 'pod' in from.naive || 'pod' in to.naive)
      // A pod always reaches itself.
      .filter((to) => from !== to)
      .map((to) => [from, to] as const),
  );
}

const somePorts = [1, 52, 53, 54, 79, 80, 81, 82, 442, 443, 444, 65535] as const;

/** The ports of `somePorts` that are allowed, as in `80/TCP`. */
function naivePorts(isAllowed: NaiveAnalysis, from: Probe, to: Probe): string {
  return sample((protocol, port) => isAllowed(from.naive, to.naive, protocol, port));
}

function samplePorts(ports: PortSet): string {
  return sample((protocol, port) => ports[protocol].some(({ first, last }) => first <= port && port <= last));
}

function sample(isAllowed: (protocol: Protocol, port: number) => boolean): string {
  return protocols
    .flatMap((protocol) =>
      somePorts.filter((port) => isAllowed(protocol, port)).map((port) => `${port}/${protocol}`),
    )
    .join(' ');
}

/** What an analysis lists for each of two probes. */
function listed(connections: readonly Connection[]): (from: Probe, to: Probe) => PortSet {
  const bySource = new Map<Probe, readonly Connection[]>();
  return (from, to) => {
    const own = bySource.get(from) ?? connections.filter((each) => from.isMeant(each.from));
    bySource.set(from, own);
    const found = own.filter((each) => to.isMeant(each.to));
    // Ends have nothing in common, so that a pair is listed once.
    if (found.length > 1) throw new Error(`${from.name} -> ${to.name} is listed ${found.length} times`);
    return found[0]?.ports ?? noPorts;
  };
}

/** What is lost because the destination denies it, and because only the source does. A pair may lose some ports to each. */
function lostBy(lost: readonly LostGroup[]) {
  const deniedIn = (denied: Direction) =>
    listed([...connectionsOf(lost.filter(({ deniedBy }) => deniedBy === denied))]);
  return [deniedIn('Ingress'), deniedIn('Egress')] as const;
}

function expectSame(from: Probe, to: Probe, said: string, truth: string): void {
  if (said !== truth)
    throw new Error(`${from.name} -> ${to.name}: ${said || 'none'}, in truth ${truth || 'none'}`);
}

function otherPods({ kind, pods }: WorkloadFacts, { workloads }: AnalysisInput): readonly PodFacts[] {
  const others = workloads.find((other) => other.kind === kind)?.pods ?? [];
  return pods.map((pod, index) => ({
    ...pod,
    ...others[index],
    ...(pod.name === undefined ? {} : { name: pod.name }),
  }));
}

/** What groups say, one connection for each pair of ends. */
function spread(groups: readonly ConnectionGroup[]): readonly string[] {
  return [...connectionsOf(groups)].map(tell);
}

function tell({ from, to, ports }: Connection): string {
  return `${endpointKey(from)} -> ${endpointKey(to)}: ${formatPortSet(ports)}`;
}

/** Every pair of workloads, and what is explained of the side of the first one. */
function explainedPairs(analysis: Analysis, direction: Direction) {
  const ends = [...analysis.workloads.entries()];
  const pairs = ends.flatMap((self) => ends.map((other) => [self, other] as const));
  return pairs.flatMap(([[self, end], [other, otherEnd]]) => {
    if (isSelf(end, otherEnd)) return [];
    const explained =
      direction === 'Egress' ? analysis.explain(end, otherEnd) : analysis.explain(otherEnd, end);
    return [
      {
        self,
        other,
        explained: explained.map((each) => (direction === 'Egress' ? each.egress : each.ingress)),
      },
    ];
  });
}

function tellAll(input: AnalysisInput): readonly string[] {
  return [...analyze(input).connections()].map(tell);
}

/** An input, and another one of which parts are the same: also of the pods of a workload, which keep their names. */
const change = fc
  .tuple(analysisInput, analysisInput, fc.boolean(), fc.boolean())
  .chain(([before, other, isOtherPolicies, isOtherPods]) =>
    fc.record({
      before: fc.constant(before),
      after: fc.record({
        services: fc.constant([]),
        namespaces: fc.constantFrom(before.namespaces, other.namespaces),
        policies: isOtherPolicies ? fc.constant(other.policies) : fc.subarray([...before.policies]),
        workloads: fc
          .subarray([...before.workloads])
          .map((kept) =>
            isOtherPods ? kept.map((workload) => ({ ...workload, pods: otherPods(workload, other) })) : kept,
          ),
      }),
    }),
  );

describe('an analysis', () => {
  test('lists exactly what a naive evaluator allows, pod by pod and port by port', () => {
    fc.assert(
      fc.property(analysisInput, (input) => {
        const naive = naiveAnalysis(input);
        const portsOf = listed([...analyze(input).connections()]);
        for (const [from, to] of pairsOf(probesOf(input))) {
          expectSame(from, to, samplePorts(portsOf(from, to)), naivePorts(naive, from, to));
        }
      }),
      runs(200),
    );
  });

  test('says the same one by one, in groups, and in an explanation', () => {
    fc.assert(
      fc.property(analysisInput, (input) => {
        const analysis = analyze(input);
        const connections = [...analysis.connections()];
        expect(spread(analysis.groups())).toEqual(connections.map(tell));
        for (const { from, to, ports } of connections) {
          for (const explained of analysis.explain(from, to)) {
            expect(formatPortSet(explained.ports)).toBe(formatPortSet(ports));
          }
        }
      }),
      runs(100),
    );
  });

  test.each(directions)('finds what a side lets through (%s), as it would explain each pair', (direction) => {
    fc.assert(
      fc.property(analysisInput, (input) => {
        const analysis = analyze(input);
        const openings = analysis.openings(direction);
        const standings = analysis.standings(direction);
        for (const { self, other, explained } of explainedPairs(analysis, direction)) {
          for (const { rules, standing, policies } of explained) {
            const mine = openings.filter(({ policy, workloads }) => {
              const isMeant = workloads.some(([first, last]) => first <= other && other <= last);
              return isMeant && policies.some((each) => formatKey(each) === formatKey(policy));
            });
            const named = mine.map(({ policy, rule }) => `${formatKey(policy)} ${rule}`).sort();
            expect([named, standings[self]]).toEqual([
              rules.map(({ policy, rule }) => `${formatKey(policy)} ${rule}`).sort(),
              { standing, policies },
            ]);
          }
        }
      }),
      runs(100),
    );
  });

  test('explains as denied what it does not list', () => {
    fc.assert(
      fc.property(analysisInput, (input) => {
        const analysis = analyze(input);
        const pairOf = (from: Endpoint, to: Endpoint) => `${endpointKey(from)} -> ${endpointKey(to)}`;
        const listed = new Set([...analysis.connections()].map(({ from, to }) => pairOf(from, to)));
        const allowed = analysis.workloads.flatMap((from) =>
          analysis.workloads
            .filter((to) => !isSelf(from, to) && !listed.has(pairOf(from, to)))
            .flatMap((to) => analysis.explain(from, to).filter((explained) => explained.allowed)),
        );
        expect(allowed).toEqual([]);
      }),
      runs(100),
    );
  });

  test('is the same whatever the order of its input', () => {
    const shuffled = analysisInput.chain((input) =>
      fc.tuple(
        fc.constant(input),
        fc.record({
          services: fc.constant([]),
          namespaces: shuffle(input.namespaces),
          workloads: shuffle(input.workloads),
          policies: shuffle(input.policies),
        }),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([input, other]) => {
        expect(tellAll(other)).toEqual(tellAll(input));
        expect(analyze(other).groups()).toEqual(analyze(input).groups());
      }),
      runs(100),
    );
  });
});

describe('a comparison', () => {
  test('of an input with itself finds nothing', () => {
    fc.assert(
      fc.property(analysisInput, (input) => {
        expect(compare(input, input)).toEqual({ gained: [], lost: [] });
      }),
      runs(100),
    );
  });

  test('finds exactly what is listed after and not before, and the other way round', () => {
    fc.assert(
      fc.property(change, ({ before, after }) => {
        const was = listed([...analyze(before).connections()]);
        const is = listed([...analyze(after).connections()]);
        const difference = compare(before, after);
        const gained = listed([...connectionsOf(difference.gained)]);
        const [byTarget, bySource] = lostBy(difference.lost);
        const lost = (from: Probe, to: Probe) => portSets.union(byTarget(from, to), bySource(from, to));
        for (const [from, to] of pairsOf(probesOf(before))) {
          const [old, now] = [was(from, to), is(from, to)];
          expectSame(from, to, formatPortSet(gained(from, to)), formatPortSet(portSets.difference(now, old)));
          expectSame(from, to, formatPortSet(lost(from, to)), formatPortSet(portSets.difference(old, now)));
        }
      }),
      runs(100),
    );
  });

  test('says of what is lost whether the destination denies it, or only the source', () => {
    fc.assert(
      fc.property(change, ({ before, after }) => {
        const sent = listed([...analyze(withIngressOnly(after)).connections()]);
        const { lost } = compare(before, after);
        const [byTarget, bySource] = lostBy(lost);
        const pods = probesOf(after).filter(({ naive }) => 'pod' in naive);
        for (const [from, to] of pairsOf(pods)) {
          const letIn = sent(from, to);
          const [shut, withheld] = [byTarget(from, to), bySource(from, to)];
          expectSame(from, to, formatPortSet(portSets.intersection(shut, letIn)), 'none');
          expectSame(from, to, formatPortSet(portSets.difference(withheld, letIn)), 'none');
        }
      }),
      runs(100),
    );
  });
});

/** The same without what policies say of egress. */
function withIngressOnly(input: AnalysisInput): AnalysisInput {
  const policies = input.policies.filter(({ spec }) => isolationOf(spec).includes('Ingress'));
  return {
    ...input,
    policies: policies.map(({ spec: { egress: _, ...spec }, ...policy }) => ({
      ...policy,
      spec: { ...spec, policyTypes: ['Ingress'] },
    })),
  };
}
