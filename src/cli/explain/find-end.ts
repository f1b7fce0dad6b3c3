// Resolves SRC and DST to workloads, pods, a Service or addresses; if nothing has that name, suggests a similar one.
// Must not know the question.
import type { Analysis } from '../../analyze/analysis.ts';
import { type AddressEnd, formatEndpoint, readRange, type WorkloadEnd } from '../../analyze/endpoints.ts';
import type { AnalysisInput } from '../../analyze/facts.ts';
import { nearest } from '../../model/did-you-mean.ts';
import { formatCidr, type IpRange, parseAddress, parseMaskedCidr } from '../../model/ip-ranges.ts';
import { type NonEmpty, nonEmpty } from '../../model/network-policy.ts';
import { compareText, formatKey } from '../../model/object-key.ts';
import type { ServiceFacts } from '../../model/services.ts';
import { publicPeers } from '../../routes/internet.ts';
import { ToolError } from '../failures.ts';

/** The result for a word. */
export type ResolvedEnd =
  /** `nothingIn`: a namespace without pods, if that was asked about; then there are no ends. */
  | { readonly kind: 'workloads'; readonly ends: readonly WorkloadEnd[]; readonly nothingIn?: string }
  /** `address` is its ClusterIP, if that was asked about. */
  | { readonly kind: 'service'; readonly service: ServiceFacts; readonly address?: string }
  /** `pods` have addresses in it; a question about them must name them. More than one range means the internet. */
  | {
      readonly kind: 'addresses';
      readonly ends: NonEmpty<AddressEnd>;
      readonly pods: readonly WorkloadEnd[];
    };

/** The objects in which names are looked up. */
export interface Names {
  readonly analysis: Analysis;
  /** The namespace for names without one. */
  readonly namespace: string;
  /** The existing namespaces, if a word may also be the name of one, which means all of its workloads. */
  readonly namespaces?: readonly string[];
}

/** Kinds by the short names that kubectl takes for them. */
const shortNames: Readonly<Record<string, string>> = {
  ...{ po: 'Pod', deploy: 'Deployment', sts: 'StatefulSet', ds: 'DaemonSet', rs: 'ReplicaSet' },
  ...{ rc: 'ReplicationController', cj: 'CronJob', svc: 'Service' },
};
const kinds = [...Object.values(shortNames), 'Job'] as const;
/** Kinds by all words that kubectl takes for them: short, singular and plural. */
const kindWords = new Map([
  ...Object.entries(shortNames),
  ...kinds.flatMap((kind) => ['', 's'].map((ending) => [kind.toLowerCase() + ending, kind] as const)),
]);

/**
 * Finds what `word` names: an address or a CIDR; `internet`; `namespace/name` of a workload, else of a pod, else of a Service;
 * `kind/namespace/name` where it must be of that kind; `kind/name` as kubectl takes it; `namespace/*` for all of its workloads.
 *
 * @throws ToolError if nothing has that name
 */
export function findEnd(word: string, names: Names): ResolvedEnd {
  if (isAddress(word)) return addressEnd(word, names.analysis);
  const meanings = meaningsOf(word, names.namespace);
  for (const wanted of meanings) {
    const found = lookUp(wanted, names.analysis);
    if (found !== undefined) return found;
  }
  const whole = namespaceMeant(word, names);
  const ends = workloadsIn(whole, names.analysis);
  if (ends.length > 0) return { kind: 'workloads', ends };
  if (names.namespaces?.includes(whole)) return { kind: 'workloads', ends, nothingIn: whole };
  if (word.toLowerCase() === 'internet') return { kind: 'addresses', ends: internetEnds(), pods: [] };
  const meant = meanings.at(-1);
  if (meant === undefined) {
    throw new ToolError(
      `\`${word}\` is not an end: write \`namespace/workload\`, \`namespace/pod\`, \`service/namespace/name\`, an address or a CIDR`,
    );
  }
  throw new ToolError(notFound(word, meant, names));
}

/** The namespace of whose workloads a word means all, as in `shop/*`. */
function namespaceMeant(word: string, { namespaces }: Names): string {
  if (word.endsWith('/*')) return word.slice(0, -'/*'.length);
  return namespaces === undefined ? '' : word;
}

/** Everything that a word may name, the most likely first; empty if the word has no valid form. */
function meaningsOf(word: string, namespace: string): readonly Wanted[] {
  const [first = '', second, third, ...more] = word.split('/');
  if ([first, second, third].includes('') || more.length > 0) return [];
  const kind = kindWords.get(first.toLowerCase());
  if (second === undefined) return [{ namespace, name: first }];
  if (third !== undefined) return kind === undefined ? [] : [{ kind, namespace: second, name: third }];
  const named = { namespace: first, name: second };
  return kind === undefined ? [named] : [named, { kind, namespace, name: second }];
}

interface Wanted {
  /** Absent: any kind. */
  readonly kind?: string;
  readonly namespace: string;
  readonly name: string;
}

