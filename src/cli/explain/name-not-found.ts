// What is said if nothing has the name in a question: the name that was probably meant, or what there is.
// Must not know how names are looked up.
import { formatEndpoint } from '../../analyze/endpoints.ts';
import { nameSome } from '../../model/counted.ts';
import { nearest, nearestPath } from '../../model/did-you-mean.ts';
import { compareText, formatKey, type ObjectKey } from '../../model/object-key.ts';
import { ToolError } from '../failures.ts';
import type { Names } from './name-context.ts';
import { routeEndWords } from './named-route-ends.ts';
import { endsWhere, podsOf } from './single-out.ts';

/** A name as it was looked up. */
export interface WantedName {
  /** Absent: any kind. */
  readonly kind?: string;
  readonly namespace: string;
  readonly name: string;
}

const maxNames = 8;

/**
 * Says it.
 *
 * @param wanted the last name that was looked up for the word; absent if the word has no valid form
 * @throws ToolError always
 */
export function explainNotFound(word: string, wanted: WantedName | undefined, names: Names): never {
  const meant = meantBy(word, wanted, names);
  const nothing = nothingCalled(word, names);
  if (meant !== undefined) throw new ToolError(`${nothing}: did you mean \`${meant}\`?`);
  if (word === '*')
    throw new ToolError('`*` is everything: ask `ringfence matrix` with `--from` or `--to`, or name one end');
  if (wanted === undefined) {
    throw new ToolError(
      `\`${word}\` is not an end: write \`namespace/workload\`, \`namespace/pod\`, \`service/namespace/name\`, an address, a CIDR, or an end of a route as in \`internet\``,
    );
  }
  throw new ToolError(`${nothing}${whatThereIs(word, wanted, names)}`);
}

function nothingCalled(word: string, { namespaces }: Names): string {
  const things =
    namespaces === undefined ? 'workload, pod or Service' : 'workload, pod, Service or namespace';
  return `there is no ${things} \`${word}\``;
}

/** The name that was probably meant. */
function meantBy(word: string, wanted: WantedName | undefined, names: Names): string | undefined {
  const { analysis, namespaces, routeContext } = names;
  const all = [...analysis.workloads.map(({ workload }) => workload), ...analysis.input.services];
  const keys = [...new Set([...all, ...appsIn(names)].map(formatKey))];
  const isAllOfOne = all.some(({ namespace }) => namespace === word);
  const [, second = '', third = ''] = word.split('/');
  const { namespace, name } = wanted ?? { namespace: second, name: third };
  const words = routeEndWords(routeContext);
  return (
    dnsNameMeant(word, names) ??
    withLabel(word, names) ??
    (isAllOfOne ? `${word}/*` : undefined) ??
    (namespaces === undefined ? undefined : nearest(word, namespaces)) ??
    ofThreeParts(word, keys) ??
    keys.find((key) => key === `${namespace}/${name}`) ??
    nearestPath(`${namespace}/${name}`, keys) ??
    nearest(word, words) ??
    words.find((each) => each.endsWith(`/${word}`)) ??
    (namesNamespace(word, wanted) ? undefined : anywhere(name, keys))
  );
}

/** What has this name, or a similar one, in any namespace. */
function anywhere(name: string, keys: readonly string[]): string | undefined {
  const nameIn = (key: string) => key.slice(key.indexOf('/') + 1);
  const names = keys.map(nameIn);
  const meant = names.includes(name) ? name : nearest(name, names);
  return meant === undefined ? undefined : keys.find((key) => nameIn(key) === meant);
}

/** What a word of three parts means whose kind is not known, or does not come first, as in `shop/pod/web`. */
function ofThreeParts(word: string, keys: readonly string[]): string | undefined {
  const [first, second, name] = word.split('/');
  return keys.find((key) => key === `${second}/${name}` || key === `${first}/${name}`);
}

/** Whether a person wrote the namespace: without one, the word may mean another namespace than that of `-n`. */
function namesNamespace(word: string, wanted: WantedName | undefined): boolean {
  return word.split('/').length > (wanted?.kind === undefined ? 1 : 2);
}

/** The values of the app label, as names. */
function appsIn({ analysis: { workloads, input }, appLabel }: Names): readonly ObjectKey[] {
  return workloads.flatMap((end) =>
    podsOf(end, input).flatMap(({ labels }) => {
      const name = labels[appLabel];
      return name === undefined ? [] : [{ namespace: end.workload.namespace, name }];
    }),
  );
}

/** A Service by its DNS name, as in `mongo.shop.svc.cluster.local`: the form in an application's settings. A workload likewise. */
function dnsNameMeant(word: string, { analysis: { workloads, input } }: Names): string | undefined {
  const [name, namespace] = word.split('.');
  const isMeant = (key: ObjectKey) => key.name === name && key.namespace === namespace;
  const service = input.services.find(isMeant);
  if (service !== undefined) return `service/${formatKey(service)}`;
  const end = workloads.find(({ workload }) => isMeant(workload));
  return end && formatKey(end.workload);
}

/** The first workload with a label, as in `tier=front` or `shop/app=web`. */
function withLabel(word: string, { analysis, namespace, appLabel }: Names): string | undefined {
  const [label = '', value] = word.split('=');
  if (value === undefined) return undefined;
  // A key may have a prefix, which looks like a namespace.
  const [first = '', ...rest] = label.split('/');
  for (const [there, key] of [[namespace, label] as const, [first, rest.join('/')] as const]) {
    const keys = key === 'app' ? [key, appLabel] : [key];
    const [end] = endsWhere(
      analysis,
      ({ labels }, its) => its === there && keys.some((each) => labels[each] === value),
    );
    if (end !== undefined) return formatKey(end.workload);
  }
  return undefined;
}

function whatThereIs(word: string, wanted: WantedName, names: Names): string {
  const { namespace } = wanted;
  const { analysis, namespaces } = names;
  if (/^[\w-]+(\.[\w-]+)*\.[a-z]{2,}\.?$/i.test(word))
    return `, and NetworkPolicies know no DNS names: ask about the addresses of \`${word}\`, or about \`internet\``;
  if (namespaces !== undefined && !word.includes('/'))
    return `; namespaces are ${nameSome(namespaces, maxNames)}`;
  const here = analysis.workloads.filter(({ workload }) => workload.namespace === namespace);
  if (here.length > 0)
    return `; namespace \`${namespace}\` has ${nameSome(here.map(formatEndpoint), maxNames)}`;
  const known = [...new Set(analysis.workloads.map(({ workload }) => workload.namespace))].sort(compareText);
  const which = known.length === 0 ? 'there are none' : `there are some in ${nameSome(known, maxNames)}`;
  const why = namesNamespace(word, wanted) ? '' : ', which a name without a namespace means';
  return `: no workload is in namespace \`${namespace}\`${why}; ${which}`;
}
