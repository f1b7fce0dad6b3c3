// From an analysis to the model of a drawing: workloads become places in the rooms of their namespaces, connections become
// arrows with the rules that allow them.
// Must not know how anything is drawn.

import type { Analysis } from '../analyze/analysis.ts';
import { type AddressEnd, endpointKey, readRange, type WorkloadEnd } from '../analyze/endpoints.ts';
import type { PodFacts, PolicyFacts } from '../analyze/facts.ts';
import { offeredByPods } from '../analyze/offered-ports.ts';
import type { ContainerPort } from '../analyze/rule-ports.ts';
import { contains, type IpRange } from '../model/ip-ranges.ts';
import type { Direction } from '../model/network-policy.ts';
import { once } from '../model/once.ts';
import { portSets } from '../model/port-set.ts';
import { publicPeers } from '../routes/internet.ts';
import { type Link, linksOf, placeKey } from './links.ts';
import {
  type Arrow,
  type GraphModel,
  type GraphPlace,
  type GraphService,
  isUnfenced,
  type Standing,
} from './model.ts';
import { ModelLists } from './model-lists.ts';

/** The rooms for addresses that belong to no pod. */
const clusterName = 'addresses of the cluster';
const outsideName = 'outside the cluster';

/** What is known besides the policies. */
export interface Surroundings {
  /** Namespaces; arrows without a workload in one of them are left out; empty: all. */
  readonly only?: readonly string[];
  /** Namespaces in dry run, if the analysis assumes that they are enforced. */
  readonly planned?: readonly string[];
  /** The label whose value people may know a workload by. */
  readonly appLabel?: string;
  /** Ranges of addresses inside the cluster, by what has them, as in `Services`. */
  readonly ranges?: Readonly<Record<string, readonly IpRange[]>>;
}

/** A whole analysis as a model to draw. Its first places are the analysis's workloads, in their order. */
export function modelOf(
  analysis: Analysis,
  { only = [], planned = [], ranges = {}, appLabel = '' }: Surroundings = {},
): GraphModel {
  const lists = new ModelLists(analysis.input.policies, {
    Ingress: analysis.openings('Ingress'),
    Egress: analysis.openings('Egress'),
  });
  const namespaces = [...new Set(analysis.workloads.map(({ workload }) => workload.namespace))];
  const rooms = [
    ...namespaces.map((name) => ({
      name,
      outside: false,
      ...(planned.includes(name) ? { planned: true } : {}),
    })),
    { name: clusterName, outside: true },
    { name: outsideName, outside: true },
  ];
  const byKey = new Map<string, GraphPlace>(workloadPlaces(analysis, namespaces, { lists, appLabel }));
  const links = linksOf(analysis, only);
  for (const { other } of links) {
    if (!('ends' in other)) continue;
    const owner = ownerOf(other.ends, ranges);
    const room = owner === undefined ? namespaces.length + 1 : namespaces.length;
    byKey.set(placeKey(other), addressPlace(other.ends, owner, room));
  }
  const indexes = new Map([...byKey.keys()].map((key, index) => [key, index]));
  const places = [...byKey.values()];
  const inRoom = Map.groupBy(places.keys(), (place) => places[place]?.room);
  const used = [...rooms.keys()].filter((room) => inRoom.has(room));
  const renumbered = new Map(used.map((room, index) => [room, index]));
  return {
    rooms: used.flatMap((room) => {
      const named = rooms[room];
      return named === undefined ? [] : [{ ...named, places: inRoom.get(room) ?? [] }];
    }),
    places: places.map((place) => ({ ...place, room: renumbered.get(place.room) ?? -1 })),
    arrows: links
      .map((link) => arrowOf(analysis, link, { indexes, places, lists }))
      .sort((a, b) => a.from - b.from || a.to - b.to),
    services: servicesOf(analysis, lists),
    ...lists.items,
  };
}