function lookUp({ kind, namespace, name }: Wanted, analysis: Analysis): ResolvedEnd | undefined {
  const isWanted = ({ workload, pods }: WorkloadEnd) =>
    kind === undefined || workload.kind === kind || (kind === 'Pod' && pods !== undefined);
  const ends = analysis.workloadsNamed(namespace, name).filter(isWanted);
  if (ends.length > 0) return { kind: 'workloads', ends };
  if (kind !== undefined && kind !== 'Service') return undefined;
  const service = analysis.input.services.find((each) => each.namespace === namespace && each.name === name);
  return service === undefined ? undefined : { kind: 'service', service };
}

/** The workloads of a namespace. */
function workloadsIn(namespace: string, { workloads }: Analysis): readonly WorkloadEnd[] {
  return workloads.filter(({ workload }) => workload.namespace === namespace);
}

/** The public addresses, as the end `internet` of a route means them. */
function internetEnds(): NonEmpty<AddressEnd> {
  const blocks = publicPeers().flatMap((peer) => ('ipBlock' in peer ? [peer.ipBlock] : []));
  const ends = nonEmpty(blocks);
  if (ends === undefined) throw new Error('the internet has no addresses');
  return ends;
}

function isAddress(word: string): boolean {
  return /^[\d.]+(\/|$)/.test(word) || word.includes(':');
}

/** @throws ToolError */
function addressEnd(word: string, analysis: Analysis): ResolvedEnd {
  const parsed = word.includes('/') ? parseMaskedCidr(word) : parseAddress(word);
  if (!parsed.ok) throw new ToolError(parsed.error);
  const cidr = formatCidr(parsed.value);
  const pods = analysis.workloadsAt(cidr);
  const range = readRange(cidr);
  // The address of a pod means that pod.
  if (pods.length > 0 && range.first === range.last) return { kind: 'workloads', ends: pods };
  // Without its pods, the address is all that is known.
  const service = servicesAt(range, analysis.input).find((each) => analysis.serviceTargets(each).ok);
  return service === undefined || range.first !== range.last
    ? { kind: 'addresses', ends: [{ cidr }], pods }
    : { kind: 'service', service, address: word };
}

/** The Services with this ClusterIP: at most one in a cluster, but files may hold anything. */
export function servicesAt({ family, first }: IpRange, { services }: AnalysisInput): readonly ServiceFacts[] {
  const isIt = (text: string) => {
    const parsed = parseAddress(text);
    return parsed.ok && parsed.value.family === family && parsed.value.first === first;
  };
  return services.filter(({ clusterIPs = [] }) => clusterIPs.some(isIt));
}

function notFound(word: string, { namespace, name }: Wanted, names: Names): string {
  const { analysis, namespaces } = names;
  const things =
    namespaces === undefined ? 'workload, pod or Service' : 'workload, pod, Service or namespace';
  const nothing = `there is no ${things} \`${word}\``;
  const all = [...analysis.workloads.map(({ workload }) => workload), ...analysis.input.services];
  const known = [...new Set(analysis.workloads.map(({ workload }) => workload.namespace))].sort(compareText);
  const meant =
    serviceMeant(word, analysis) ??
    (namespaces === undefined ? undefined : nearest(word, namespaces)) ??
    nearest(`${namespace}/${name}`, [...new Set(all.map(formatKey))]) ??
    // Without a namespace, the word may mean another namespace than that of `-n`.
    (word.includes('/') ? undefined : all.filter((key) => key.name === name).map(formatKey)[0]);
  if (meant !== undefined) return `${nothing}: did you mean \`${meant}\`?`;
  if (/^[\w-]+(\.[\w-]+)*\.[a-z]{2,}\.?$/i.test(word)) {
    return `${nothing}, and NetworkPolicies know no DNS names: ask about the addresses of \`${word}\``;
  }
  if (namespaces !== undefined && !word.includes('/')) {
    return `${nothing}; namespaces are ${some(namespaces)}`;
  }
  const here = workloadsIn(namespace, analysis);
  if (here.length > 0) return `${nothing}; namespace \`${namespace}\` has ${some(here.map(formatEndpoint))}`;
  const which = known.length === 0 ? 'there are none' : `there are some in ${some(known)}`;
  return `${nothing}: no workload is in namespace \`${namespace}\`, ${which}`;
}

/** A Service by its DNS name, as in `mongo.shop.svc.cluster.local`: the form in an application's settings. */
function serviceMeant(word: string, { input }: Analysis): string | undefined {
  const [name, namespace] = word.split('.');
  const service = input.services.find((each) => each.name === name && each.namespace === namespace);
  return service === undefined ? undefined : `service/${formatKey(service)}`;
}

function some(words: readonly string[]): string {
  return `${words.slice(0, 8).join(', ')}${words.length > 8 ? ', …' : ''}`;
}
