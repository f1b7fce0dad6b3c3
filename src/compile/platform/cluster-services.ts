// Where the cluster's own services are: what the platform profile says, field by field, else what was last found out.
// What is not known is absent, and no rule is made of it. Must not know who may reach what.

import type { PlatformNetworkProfileSpec } from '../../api/platform-network-profile.ts';
import { addressesMeet, addressesOf } from '../../model/address-set.ts';
import { formatCidr, parseAddress } from '../../model/ip-ranges.ts';
import {
  type NonEmpty,
  nonEmpty,
  type Peer,
  type PolicyPort,
  type Rule,
  ruleFor,
} from '../../model/network-policy.ts';
import { compareText } from '../../model/object-key.ts';
import { policyPorts } from '../../model/policy-ports.ts';
import { namespaceNamed } from '../../model/selectors.ts';
import type { ClusterRanges, RangeName, Uncertain } from '../../routes/route-end.ts';
import type { ClusterView, UncertainFact } from '../../view/cluster-view.ts';
import { nodeRanges } from './node-ranges.ts';

/** The cluster's own services, as far as they are known. */
export interface World {
  /** The way to the cluster's DNS: its pods, and the addresses at which pods ask. */
  readonly dns: readonly Rule[];
  /** The ways to the API server: one for each of its ports. */
  readonly apiServer: readonly Rule[];
  /** Where the control plane calls webhooks and aggregated APIs from. */
  readonly controlPlane: readonly Peer[];
  readonly ranges: ClusterRanges;
  /** What of these may be more by now. */
  readonly uncertain: ReadonlySet<Uncertain>;
}

/** What the world is read from, besides the platform profile. */
type Seen = Pick<ClusterView, 'discovered' | 'uncertain'>;

/** What is known of the cluster's own services. */
export function worldOf(view: Seen, platform: PlatformNetworkProfileSpec): World {
  const found = view.discovered.cluster;
  const said = platform.cluster;
  const services = known(said?.serviceRanges, found?.serviceRanges);
  return {
    dns: dnsRules(view, platform),
    apiServer: apiServerRules(view, platform),
    controlPlane: controlPlanePeers(view, platform, services ?? []),
    ranges: {
      pods: known(said?.podRanges, found?.podRanges),
      services,
      nodes: known(nodeRanges(view, platform), undefined),
      ...withinOf(view, platform),
    },
    uncertain: new Set(uncertainIn(view, platform)),
  };
}

/** What the platform profile says is all that there is. */
function withinOf(
  { discovered: { cluster = {} } }: Seen,
  { cluster: said = {} }: PlatformNetworkProfileSpec,
): Pick<ClusterRanges, 'within'> {
  const of = (name: RangeName, found: readonly string[] | undefined, override: readonly string[] = []) => {
    const ranges = override.length > 0 ? undefined : nonEmpty(sorted(found ?? []));
    return ranges === undefined ? {} : { [name]: ranges };
  };
  const within = {
    ...of('pods', cluster.podsWithin, said.podRanges),
    ...of('services', cluster.servicesWithin, said.serviceRanges),
    ...of('nodes', cluster.nodesWithin, said.nodeRanges),
  };
  return Object.keys(within).length === 0 ? {} : { within };
}

/** What is not certain now and what the platform profile does not say. */
function uncertainIn({ uncertain }: Seen, platform: PlatformNetworkProfileSpec): readonly Uncertain[] {
  const { cluster = {}, kubernetesAPI: api = {} } = platform;
  const isSaid = ({ length }: readonly string[] = []) => length > 0;
  const isOld = (fact: UncertainFact) => uncertain.includes(fact);
  return [
    ...(isOld('podRanges') && !isSaid(cluster.podRanges) ? (['pods'] as const) : []),
    ...(isOld('serviceRanges') && !isSaid(cluster.serviceRanges) ? (['services'] as const) : []),
    ...(isOld('nodeRanges') && !isSaid(cluster.nodeRanges) ? (['nodes'] as const) : []),
    ...(isOld('kubernetesAPI') && !(api.addresses && api.ports) ? (['apiServer'] as const) : []),
    ...(isOld('kubernetesAPI') && !api.addresses && !api.controlPlane?.cidrs
      ? (['controlPlane'] as const)
      : []),
  ];
}

/** What is known, worked out again only where what it hangs on is another object: each namespace asks for it. */
export class KnownWorld {
  #known: { discovered: unknown; uncertain: unknown; platform: unknown; world: World } | undefined;

