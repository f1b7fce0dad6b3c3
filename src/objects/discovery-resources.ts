// The objects from which DNS, the API server and the address ranges are discovered, each reduced on arrival.
// These facts are kept over restarts, so nothing waits for objects that can't be read. Must not know what follows from them.

import { dnsServices, kubernetesService, nodeLocalDns } from '../discover/well-known-services.ts';
import { identify, type RawObject } from '../kube/resource.ts';
import type { Protocol } from '../model/ports.ts';
import type { DnsConfigFacts, EndpointSliceFacts, NodeFacts, ServiceCidrFacts } from '../model/services.ts';
import type { Kind, StoredFacts } from './kind.ts';

interface RawSlice {
  readonly addressType?: EndpointSliceFacts['addressType'];
  readonly endpoints?: readonly { readonly addresses?: readonly string[] }[] | null;
  readonly ports?:
    | readonly { readonly name?: string; readonly port?: number; readonly protocol?: Protocol }[]
    | null;
}

const serviceLabel = 'kubernetes.io/service-name';
const followed = [...new Set([kubernetesService, ...dnsServices].map(({ name }) => name))];

/** A cluster may have 40,000 of them: the server sends only those of the few relevant Services. */
export const endpointSlices: Kind<StoredFacts<EndpointSliceFacts>> = {
  kind: 'EndpointSlice',
  name: 'endpointslices.discovery.k8s.io',
  path: '/apis/discovery.k8s.io/v1/endpointslices',
  query: { labelSelector: `${serviceLabel} in (${followed.join(',')})` },
  remembered: true,
  reduce: (object) => {
    const { addressType = 'IPv4', endpoints, ports } = object as RawObject & RawSlice;
    return {
      ...identify(object),
      service: object.metadata.labels?.[serviceLabel] ?? '',
      addressType,
      addresses: (endpoints ?? []).flatMap(({ addresses = [] }) => addresses),
      // A port without a number means every port, from which no rule is made.
      ports: (ports ?? []).flatMap(({ name = '', port, protocol = 'TCP' }) =>
        port === undefined ? [] : [{ name, port, protocol }],
      ),
    };
  },
};

/** Generally available since Kubernetes 1.33 (KEP-1880); before, the ranges are a flag of the API server that nobody can read. */
export const serviceCidrs: Kind<StoredFacts<ServiceCidrFacts>> = {
  kind: 'ServiceCIDR',
  name: 'servicecidrs.networking.k8s.io',
  path: '/apis/networking.k8s.io/v1/servicecidrs',
  clusterWide: true,
  optional: true,
  remembered: true,
  reduce: (object) => ({
    ...identify(object),
    ranges: (object.spec as { readonly cidrs?: readonly string[] } | undefined)?.cidrs ?? [],
  }),
};

/** The one ConfigMap with the address of a node-local DNS cache: no other ConfigMap is read. */
export const dnsConfigs: Kind<StoredFacts<DnsConfigFacts>> = {
  kind: 'ConfigMap',
  name: 'configmaps',
  path: `/api/v1/namespaces/${nodeLocalDns.namespace}/configmaps`,
  query: { fieldSelector: `metadata.name=${nodeLocalDns.name}` },
  remembered: true,
  reduce: (object) => ({
    ...identify(object),
    binds: bindsOf((object as { readonly data?: Readonly<Record<string, string>> }).data?.Corefile ?? ''),
  }),
};

/** The arguments of `bind` on any line of a Corefile (https://coredns.io/plugins/bind), without comments. */
function bindsOf(corefile: string): readonly string[] {
  const words = corefile.split('\n').flatMap((line) => {
    const [directive, ...values] = (line.split('#')[0] ?? '').trim().split(/\s+/);
    return directive === 'bind' ? values : [];
  });
  return [...new Set(words.filter((word) => word !== '{'))];
}

export const nodes: Kind<StoredFacts<NodeFacts>> = {
  kind: 'Node',
  name: 'nodes',
  path: '/api/v1/nodes',
  clusterWide: true,
  remembered: true,
  reduce: (object) => {
    const { addresses = [], conditions = [] } = (object.status ?? {}) as {
      readonly addresses?: readonly { readonly type: string; readonly address: string }[];
      readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    };
    const ready = conditions.find(({ type }) => type === 'Ready');
    const { podCIDR = '', podCIDRs = [podCIDR] } = (object.spec ?? {}) as {
      readonly podCIDR?: string;
      readonly podCIDRs?: readonly string[];
    };
    return {
      ...identify(object),
      addresses: addresses
        .filter(({ type }) => type === 'InternalIP' || type === 'ExternalIP')
        .map(({ address }) => address),
      podRanges: podCIDRs.filter((range) => range !== ''),
      ...(ready === undefined || ready.status === 'True' ? {} : { notReady: true as const }),
    };
  },
};
