// The cluster's own services: the values of the platform profile, field by field, or else the last discovered ones.
// An unknown value is absent, and no rule depends on it. Must not know who may reach what.

import type { PlatformNetworkProfileSpec } from '../../api/platform-network-profile.ts';
import { addressesOf, addressSets } from '../../model/address-set.ts';
import { groupsBy } from '../../model/groups.ts';
import { formatCidr, parseAddress } from '../../model/ip-ranges.ts';
import {
  blockPeers,
  type NonEmpty,
  nonEmpty,
  type Peer,
  type PolicyPort,
  type Rule,
  ruleFor,
} from '../../model/network-policy.ts';
import { compareText } from '../../model/object-key.ts';
import { policyPorts } from '../../model/policy-ports.ts';
import { valuesIn } from '../../model/result.ts';
import { namespaceNamed } from '../../model/selectors.ts';
import type { ClusterRanges, RangeName, Uncertain } from '../../routes/route-end.ts';
import type { ClusterView, UncertainFact } from '../../view/cluster-view.ts';

/** The cluster's own services, as far as they are known. */
export interface ClusterServices {
  /** The cluster's DNS: its pods, and the addresses that pods query. */
  readonly dns: readonly Rule[];
  /** The addresses of the API server: one entry for each of its ports. */
  readonly apiServer: readonly Rule[];
  /** The sources from which the control plane calls webhooks and aggregated APIs. */
  readonly controlPlane: readonly Peer[];
  readonly ranges: ClusterRanges;
  /** Which of these may be more by now. */
  readonly uncertain: ReadonlySet<Uncertain>;
}

/** The discovered facts about the cluster, which apply where the platform profile configures nothing. */
type Discovery = Pick<ClusterView, 'discovered' | 'uncertain'>;

/** What is known of the cluster's own services. */
export function clusterServicesOf(view: Discovery, spec: PlatformNetworkProfileSpec): ClusterServices {
  const discovered = view.discovered.cluster;
  const configured = spec.cluster;
  const services = configuredOr(configured?.serviceRanges, discovered?.serviceRanges);
  return {
    dns: dnsRules(view, spec),
    apiServer: apiServerRules(view, spec),
    controlPlane: controlPlanePeers(view, spec, services ?? []),
    ranges: {
      pods: configuredOr(configured?.podRanges, discovered?.podRanges),
      services,
      nodes: nodeRanges(view, spec),
      ...withinOf(view, spec),
    },
    uncertain: new Set(uncertainIn(view, spec)),
  };
}

/** The ranges that certainly contain everything: a range that the platform profile configures is complete. */
function withinOf(
  { discovered: { cluster = {} } }: Discovery,
  { cluster: configured = {} }: PlatformNetworkProfileSpec,
): Pick<ClusterRanges, 'within'> {
  const of = (
    name: RangeName,
    discovered: readonly string[] | undefined,
    override: readonly string[] = [],
  ) => {
    const ranges = override.length > 0 ? undefined : nonEmpty(sorted(discovered ?? []));
    return ranges === undefined ? {} : { [name]: ranges };
  };
  const within = {
    ...of('pods', cluster.podsWithin, configured.podRanges),
    ...of('services', cluster.servicesWithin, configured.serviceRanges),
    ...of('nodes', cluster.nodesWithin, configured.nodeRanges),
  };
  return Object.keys(within).length === 0 ? {} : { within };
}

/** The facts that may be out of date, without those that the platform profile configures. */
function uncertainIn({ uncertain }: Discovery, spec: PlatformNetworkProfileSpec): readonly Uncertain[] {
  const { cluster = {}, kubernetesAPI: api = {} } = spec;
  const isConfigured = ({ length }: readonly string[] = []) => length > 0;
  const isStale = (fact: UncertainFact) => uncertain.includes(fact);
  return [
    ...(isStale('podRanges') && !isConfigured(cluster.podRanges) ? (['pods'] as const) : []),
    ...(isStale('serviceRanges') && !isConfigured(cluster.serviceRanges) ? (['services'] as const) : []),
    ...(isStale('nodeRanges') && !isConfigured(cluster.nodeRanges) ? (['nodes'] as const) : []),
    ...(isStale('kubernetesAPI') && !(api.addresses && api.ports) ? (['apiServer'] as const) : []),
    ...(isStale('kubernetesAPI') && !api.addresses && !api.controlPlane?.cidrs
      ? (['controlPlane'] as const)
      : []),
  ];
}

/** The last `ClusterServices`, computed again only if one of its inputs is another object: every namespace needs it. */
export class ClusterServicesCache {
  #last:
    | { discovered: unknown; uncertain: unknown; spec: unknown; clusterServices: ClusterServices }
    | undefined;