  /** As `worldOf`. */
  of(view: ClusterView, platform: PlatformNetworkProfileSpec): World {
    const { discovered, uncertain } = view;
    const known = this.#known;
    if (known?.discovered === discovered && known.uncertain === uncertain && known.platform === platform) {
      return known.world;
    }
    const world = worldOf(view, platform);
    this.#known = { discovered, uncertain, platform, world };
    return world;
  }
}

/** Pods ask at port 53 whatever the cluster is: `resolv.conf` has no place for another one. */
const askedPorts = ['53/UDP', '53/TCP'];

/**
 * Some CNIs match the pods that answer, on the pods' ports; some match the address that is asked, on the Service's. Both are
 * allowed.
 */
function dnsRules(
  { discovered }: Pick<ClusterView, 'discovered'>,
  platform: PlatformNetworkProfileSpec,
): readonly Rule[] {
  const said = platform.dns ?? {};
  const found = discovered.dns ?? {};
  const namespace = said.namespace ?? found.namespace;
  const podSelector = said.podSelector ?? found.podSelector;
  const podPorts = policyPorts(said.ports ?? found.ports ?? []);
  const pods =
    namespace === undefined || podSelector === undefined || podPorts === undefined
      ? []
      : [{ namespaceSelector: namespaceNamed(namespace), podSelector }];
  const addresses = blocksOf(said.addresses ?? found.addresses ?? []);
  const servicePorts = policyPorts(
    said.addresses === undefined ? (found.servicePorts ?? askedPorts) : askedPorts,
  );
  return [ruleFor(pods, podPorts), ruleFor(addresses, servicePorts)].filter((rule) => rule !== undefined);
}

function apiServerRules(
  { discovered }: Pick<ClusterView, 'discovered'>,
  platform: PlatformNetworkProfileSpec,
): readonly Rule[] {
  const { addresses, ports } = platform.kubernetesAPI ?? {};
  const found = discovered.kubernetesAPI?.endpoints ?? [];
  const all =
    addresses === undefined && ports === undefined
      ? found
      : (addresses ?? found.map(({ address }) => address)).flatMap((address) =>
          (ports ?? found.map(({ port }) => port)).map((port) => ({ address, port })),
        );
  const byPort = [...Map.groupBy(all, ({ port }) => port)]
    .sort(([a], [b]) => a - b)
    .map(([port, places]) => ({ port, blocks: blocksOf(places.map(({ address }) => address)) }));
  return [...Map.groupBy(byPort, ({ blocks }) => JSON.stringify(blocks)).values()].flatMap(
    ([first, ...rest]) =>
      (first && ruleFor(first.blocks, [tcp(first.port), ...rest.map(({ port }) => tcp(port))])) ?? [],
  );
}

function tcp(port: number): PolicyPort {
  return { protocol: 'TCP', port };
}

/**
 * The control plane calls from the addresses at which the API server answers, as far as these are nodes' and not a Service's;
 * a managed one from a konnectivity pod, or from addresses that only the platform profile can name.
 */
function controlPlanePeers(
  { discovered }: Pick<ClusterView, 'discovered'>,
  { kubernetesAPI = {} }: PlatformNetworkProfileSpec,
  serviceRanges: readonly string[],
): readonly Peer[] {
  const { cidrs, namespace, pods } = kubernetesAPI.controlPlane ?? {};
  const services = addressesOf(serviceRanges.map((cidr) => ({ cidr })));
  const answering =
    kubernetesAPI.addresses ?? discovered.kubernetesAPI?.endpoints.map(({ address }) => address) ?? [];
  const blocks =
    cidrs === undefined
      ? blocksOf(answering).filter(({ ipBlock }) => !addressesMeet(addressesOf([ipBlock]), services))
      : sorted(cidrs).map((cidr) => ({ ipBlock: { cidr } }));
  if (namespace === undefined || pods === undefined) return blocks;
  return [...blocks, { namespaceSelector: namespaceNamed(namespace), podSelector: pods }];
}

/** An empty list is what an override has that only names the other kinds of ranges. */
function known(
  said: readonly string[] | undefined,
  found: readonly string[] | undefined,
): NonEmpty<string> | undefined {
  return nonEmpty(sorted(said !== undefined && said.length > 0 ? said : (found ?? [])));
}

function blocksOf(addresses: readonly string[]): readonly { readonly ipBlock: { readonly cidr: string } }[] {
  const cidrs = addresses.flatMap((address) => {
    const parsed = parseAddress(address);
    return parsed.ok ? [formatCidr(parsed.value)] : [];
  });
  return sorted([...new Set(cidrs)]).map((cidr) => ({ ipBlock: { cidr } }));
}

function sorted(texts: readonly string[]): readonly string[] {
  return [...texts].sort(compareText);
}