/** What in the cluster has these addresses; `undefined` if any of them may be outside. */
function ownerOf(
  ends: readonly AddressEnd[],
  ranges: Readonly<Record<string, readonly IpRange[]>>,
): string | undefined {
  const wanted = ends.map(({ cidr }) => readRange(cidr));
  const holds = (inside: readonly IpRange[]) =>
    wanted.every((range) => inside.some((each) => contains(each, range)));
  return Object.keys(ranges).find((owner) => holds(ranges[owner] ?? []));
}

interface Known {
  readonly indexes: ReadonlyMap<string, number>;
  readonly places: readonly GraphPlace[];
  readonly lists: ModelLists;
}

function arrowOf(analysis: Analysis, link: Link, { indexes, places, lists }: Known): Arrow {
  const { workload, other, direction, ports } = link;
  const here = indexes.get(placeKey(workload)) ?? -1;
  const there = indexes.get(placeKey(other)) ?? -1;
  const [from, to] = direction === 'Egress' ? [here, there] : [there, here];
  const ends = 'ends' in other ? other.ends : [other];
  // There is nothing to explain if no policy isolates either end: with many open namespaces, these are most arrows.
  const parts = (isUnfenced({ places }, { from, to }) ? [] : ends).flatMap((end) =>
    direction === 'Egress' ? analysis.rules(workload, end) : analysis.rules(end, workload),
  );
  const rulesOf = (side: 'egress' | 'ingress') =>
    parts.flatMap((part) => part[side]).filter((rule) => !portSets.isEmpty(rule.ports));
  return {
    from,
    to,
    ports: lists.ports(ports),
    egress: lists.reason(rulesOf('egress')),
    ingress: lists.reason(rulesOf('ingress')),
  };
}

function workloadPlaces(
  analysis: Analysis,
  namespaces: readonly string[],
  { lists, appLabel }: { readonly lists: ModelLists; readonly appLabel: string },
): readonly (readonly [string, GraphPlace])[] {
  const rooms = new Map(namespaces.map((name, room) => [name, room]));
  const egress = standingsOf(analysis, 'Egress', lists);
  const ingress = standingsOf(analysis, 'Ingress', lists);
  const { workloads, policies, services } = analysis.input;
  const servicesIn = Map.groupBy(services, ({ namespace }) => namespace);
  const pods = new Map(workloads.map((workload) => [endpointKey({ workload }), workload.pods]));
  const used = portNamesIn(policies);
  return analysis.workloads.map((end, index) => {
    const sides = { egress: egress[index] ?? open, ingress: ingress[index] ?? open };
    const room = rooms.get(end.workload.namespace) ?? -1;
    const names = portsNamed(end, pods, used);
    const own = (pods.get(endpointKey({ workload: end.workload })) ?? []).filter(
      ({ name = '' }) => end.pods?.includes(name) ?? true,
    );
    const offers = offeredByPods(own, servicesIn.get(end.workload.namespace) ?? []);
    const addresses = own.flatMap((pod) => (pod.hostNetwork ? [] : pod.addresses));
    const [app = end.workload.name, ...otherApps] = new Set(own.map(({ labels }) => labels[appLabel]));
    return [
      placeKey(end),
      {
        room,
        ...namesOf(end, sides.ingress),
        ...sides,
        ...(portSets.isEmpty(offers) ? {} : { offers: lists.ports(offers) }),
        ...(names.length === 0 ? {} : { names }),
        ...(addresses.length === 0 ? {} : { addresses }),
        ...(app === end.workload.name || otherApps.length > 0 ? {} : { app }),
      },
    ];
  });
}

/** The names of ports that any rule uses: pods are not alike if they differ in one of these. */
function portNamesIn(policies: readonly PolicyFacts[]): ReadonlySet<unknown> {
  const rules = policies.flatMap(({ spec: { ingress = [], egress = [] } }) => [...ingress, ...egress]);
  const ports = rules.flatMap((rule) => rule.ports ?? []).map(({ port }) => port);
  return new Set(ports.filter((port) => typeof port === 'string'));
}

