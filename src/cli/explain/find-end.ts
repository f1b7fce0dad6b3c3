// Resolves SRC and DST to workloads, pods, a Service, addresses or what the end of a route means.
// Must not know the question, nor what is said if nothing has that name.
import type { Analysis } from '../../analyze/analysis.ts';
import { type AddressEnd, readRange, type WorkloadEnd } from '../../analyze/endpoints.ts';
import type { AnalysisInput } from '../../analyze/facts.ts';
import { formatCidr, type IpRange, parseAddress, parseMaskedCidr } from '../../model/ip-ranges.ts';
import type { NonEmpty } from '../../model/network-policy.ts';
import type { ServiceFacts } from '../../model/services.ts';
import { ToolError } from '../failures.ts';
import type { Names } from './name-context.ts';
import { explainNotFound, type WantedName } from './name-not-found.ts';
import { isEveryNamespace, type NamedRouteEnd, routeEndNamed } from './named-route-ends.ts';
import { endsWhere } from './single-out.ts';

/** The result for a word. */
export type ResolvedEnd =
  | {
      readonly kind: 'workloads';
      readonly ends: readonly WorkloadEnd[];
      /** A namespace without pods, if that was asked about; then there are no ends. */
      readonly nothingIn?: string;
      /** What was asked about and the label that it was taken for, if nothing has that name. */
      readonly byLabel?: { readonly word: string; readonly label: string };
    }
  /** `address` is its ClusterIP, if that was asked about. */
  | { readonly kind: 'service'; readonly service: ServiceFacts; readonly address?: string }
  /** `pods` have addresses in it; a question about them must name them. */
  | {
      readonly kind: 'addresses';
      readonly ends: NonEmpty<AddressEnd>;
      readonly pods: readonly WorkloadEnd[];
    }
  | ({ readonly kind: 'route end' } & NamedRouteEnd);

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
 * Finds what `word` names: an address or a CIDR; `namespace/name` of a workload, else of a pod, else of a Service, else of an app by
 * its label; `kind/namespace/name` where it must be of that kind; `kind/name` as kubectl takes it; `namespace/*` for all of its
 * workloads; the end of a route that says enough by itself, as in `internet` or `ingressController/nginx`.
 *
 * @throws ToolError if nothing has that name
 */
export function findEnd(word: string, names: Names): ResolvedEnd {
  if (isAddress(word)) return addressEnd(word, names.analysis);
  const meanings = meaningsOf(word, names);
  for (const wanted of meanings) {
    const found = lookUp(wanted, names.analysis);
    if (found !== undefined) return found;
  }
  return (
    namespaceEnd(word, names) ??
    meanings.map((wanted) => appEnd(word, wanted, names)).find((found) => found !== undefined) ??
    routeEnd(word, names) ??
    explainNotFound(word, meanings.at(-1), names)
  );
}

/** All workloads of a namespace. */
function namespaceEnd(word: string, names: Names): ResolvedEnd | undefined {
  const whole = namespaceMeant(word, names);
  const ends = names.analysis.workloads.filter(({ workload }) => workload.namespace === whole);
  if (ends.length > 0) return { kind: 'workloads', ends };
  return names.namespaces?.includes(whole) ? { kind: 'workloads', ends, nothingIn: whole } : undefined;
}

/** The pods that `app: name` of a route would mean there. People know an app by this name, and its workload by another. */
function appEnd(
  word: string,
  { kind, namespace, name }: WantedName,
  { analysis, appLabel }: Names,
): ResolvedEnd | undefined {
  if (kind !== undefined) return undefined;
  for (const label of new Set([appLabel, 'app'])) {
    const ends = endsWhere(analysis, ({ labels }, there) => there === namespace && labels[label] === name);
    if (ends.length > 0) return { kind: 'workloads', ends, byLabel: { word, label: `${label}=${name}` } };
  }
  return undefined;
}

/** @throws ToolError if it means everything, where only one end can be explained */
function routeEnd(word: string, { routeContext, namespaces }: Names): ResolvedEnd | undefined {
  const named = routeEndNamed(word, routeContext);
  if (named === undefined) return undefined;
  if (namespaces === undefined && isEveryNamespace(named)) {
    throw new ToolError(
      `\`${word}\` means every pod of every namespace: name one of them, or ask \`ringfence matrix\` with \`--from\` or \`--to\``,
    );
  }
  return { kind: 'route end', ...named };
}

/** The namespace of whose workloads a word means all, as in `shop/*`. */
function namespaceMeant(word: string, { namespaces }: Names): string {
  if (word.endsWith('/*')) return word.slice(0, -'/*'.length);
  return namespaces === undefined ? '' : word;
}

/** Everything that a word may name, the most likely first; empty if the word has no valid form. */
function meaningsOf(word: string, { namespace, analysis }: Names): readonly WantedName[] {
  const [first = '', second, third, ...more] = word.split('/');
  if ([first, second, third].includes('') || more.length > 0) return [];
  const kind = kindNamed(first, analysis);
  if (second === undefined) return [{ namespace, name: first }];
  if (third !== undefined) return kind === undefined ? [] : [{ kind, namespace: second, name: third }];
  const named = { namespace: first, name: second };
  return kind === undefined ? [named] : [named, { kind, namespace, name: second }];
}

/** Kinds that only the cluster knows, such as `Rollout`, have their own name. kubectl prints them with their group: `deployment.apps`. */
function kindNamed(word: string, { workloads }: Analysis): string | undefined {
  const [lower = ''] = word.toLowerCase().split('.');
  return (
    kindWords.get(lower) ??
    workloads.map(({ workload }) => workload.kind).find((kind) => kind.toLowerCase() === lower)
  );
}

function lookUp({ kind, namespace, name }: WantedName, analysis: Analysis): ResolvedEnd | undefined {
  const isWanted = ({ workload, pods }: WorkloadEnd) =>
    kind === undefined || workload.kind === kind || (kind === 'Pod' && pods !== undefined);
  const ends = analysis.workloadsNamed(namespace, name).filter(isWanted);
  if (ends.length > 0) return { kind: 'workloads', ends };
  if (kind !== undefined && kind !== 'Service') return undefined;
  const service = analysis.input.services.find((each) => each.namespace === namespace && each.name === name);
  return service === undefined ? undefined : { kind: 'service', service };
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