  /** As `clusterServicesOf`. */
  of(view: ClusterView, spec: PlatformNetworkProfileSpec): ClusterServices {
    const { discovered, uncertain } = view;
    const last = this.#last;
    if (last?.discovered === discovered && last.uncertain === uncertain && last.spec === spec) {
      return last.clusterServices;
    }
    const clusterServices = clusterServicesOf(view, spec);
    this.#last = { discovered, uncertain, spec, clusterServices };
    return clusterServices;
  }
}

/** Pods query port 53 in every cluster: `resolv.conf` can't name another one. */
const dnsPorts = ['53/UDP', '53/TCP'];

/**
 * Some CNIs match the pods that answer, on the pods' ports; some match the address that is queried, on the Service's. Both are
 * allowed.
 */
function dnsRules(view: Pick<ClusterView, 'discovered'>, spec: PlatformNetworkProfileSpec): readonly Rule[] {
  const configured = spec.dns ?? {};
  const discovered = view.discovered.dns ?? {};
  const namespace = configured.namespace ?? discovered.namespace;
  const podSelector = configured.podSelector ?? discovered.podSelector;
  const podPorts = policyPorts(configured.ports ?? discovered.ports ?? []);
  const pods =
    namespace === undefined || podSelector === undefined || podPorts === undefined
      ? []
      : [{ namespaceSelector: namespaceNamed(namespace), podSelector }];
  const addresses = blocksOf(configured.addresses ?? discovered.addresses ?? []);
  const servicePorts = policyPorts(
    configured.addresses === undefined ? (discovered.servicePorts ?? dnsPorts) : dnsPorts,
  );
  return [ruleFor(pods, podPorts), ruleFor(addresses, servicePorts)].filter((rule) => rule !== undefined);
}

function apiServerRules(
  view: Pick<ClusterView, 'discovered'>,
  spec: PlatformNetworkProfileSpec,
): readonly Rule[] {
  const { addresses, ports } = spec.kubernetesAPI ?? {};
  const discovered = view.discovered.kubernetesAPI?.endpoints ?? [];
  const all =
    addresses === undefined && ports === undefined
      ? discovered
      : (addresses ?? discovered.map(({ address }) => address)).flatMap((address) =>
          (ports ?? discovered.map(({ port }) => port)).map((port) => ({ address, port })),
        );
  const byPort = groupsBy(all, ({ port }) => port)
    .map((endpoints) => ({
      port: endpoints[0].port,
      blocks: blocksOf(endpoints.map(({ address }) => address)),
    }))
    .sort((a, b) => a.port - b.port);
  return groupsBy(byPort, ({ blocks }) => JSON.stringify(blocks)).flatMap(
    ([{ blocks, port }, ...rest]) =>
      ruleFor(blocks, [tcp(port), ...rest.map((other) => tcp(other.port))]) ?? [],
  );
}

function tcp(port: number): PolicyPort {
  return { protocol: 'TCP', port };
}

/**
 * The control plane calls from the addresses of the API server, if these belong to nodes and not to a Service.
 * A managed one calls from a konnectivity pod, or from addresses that only the platform profile can name.
 */
function controlPlanePeers(
  { discovered }: Pick<ClusterView, 'discovered'>,
  { kubernetesAPI = {} }: PlatformNetworkProfileSpec,
  serviceRanges: readonly string[],
): readonly Peer[] {
  const { cidrs, namespace, pods } = kubernetesAPI.controlPlane ?? {};
  const services = addressesOf(serviceRanges);
  const answering =
    kubernetesAPI.addresses ?? discovered.kubernetesAPI?.endpoints.map(({ address }) => address) ?? [];
  const blocks =
    cidrs === undefined
      ? blocksOf(answering).filter(
          ({ ipBlock }) => !addressSets.overlap(addressesOf([ipBlock.cidr]), services),
        )
      : blockPeers(sorted(cidrs));
  if (namespace === undefined || pods === undefined) return blocks;
  return [...blocks, { namespaceSelector: namespaceNamed(namespace), podSelector: pods }];
}

/** The addresses of the nodes as sorted CIDRs; `undefined` while they are not known. */
export function nodeRanges(
  { discovered }: Pick<ClusterView, 'discovered'>,
  { cluster }: PlatformNetworkProfileSpec,
): NonEmpty<string> | undefined {
  return configuredOr(cluster?.nodeRanges, discovered.cluster?.nodeRanges);
}

/** The configured ranges, or else the discovered ones. An override that names only other kinds of ranges has an empty list here. */
function configuredOr(
  configured: readonly string[] | undefined,
  discovered: readonly string[] | undefined,
): NonEmpty<string> | undefined {
  return nonEmpty(
    sorted(configured !== undefined && configured.length > 0 ? configured : (discovered ?? [])),
  );
}

function blocksOf(addresses: readonly string[]): ReturnType<typeof blockPeers> {
  const cidrs = valuesIn(addresses.map(parseAddress)).map(formatCidr);
  return blockPeers(sorted([...new Set(cidrs)]));
}

function sorted(texts: readonly string[]): readonly string[] {
  return [...texts].sort(compareText);
}
