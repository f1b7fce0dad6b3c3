// The DNS of the cluster: the pods behind its Service with the ports that they listen on, the addresses of the Service, and
// those of a cache on each node. Must not know who may query it.
import { platformProfileName } from '../api/platform-network-profile.ts';
import type { Discovered } from '../api/platform-status.ts';
import type { Finding } from '../model/findings.ts';
import { contains, formatAddress, parseAddress, parseCidr } from '../model/ip-ranges.ts';
import { compareText, formatKey, type ObjectKey } from '../model/object-key.ts';
import { type Protocol, withProtocol } from '../model/ports.ts';
import { failure, type Result, success } from '../model/result.ts';
import type { EndpointSliceFacts, ServiceFacts } from '../model/services.ts';
import { isNamed, type Observed, slicesOf, type UnknownReason } from './observed.ts';
import { dnsServices, nodeLocalDns } from './well-known-services.ts';

type Dns = NonNullable<Discovered['dns']>;

/**
 * The DNS that pods query.
 *
 * The Service's selector selects the pods, its EndpointSlices give the port numbers: a target port may be a name, which CNIs
 * resolve in different ways. The other ports of the Service (metrics) are left out.
 *
 * @param previous its namespace stays: a tenant that can create a namespace of another distribution must not become the DNS
 */
export function discoverDns(observed: Observed, previous: Dns | undefined): Result<Dns, UnknownReason> {
  const candidates = dnsServices.filter(
    ({ namespace }) => previous?.namespace === undefined || namespace === previous.namespace,
  );
  const service = candidates.flatMap((place) => observed.services.find(isNamed(place)) ?? [])[0];
  if (service === undefined) {
    return failure(`there is no Service ${candidates.map(quotedKey).join(' or ')} for DNS`);
  }
  if (service.selector === undefined) return failure(`the Service ${quotedKey(service)} selects no pods`);
  const asked = service.ports.filter(isDns);
  if (asked.length === 0) return failure(`the Service ${quotedKey(service)} has no port for DNS`);
  if (observed.endpointSlices === undefined) return failure("the endpoints of the DNS can't be read");
  const slices = slicesOf(observed.endpointSlices, service);
  const ports = podPorts(slices, new Set(asked.map(({ name = '' }) => name)));
  if (ports.length === 0) return failure(`the Service ${quotedKey(service)} has no endpoint`);
  const addresses = [...service.clusterIPs, ...localAddresses(observed, previous)].flatMap(canonical);
  return success({
    namespace: service.namespace,
    podSelector: { matchLabels: service.selector },
    ports: profilePorts(ports),
    ...(addresses.length === 0
      ? {}
      : { addresses: [...new Set(addresses)].sort(compareText), servicePorts: profilePorts(asked) }),
  });
}

/** A node-local cache that listens on an address that may belong to another machine: no rule allows that address. */
export function addressFindings(observed: Observed): readonly Finding[] {
  const clusterIPs = new Set(
    observed.services
      .filter((service) => dnsServices.some((place) => isNamed(place)(service)))
      .flatMap((service) => service.clusterIPs)
      .flatMap(canonical),
  );
  const strange = bindsIn(observed).filter(
    (bind) => !isLocal(bind) && !canonical(bind).some((a) => clusterIPs.has(a)),
  );
  return strange.map((bind) => ({
    code: 'AddressNotLocal',
    subject: { kind: 'PlatformNetworkProfile', name: platformProfileName },
    path: 'spec.dns.addresses',
    message: `ConfigMap \`${formatKey(nodeLocalDns)}\` binds \`${bind}\`, which is neither an address of the DNS Service nor one that stays on the node`,
    hint: 'choose one of `169.254.0.0/16` or `fd00::/8`, or name it in `spec.dns.addresses` of the platform profile',
  }));
}

interface Port {
  readonly port: number;
  readonly protocol: Protocol;
}

/** Port 53, whatever its name (`udp-53` in the CoreDNS chart), or a DNS port name, whatever its number. */
function isDns({ name = '', port }: ServiceFacts['ports'][number]): boolean {
  return port === 53 || name === 'dns' || name.startsWith('dns-');
}

function podPorts(slices: readonly EndpointSliceFacts[], names: ReadonlySet<string>): readonly Port[] {
  return slices
    .filter(({ addresses }) => addresses.length > 0)
    .flatMap(({ ports }) => ports.filter(({ name }) => names.has(name)));
}

/** In the syntax of profiles, each once, ordered by number and protocol. */
function profilePorts(ports: readonly Port[]): readonly (number | string)[] {
  const sorted = [...ports].sort((a, b) => a.port - b.port || compareText(a.protocol, b.protocol));
  return [...new Set(sorted.map(({ port, protocol }) => withProtocol(port, protocol)))];
}

/** The name of an interface is not an address. */
function bindsIn({ dnsConfigs = [] }: Observed): readonly string[] {
  const binds = dnsConfigs.filter(isNamed(nodeLocalDns)).flatMap((config) => config.binds);
  return binds.filter((bind) => parseAddress(bind).ok);
}

/** Without the ConfigMap there is no cache; if the ConfigMap can't be read, the cache stays as it was. */
function localAddresses(observed: Observed, previous: Dns | undefined): readonly string[] {
  const listening = observed.dnsConfigs === undefined ? previous?.addresses : bindsIn(observed);
  return (listening ?? []).filter(isLocal);
}

/** The recommendation in the documentation of NodeLocal DNSCache (https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns). */
const localRanges = ['169.254.0.0/16', 'fe80::/10', 'fd00::/8'];
/** The addresses at which cloud providers give out credentials. */
const metadata = ['169.254.169.254', 'fd00:ec2::254'];

function isLocal(text: string): boolean {
  const parsed = parseAddress(text);
  if (!parsed.ok || metadata.includes(formatAddress(parsed.value.family, parsed.value.first))) return false;
  return localRanges.map(parseCidr).some((range) => range.ok && contains(range.value, parsed.value));
}

function canonical(text: string): readonly string[] {
  const parsed = parseAddress(text);
  return parsed.ok ? [formatAddress(parsed.value.family, parsed.value.first)] : [];
}

function quotedKey(key: ObjectKey): string {
  return `\`${formatKey(key)}\``;
}
