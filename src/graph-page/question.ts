// What a question of the form is about: a pair of places and a port; or why there is none.
// Must not know the form, nor the answer.
import { type NamedEnd, namedEnd } from './named-end.ts';
import { type Facts, portInField } from './page-facts.ts';
import type { Selection } from './state.ts';

/** The words of a question. */
export interface AskedWords {
  readonly from: string;
  readonly to: string;
  readonly port: string;
}

/** Why no pair answers a question, or its answer in words; and the fields that are to blame. */
export interface AskedInVain {
  readonly note: string;
  readonly bad: readonly (keyof AskedWords)[];
}

/** The pair that a question is about; an address means the listed range that contains it, for this very connection. */
export function askedIn(
  words: AskedWords,
  facts: Facts,
): Extract<Selection, { readonly kind: 'pair' }> | AskedInVain {
  const { to, port } = withoutPort(words);
  if (port !== '' && portInField(port) === undefined) {
    return {
      note: 'a port is a number, as in `8080` or `53/UDP`: names mean another number at each pod',
      bad: ['port'],
    };
  }
  const ends = { from: namedEnd(words.from, '', facts), to: namedEnd(to, port, facts) };
  for (const word of ['from', 'to'] as const) {
    const end = ends[word];
    if (end.kind === 'unknown') return { note: end.note, bad: [word] };
  }
  const places = placesOf(ends, { from: words.from, to }, facts);
  if ('note' in places) return places;
  if (places.from === places.to) return { note: 'both ends are the same', bad: ['to'] };
  const own = ends.to.kind === 'service' ? (ends.to.port ?? '') : port;
  const [through] = [ends.to, ends.from].flatMap((end) => (end.kind === 'service' ? [end.through] : []));
  return {
    kind: 'pair',
    ...places,
    ...(own === '' ? {} : { port: own }),
    ...(through === undefined ? {} : { through }),
  };
}

/** The places of two ends; addresses are those that have a connection with the other end. */
function placesOf(
  ends: Readonly<Record<'from' | 'to', NamedEnd>>,
  words: Pick<AskedWords, 'from' | 'to'>,
  facts: Facts,
): Readonly<Record<'from' | 'to', number>> | AskedInVain {
  const [from, to] = [placeOf(ends.from), placeOf(ends.to)];
  if (from === undefined && to === undefined) {
    return { note: 'policies know nothing of two ends without pods', bad: ['from', 'to'] };
  }
  const source = from ?? outsideOf(ends.from, to ?? -1, 'in', facts);
  const target = to ?? outsideOf(ends.to, from ?? -1, 'out', facts);
  if (source === undefined) return { note: `Denied: no rule lets ${words.from} in to ${words.to}`, bad: [] };
  if (target === undefined) return { note: `Denied: no rule lets ${words.from} out to ${words.to}`, bad: [] };
  return { from: source, to: target };
}

/** As in `shop/web:80`, which is how addresses are written. */
function withoutPort({ to, port }: AskedWords): Pick<AskedWords, 'to' | 'port'> {
  const [, end, own] = /^([a-z][^:]*|[\d.]+):(\d+(?:-\d+)?(?:\/[a-z]+)?)$/i.exec(to) ?? [];
  return end === undefined || own === undefined || port !== '' ? { to, port } : { to: end, port: own };
}

function placeOf(end: NamedEnd): number | undefined {
  return end.kind === 'place' || end.kind === 'service' ? end.place : undefined;
}

/** The addresses outside that an end means, and that have a connection with a place. */
function outsideOf(end: NamedEnd, other: number, direction: 'in' | 'out', facts: Facts): number | undefined {
  if (end.kind === 'addresses') return facts.placesOfAddress(end.text, other, direction)[0];
  return facts
    .arrows(other, direction)
    .map((arrow) => facts.endsOf(arrow)[direction === 'out' ? 1 : 0])
    .find((place) => facts.place(place).internet === true);
}
