// Answers from the page's data: who reaches whom, and why or why not, in words.
// Must not know the page.
import type { Standing } from '../graph/model.ts';
import type { PageArrow, PageData, PagePlace } from '../graph/page-format.ts';

/** One side of a connection, in words. */
export interface SideFacts {
  readonly side: 'Egress' | 'Ingress';
  /** As in `leaving shop/web`. */
  readonly heading: string;
  readonly lets: boolean;
  readonly sentence: string;
  readonly rules: readonly RuleFacts[];
  /** The policies that isolate this side, if none of their rules allows the connection. */
  readonly policies: readonly string[];
}

/** A rule that lets a connection through. */
export interface RuleFacts {
  readonly policy: string;
  /** As in `rule 1 (spec.ingress[0])`. */
  readonly rule: string;
  readonly ports: string;
  /** As in `AppNetworkProfile shop: web-to-mongo`; empty for policies of other authors. */
  readonly origin: string;
}

/** Whether, on which ports and why one place reaches another. */
export interface PairFacts {
  readonly from: number;
  readonly to: number;
  /** Absent if it is denied. */
  readonly ports?: string;
  readonly sides: readonly SideFacts[];
}

/** Queries of the data. */
export class Facts {
  readonly data: PageData;
  readonly #out = new Map<number, number[]>();
  readonly #in = new Map<number, number[]>();
  readonly #pairs = new Map<string, number>();
  readonly #keys = new Map<string, number>();

  constructor(data: PageData) {
    this.data = data;
    for (const [index, [from, to]] of data.arrows.entries()) {
      add(this.#out, from, index);
      add(this.#in, to, index);
      this.#pairs.set(`${from} ${to}`, index);
    }
    for (const [index, { key }] of data.places.entries()) this.#keys.set(key, index);
  }

  /** @throws if there is no such place: the data names only places that it contains */
  place(index: number): PagePlace {
    const place = this.data.places[index];
    if (place === undefined) throw new Error(`no place ${index}`);
    return place;
  }

  placeOfKey(key: string): number | undefined {
    return this.#keys.get(key);
  }

  isOutside(place: number): boolean {
    return this.data.rooms[this.place(place).room]?.outside === true;
  }

  /** The arrows from a place, or to it, as indexes. */
  arrows(place: number, direction: 'out' | 'in'): readonly number[] {
    return (direction === 'out' ? this.#out : this.#in).get(place) ?? [];
  }

  arrow(index: number): PageArrow {
    const arrow = this.data.arrows[index];
    if (arrow === undefined) throw new Error(`no arrow ${index}`);
    return arrow;
  }

  arrowOf(from: number, to: number): number | undefined {
    return this.#pairs.get(`${from} ${to}`);
  }

  portsOf(arrow: number): string {
    return this.data.ports[this.arrow(arrow)[2]] ?? '';
  }

  /** Whether this pair can be called denied: two workloads without an arrow. */
  isDenied(from: number, to: number): boolean {
    if (from === to || this.isOutside(from) || this.isOutside(to)) return false;
    return this.arrowOf(from, to) === undefined;
  }

  /** Whether and why one place reaches another. */
  pair(from: number, to: number): PairFacts {
    const arrow = this.arrowOf(from, to);
    const [, , , egress, ingress] = arrow === undefined ? [0, 0, 0, -1, -1] : this.arrow(arrow);
    const denial = arrow === undefined ? this.#denial(from, to) : '.';
    const sides = [
      this.#side('Egress', from, to, { reasons: egress, denial }),
      this.#side('Ingress', to, from, { reasons: ingress, denial }),
    ];
    return { from, to, ...(arrow === undefined ? {} : { ports: this.portsOf(arrow) }), sides };
  }

  /** Which side denies: see `PageData.denials`; `F` if none does. */
  #denial(from: number, to: number): string {
    const out = this.place(from).egress.kind === 'Isolated';
    const into = this.place(to).ingress.kind === 'Isolated';
    if (out && into) return this.data.denials[from]?.[to] ?? 'B';
    return out ? 'E' : into ? 'I' : 'F';
  }

  #side(
    side: 'Egress' | 'Ingress',
    self: number,
    other: number,
    { reasons, denial }: { readonly reasons: number; readonly denial: string },
  ): SideFacts {
    const place = this.place(self);
    const standing = side === 'Egress' ? place.egress : place.ingress;
    const heading = `${side === 'Egress' ? 'leaving' : 'entering'} ${place.key}`;
    const rules = (this.data.reasons[reasons] ?? []).map((note) => ({
      policy: this.policyName(note.policy),
      rule: `rule ${note.rule + 1}, spec.${side.toLowerCase()}[${note.rule}]`,
      ports: note.ports,
      origin: this.#origin(note.policy, note.origins),
    }));
    const denies = denial === 'B' || denial === side[0];
    const policies =
      denies || denial === 'P' ? standing.policies.map((policy) => this.policyName(policy)) : [];
    const sentence = sentenceOf({ side, standing, denial, denies, other: this.place(other).key });
    return { side, heading, lets: !denies && denial !== 'F' && denial !== 'P', sentence, rules, policies };
  }

  policyName(index: number): string {
    const policy = this.data.policies[index];
    return policy === undefined ? '' : `${policy.namespace}/${policy.name}`;
  }

  #origin(policy: number, origins: readonly string[]): string {
    const owner = this.data.policies[policy]?.owner ?? '';
    if (origins.length === 0) return owner;
    return owner === '' ? origins.join(', ') : `${owner}: ${origins.join(', ')}`;
  }
}

/** What the state of one place means for a pair. */
function sentenceOf(of: {
  readonly side: 'Egress' | 'Ingress';
  readonly standing: Standing;
  readonly denial: string;
  readonly denies: boolean;
  readonly other: string;
}): string {
  const { side, standing, denial, denies, other } = of;
  const how = side === 'Egress' ? `out to ${other}` : `${other} in`;
  const what = side.toLowerCase();
  if (denial === 'F') return 'one end has only IPv4 addresses, the other only IPv6: they cannot connect';
  switch (standing.kind) {
    case 'Open':
      return `open: no policy isolates it for ${what}, so everything is allowed`;
    case 'HostNetwork':
      return 'in the host network: no policy applies to it';
    case 'Outside':
      return 'outside the cluster: no policy applies there';
    case 'Isolated':
      if (denies) return `isolated for ${what}, and no rule lets ${how}`;
      if (denial === 'P')
        return `isolated for ${what}; its rules let ${how} only on ports that the other side does not allow`;
      return `isolated for ${what}; this lets ${how}:`;
  }
}

function add(map: Map<number, number[]>, key: number, value: number): void {
  const known = map.get(key);
  if (known) known.push(value);
  else map.set(key, [value]);
}
