// What a word of the form names: a workload, a Service or its ClusterIP, the address of a pod, other addresses, or the internet. The
// same words as `explain` takes, as far as the page knows them; for an unknown one, what may be meant.
// Must not know the question, but for its port at a Service.
import { type GraphService, portWords } from '../graph/model.ts';
import { nearestPath } from '../model/did-you-mean.ts';
import { portSetOf, portSets } from '../model/port-set.ts';
import { type Facts, portInField } from './page-facts.ts';

/** What a word names. */
export type NamedEnd =
  | { readonly kind: 'place'; readonly place: number }
  /** Pods of a Service; `port` is theirs, if one was asked about. */
  | { readonly kind: 'service'; readonly place: number; readonly through: string; readonly port?: string }
  | { readonly kind: 'addresses'; readonly text: string }
  | { readonly kind: 'internet' }
  | { readonly kind: 'unknown'; readonly note: string };

/** Words that kubectl takes for a Service. */
const serviceWords = ['svc', 'service', 'services'];

/** @param port the port of the question, as it is written; empty: any */
export function namedEnd(word: string, port: string, facts: Facts): NamedEnd {
  if (word === '') return { kind: 'unknown', note: 'name both ends' };
  const place = facts.placeOfKey(word) ?? placeOfKind(word, facts) ?? placeAt(word, facts);
  if (place !== undefined) return { kind: 'place', place };
  const service = serviceOf(word, facts);
  if (service !== undefined) return podsOf(service, port, facts);
  if (/^[\d.]+(?:\/|$)|:/.test(word)) return { kind: 'addresses', text: word };
  const [app, ...otherApps] = placesOfApp(word, facts);
  if (app !== undefined) {
    if (otherApps.length === 0) return { kind: 'place', place: app };
    return severalWorkloads(word, [app, ...otherApps], facts);
  }
  if (word.toLowerCase() === 'internet') return { kind: 'internet' };
  return { kind: 'unknown', note: unknown(word, facts) };
}

/** As in `deployment/shop/web`: where two kinds share a name, each key has its kind. */
function placeOfKind(word: string, facts: Facts): number | undefined {
  const [kind = '', namespace = '', ...rest] = word.split('/');
  const name = rest.join('/');
  const found = facts.data.places.findIndex(
    (place) =>
      facts.data.rooms[place.room]?.name === namespace &&
      place.name === name &&
      place.detail.split(',')[0]?.toLowerCase() === kind.toLowerCase(),
  );
  return found < 0 ? undefined : found;
}

/** The workloads whose pods have this name as their app label. */
function placesOfApp(word: string, { data }: Facts): readonly number[] {
  return [...data.places.keys()].filter((index) => {
    const place = data.places[index];
    return place?.app !== undefined && `${data.rooms[place.room]?.name}/${place.app}` === word;
  });
}

function severalWorkloads(word: string, places: readonly number[], facts: Facts): NamedEnd {
  const keys = places.slice(0, 5).map((each) => `\`${facts.place(each).key}\``);
  return { kind: 'unknown', note: `\`${word}\` has several workloads: ask about ${keys.join(' or ')}` };
}

function placeAt(word: string, { data }: Facts): number | undefined {
  const found = data.places.findIndex(({ addresses = [] }) => addresses.includes(word));
  return found < 0 ? undefined : found;
}

function serviceOf(word: string, { data }: Facts): GraphService | undefined {
  const parts = word.split('/');
  const isNamed = serviceWords.includes(parts[0]?.toLowerCase() ?? '') && parts.length === 3;
  const key = (isNamed ? parts.slice(1) : parts).join('/');
  return data.services.find(
    ({ namespace, name, addresses }) => `${namespace}/${name}` === key || addresses.includes(word),
  );
}

/** A policy sees pods and their ports, so a Service stands for these. */
function podsOf(service: GraphService, port: string, facts: Facts): NamedEnd {
  const name = `service/${service.namespace}/${service.name}`;
  const asked = port === '' ? undefined : portInField(port);
  const wanted = asked && portSetOf(asked.protocol, [asked.interval]);
  const meant = service.ports.filter(
    (each) =>
      wanted === undefined ||
      portSets.covers(portSetOf(each.protocol, [{ first: each.port, last: each.port }]), wanted),
  );
  if (meant.length === 0) {
    const has = service.ports.map((each) => each.port).join(', ');
    return { kind: 'unknown', note: `\`${name}\` has no port ${port}; it has ${has === '' ? 'none' : has}` };
  }
  const ends = new Map(meant.flatMap(({ ends: each }) => each.map(([place, ports]) => [place, ports])));
  const [[place, ports] = [], ...others] = ends;
  if (place === undefined || ports === undefined)
    return { kind: 'unknown', note: `\`${name}\` has no pods here` };
  if (others.length > 0) return severalWorkloads(name, [...ends.keys()], facts);
  const set = facts.data.ports[ports];
  const own = wanted === undefined || set === undefined ? undefined : portWords(set).join(', ');
  const through = port === '' ? name : `${name}, port ${port}`;
  return { kind: 'service', place, through, ...(own === undefined ? {} : { port: own }) };
}

function unknown(word: string, { data }: Facts): string {
  const services = data.services.map(({ namespace, name }) => `${namespace}/${name}`);
  const isService = serviceWords.includes(word.split('/')[0]?.toLowerCase() ?? '');
  const keys = isService
    ? services.map((key) => `service/${key}`)
    : [...data.places.filter(({ ranges }) => ranges === undefined).map(({ key }) => key), ...services];
  const typed = isService ? word.replace(/^[^/]*/, 'service') : word;
  const meant =
    nearestPath(typed, [...new Set(keys)]) ??
    (word.includes('/') ? undefined : keys.find((key) => key.endsWith(`/${word}`)));
  const nothing = `there is no workload or Service \`${word}\``;
  return meant === undefined
    ? `${nothing}: write \`namespace/workload\`, \`service/namespace/name\`, an address or \`internet\``
    : `${nothing}: did you mean \`${meant}\`?`;
}