function portsNamed(
  { workload, pods: [only] = [] }: WorkloadEnd,
  pods: ReadonlyMap<string, readonly PodFacts[]>,
  used: ReadonlySet<unknown>,
): readonly ContainerPort[] {
  if (used.size === 0) return [];
  const own = pods.get(endpointKey({ workload })) ?? [];
  const pod = own.find(({ name }) => only === undefined || name === only);
  return pod?.ports.filter(({ name }) => used.has(name)) ?? [];
}

const open: Standing = { kind: 'Open', policies: [] };

/** The Services, with the workloads behind them. */
function servicesOf(analysis: Analysis, lists: ModelLists): readonly GraphService[] {
  const places = Map.groupBy(analysis.workloads.entries(), ([, { workload }]) => endpointKey({ workload }));
  const placesOf = ({ workload, pods }: WorkloadEnd) =>
    (places.get(endpointKey({ workload })) ?? [])
      .filter(([, end]) => end.pods === undefined || pods?.some((pod) => end.pods?.includes(pod)))
      .map(([place]) => place);
  return analysis.input.services.map((service) => {
    const targets = analysis.serviceTargets(service);
    return {
      namespace: service.namespace,
      name: service.name,
      addresses: service.clusterIPs ?? [],
      ports: (targets.ok ? targets.value : []).map(({ port: { port, protocol }, ends }) => ({
        port,
        protocol,
        ends: ends.flatMap(({ end, ports }) =>
          placesOf(end).map((place) => [place, lists.ports(ports)] as const),
        ),
      })),
    };
  });
}

/** All of IPv4, and what in it is not public: parsed once, because there may be an address for each workload. */
const publicIPv4 = once(() =>
  publicPeers()
    .slice(0, 1)
    .flatMap((peer) => ('ipBlock' in peer ? [peer.ipBlock] : []))
    .map(({ cidr, except = [] }) => ({ whole: readRange(cidr), special: except.map(readRange) })),
);

/** Whether addresses include every public IPv4 address: the rules for IPv6 are places of their own. */
function isInternet(ends: readonly AddressEnd[]): boolean {
  return publicIPv4().some(({ whole, special }) =>
    ends.some(
      ({ cidr, except = [] }) =>
        contains(readRange(cidr), whole) &&
        except.map(readRange).every((hole) => special.some((range) => contains(range, hole))),
    ),
  );
}

/** The state of each workload in one direction. */
function standingsOf(analysis: Analysis, direction: Direction, lists: ModelLists): readonly Standing[] {
  const open = analysis.openToEveryone(direction);
  return analysis.standings(direction).map(({ standing, policies }, workload) => {
    const kind = standing === 'Self' ? 'Open' : standing;
    const named = { kind, policies: policies.map((policy) => lists.policy(policy)) };
    return kind === 'Isolated' && open.has(workload) ? { ...named, everyone: true } : named;
  });
}

function namesOf(
  { workload, pods }: WorkloadEnd,
  { kind, everyone }: Standing,
): Pick<GraphPlace, 'name' | 'detail'> {
  const hole = kind === 'HostNetwork' ? ', host network' : everyone ? ', open to everyone' : '';
  return {
    name: pods === undefined ? workload.name : `${workload.name} (${pods.join(', ')})`,
    detail: `${workload.kind}${hole}`,
  };
}

function addressPlace(ends: readonly AddressEnd[], owner: string | undefined, room: number): GraphPlace {
  const [first] = ends;
  const except = ends.flatMap((end) => end.except ?? []);
  const details = [owner, ...(except.length === 0 ? [] : [`except ${except.join(', ')}`])];
  return {
    room,
    name: ends.length > 1 ? 'any address' : (first?.cidr ?? ''),
    detail: details.filter((detail) => detail !== undefined).join(', '),
    ranges: ends,
    ...(isInternet(ends) ? { internet: true } : {}),
    egress: { kind: 'Outside', policies: [] },
    ingress: { kind: 'Outside', policies: [] },
  };
}
