// The addresses to which `verify` connects: those that an application in SRC would connect to.
// Must not know what is allowed.
import { type Endpoint, formatEndpoint, isWorkload } from '../../analyze/endpoints.ts';
import type { AnalysisInput } from '../../analyze/facts.ts';
import type { DialTarget } from '../../dial/attempts.ts';
import { nameSome } from '../../model/counted.ts';
import { parseAddress } from '../../model/ip-ranges.ts';
import { formatKey } from '../../model/object-key.ts';
import type { PortSpec } from '../../model/ports.ts';
import type { ResolvedEnd } from '../explain/find-end.ts';
import { ToolError } from '../failures.ts';
import type { ClusterSnapshot } from '../snapshot/cluster-snapshot.ts';
import { type ChosenPod, choosePod, type ExistingPod } from './source-pod.ts';

/** Where to connect, and what is known of whoever is there. */
export interface Destination {
  readonly targets: readonly DialTarget[];
  /** The pod at these addresses; absent for a Service and for other addresses. */
  readonly chosen?: ChosenPod;
}

/** The question about a destination. */
export interface AskedDestination {
  readonly end: ResolvedEnd;
  /** The same in the words of the analysis. */
  readonly ends: readonly Endpoint[];
  readonly port: PortSpec;
  /** DST in the person's words. */
  readonly word: string;
  readonly snapshot: ClusterSnapshot;
}

/**
 * Finds them: a Service's own addresses, a running pod's, or the address in the question; one for each address family that
 * `source` has.
 *
 * @throws ToolError if there is no single port or address to try, or no pod runs
 */
export function destinationOf(source: ExistingPod, asked: AskedDestination): Destination {
  const { addresses, port, chosen } = found(asked);
  const protocol = protocolOf(asked.port, port);
  const families = new Set(source.addresses.map(familyOf));
  const reachable = addresses.filter((address) => families.has(familyOf(address)));
  if (reachable.length === 0) {
    throw new ToolError(
      `\`${formatKey(source)}\` and \`${asked.word}\` have no address family in common: there is no way to try it`,
    );
  }
  const targets = reachable.map((address) => ({ protocol, address, port }));
  return { targets, ...(chosen === undefined ? {} : { chosen }) };
}

interface Found {
  readonly addresses: readonly string[];
  readonly port: number;
  readonly chosen?: ChosenPod;
}

function found({ end, ends, port, word, snapshot }: AskedDestination): Found {
  if (end.kind === 'service') {
    const known = snapshot.facts.services.find((each) => formatKey(each) === formatKey(end.service));
    const addresses = clusterIPsOf(known);
    if (addresses.length === 0) {
      throw new ToolError(`Service \`${formatKey(end.service)}\` has no address of its own: name its pods`);
    }
    return { addresses, port: portOfService(end.service.ports, port) };
  }
  const pods = ends.filter(isWorkload);
  if (pods.length > 0) {
    const chosen = choosePod(pods, snapshot, { word });
    return { addresses: chosen.pod.addresses, port: portOfPod(chosen.pod, port), chosen };
  }
  return { addresses: [singleAddress(ends.map(formatEndpoint), word)], port: singlePort(port) };
}

function clusterIPsOf(service: AnalysisInput['services'][number] | undefined): readonly string[] {
  return (service?.clusterIPs ?? []).filter((address) => parseAddress(address).ok);
}

/** DNS may also be on 5353, as on OpenShift. */
const dnsPorts: readonly number[] = [53, 5353];

/** @throws ToolError for a protocol or a port that nothing can be tried on */
function protocolOf({ protocol }: PortSpec, port: number): DialTarget['protocol'] {
  if (protocol === 'TCP') return 'TCP';
  if (protocol === 'UDP' && dnsPorts.includes(port)) return 'UDP';
  const why =
    protocol === 'UDP'
      ? 'a UDP service answers only to requests that it understands, and only DNS servers are asked, on port 53 or 5353'
      : `${protocol} can't be tried`;
  throw new ToolError(`${why}: ask \`ringfence explain\` instead`);
}

function singlePort(port: PortSpec): number {
  if (!('name' in port) && port.interval.first === port.interval.last) return port.interval.first;
  throw new ToolError('name one port by its number: each port is a connection of its own');
}

function portOfPod(pod: ExistingPod, port: PortSpec): number {
  if (!('name' in port)) return singlePort(port);
  const named = pod.ports.find(({ name, protocol }) => name === port.name && protocol === port.protocol);
  if (named !== undefined) return named.port;
  throw new ToolError(`\`${formatKey(pod)}\` has no port named \`${port.name}\`: write its number`);
}

function portOfService(
  ports: readonly { readonly name?: string; readonly port: number; readonly protocol: string }[],
  port: PortSpec,
): number {
  if (!('name' in port)) return singlePort(port);
  const named = ports.find(({ name, protocol }) => name === port.name && protocol === port.protocol);
  // `explain` has already refused a port that the Service lacks.
  return named?.port ?? singlePort(port);
}

function singleAddress(addresses: readonly string[], word: string): string {
  const [address = '', ...more] = new Set(addresses);
  if (more.length === 0 && parseAddress(address).ok) return address;
  const which = more.length === 0 ? '' : `: ${nameSome([address, ...more], 5)}`;
  throw new ToolError(`\`${word}\` is more than one address, name one of them${which}`);
}

function familyOf(address: string): 4 | 6 {
  return address.includes(':') ? 6 : 4;
}
