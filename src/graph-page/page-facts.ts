// Answers from the page's data: who reaches whom, and why or why not, in words.
// Must not know the page.
import { type GraphModel, portWords, type Standing } from '../graph/model.ts';
import type { PageChoice, PageData, PageNode, PagePlace, PageView } from '../graph/page-format.ts';
import { viewOf } from '../graph/page-view.ts';
import { type Scene, sceneOf } from '../graph/scene.ts';
import { contains, parseAddress, parseMaskedCidr } from '../model/ip-ranges.ts';
import { portSetOf, portSets } from '../model/port-set.ts';
import type { PortSpec } from '../model/ports.ts';
import { yamlOf } from './yaml.ts';

/** One side of a connection, in words. */
export interface SideFacts {
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
  /** As in `rule 1, spec.ingress[0]`. */
  readonly rule: string;
  /** The rule as it is written. */
  readonly yaml: string;
  readonly ports: string;
  /** As in `AppNetworkProfile shop: web-to-mongo`; empty for policies of other authors. */
  readonly origin: string;
}

/** Whether, on which ports and why one place reaches another. */
export interface PairFacts {
  /** Absent if it is denied. */
  readonly ports: string | undefined;
  readonly sides: readonly SideFacts[];
}

/**
 * Which side denies. `E`: egress, `I`: ingress, `B`: both, `P`: each allows something, but not on the same ports; `F`: no
 * policy does, the ends have no family of addresses in common.
 */
type Denial = 'E' | 'I' | 'B' | 'P' | 'F';

/** A port by its number, or several. */
export type NumberedPort = Extract<PortSpec, { readonly interval: unknown }>;

/** Queries of the data. */
export class Facts {
  readonly data: PageData;
  /** Arrows, as indexes, by their source and by their target. */
  readonly #out: ReadonlyMap<number, readonly number[]>;
  readonly #in: ReadonlyMap<number, readonly number[]>;
  readonly #pairs: ReadonlyMap<string, number>;
  readonly #keys: ReadonlyMap<string, number>;
  readonly #portTexts: readonly string[];
  readonly #views: Map<string, PageView>;
  readonly #scenes = new Map<string, Scene>();
  /** The model that the pictures are made of. */
  readonly model: GraphModel;

  constructor(data: PageData) {
    this.data = data;
    this.model = {
      ...data,
      arrows: data.arrows.map(([from, to, ports, egress, ingress]) => ({ from, to, ports, egress, ingress })),
    };
    this.#portTexts = data.ports.map((ports) => portWords(ports).join(', '));
    this.#views = new Map(data.drawn.map((view) => [view.id, view]));
    const arrows = [...data.arrows.keys()];
    this.#out = Map.groupBy(arrows, (arrow) => this.endsOf(arrow)[0]);
    this.#in = Map.groupBy(arrows, (arrow) => this.endsOf(arrow)[1]);
    this.#pairs = new Map(data.arrows.map(([from, to], arrow) => [`${from} ${to}`, arrow]));
    this.#keys = new Map(data.places.map(({ key }, place) => [key, place]));
  }

  /** A view by its id; that of the matrix has no nodes. */
  view(id: string): PageView | undefined {
    const known = this.#views.get(id);
    const choice = this.data.views.find((each) => each.id === id);
    if (known !== undefined || choice === undefined) return known;
    const scene = this.sceneOf(choice);
    const view = scene === undefined ? { ...choice, nodes: [], bundles: [] } : viewOf({ ...choice, scene });
    this.#views.set(id, view);
    return view;
  }

  /** The picture of a room that was not drawn beforehand. */
  sceneOf({ id, room }: PageChoice): Scene | undefined {
    const known = this.#scenes.get(id);
    if (known !== undefined || room === undefined) return known;
    const scene = sceneOf(this.model, { open: new Set([room]), only: true });
    this.#scenes.set(id, scene);
    return scene;
  }

  /** The view of a room. */
  viewOfRoom(room: number): PageView | undefined {
    return this.view(this.data.views.find((each) => each.room === room)?.id ?? '');
  }

  /** @throws if there is no such place: the data names only places that it contains */
  place(index: number): PagePlace {
    return existing(this.data.places[index]);
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

  /** The places that an arrow connects. */
  endsOf(arrow: number): readonly [from: number, to: number] {
    const [from, to] = existing(this.data.arrows[arrow]);
    return [from, to];
  }

  arrowOf(from: number, to: number): number | undefined {
    return this.#pairs.get(`${from} ${to}`);
  }

  /** On which ports one place reaches another; `undefined` if it does not. */
  portsOf(from: number, to: number): string | undefined {
    const arrow = this.data.arrows[this.arrowOf(from, to) ?? -1];
    return arrow && this.#portTexts[arrow[2]];
  }

  /** Whether one place reaches another on this port; a name can't be told from here. */
  allows(from: number, to: number, port: NumberedPort): boolean {
    const arrow = this.data.arrows[this.arrowOf(from, to) ?? -1];
    const ports = arrow && this.data.ports[arrow[2]];
    return ports !== undefined && portSets.covers(ports, portSetOf(port.protocol, [port.interval]));
  }

  /** The addresses outside that contain this range, and that a place reaches or is reached from; the smallest one first. */
  placesOfAddress(text: string, other: number, direction: 'out' | 'in'): readonly number[] {
    const wanted = text.includes('/') ? parseMaskedCidr(text) : parseAddress(text);
    if (!wanted.ok) return [];
    const holds = (cidr: string) => {
      const range = parseMaskedCidr(cidr);
      return range.ok && contains(range.value, wanted.value);
    };
    return this.arrows(other, direction)
      .map((arrow) => this.endsOf(arrow)[direction === 'out' ? 1 : 0])
      .filter((place) =>
        this.place(place).ranges?.some(({ cidr, except = [] }) => holds(cidr) && !except.some(holds)),
      );
  }

  /** Whether this pair can be called denied: two workloads without an arrow. */
  isDenied(from: number, to: number): boolean {
    if (from === to || this.isOutside(from) || this.isOutside(to)) return false;
    return this.arrowOf(from, to) === undefined;
  }

  /** Whether and why one place reaches another. */
  pair(from: number, to: number): PairFacts {
    const arrow = this.data.arrows[this.arrowOf(from, to) ?? -1];
    const [, , , egress, ingress] = arrow ?? [0, 0, 0, -1, -1];
    const denial = arrow === undefined ? this.#denial(from, to) : undefined;
    const sides = [
      this.#side('Egress', from, to, { reasons: egress, denial }),
      this.#side('Ingress', to, from, { reasons: ingress, denial }),
    ];
    return { ports: this.portsOf(from, to), sides };
  }

  /** Which side denies a pair without an arrow. */
  #denial(from: number, to: number): Denial {
    const [{ egress }, { ingress }] = [this.place(from), this.place(to)];
    const out = egress.kind === 'Isolated';
    const into = ingress.kind === 'Isolated';
    if (!out || !into) return out ? 'E' : into ? 'I' : 'F';
    const [leaves, enters] = [this.#lets(egress, to), this.#lets(ingress, from)];
    return leaves ? (enters ? 'P' : 'I') : enters ? 'E' : 'B';
  }

  /** Whether the rules of an isolated side let the other end through, on any port. */
  #lets({ lets }: Standing, other: number): boolean {
    return (this.data.openings[lets ?? -1] ?? []).some(([first, last]) => first <= other && other <= last);
  }

  #side(
    side: 'Egress' | 'Ingress',
    self: number,
    other: number,
    { reasons, denial }: { readonly reasons: number; readonly denial: Denial | undefined },
  ): SideFacts {
    const place = this.place(self);
    const standing = side === 'Egress' ? place.egress : place.ingress;
    const denies = denial === 'B' || denial === side[0];
    return {
      heading: `${side === 'Egress' ? 'leaving' : 'entering'} ${place.key}`,
      lets: !denies && denial !== 'F' && denial !== 'P',
      sentence: sentenceOf({ side, standing, denial, denies, other: this.place(other).key }),
      rules: (this.data.reasons[reasons] ?? []).map((note) => ({
        policy: this.policyName(note.policy),
        rule: `rule ${note.rule + 1}, spec.${side.toLowerCase()}[${note.rule}]`,
        yaml: yamlOf([this.data.policies[note.policy]?.rules[side][note.rule] ?? {}]).trimStart(),
        ports: note.ports,
        origin: this.#origin(note.policy, note.origins),
      })),
      policies: denies || denial === 'P' ? standing.policies.map((policy) => this.policyName(policy)) : [],
    };
  }

  policyName(index: number): string {
    const { namespace, name } = existing(this.data.policies[index]);
    return `${namespace}/${name}`;
  }

  #origin(policy: number, origins: readonly string[]): string {
    const owner = this.data.policies[policy]?.owner ?? '';
    return [owner, origins.join(', ')].filter((part) => part !== '').join(': ');
  }

  /** The name of a node of a view. */
  nodeName({ kind, places, room }: PageNode): string {
    const [place] = places;
    if ((kind === 'workload' || kind === 'addresses') && place !== undefined) return this.place(place).key;
    if (room === undefined) return 'several namespaces';
    const { name } = existing(this.data.rooms[room]);
    if (kind === 'rest') return `${places.length} workloads of ${name}`;
    return kind === 'all' ? `every workload of ${name}` : name;
  }
}

/** @throws if it does not exist: indexes in the data lead to what the data contains */
function existing<T>(item: T | undefined): T {
  if (item === undefined) throw new Error('the data of the page is not complete');
  return item;
}

/** What the state of one place means for a pair. */
function sentenceOf(of: {
  readonly side: 'Egress' | 'Ingress';
  readonly standing: Standing;
  readonly denial: Denial | undefined;
  readonly denies: boolean;
  readonly other: string;
}): string {
  const { side, standing, denial, denies, other } = of;
  const how = side === 'Egress' ? `out to ${other}` : `${other} in`;
  const direction = side.toLowerCase();
  if (denial === 'F') return 'one end has only IPv4 addresses, the other only IPv6: they cannot connect';
  switch (standing.kind) {
    case 'Open':
      return `open: no policy isolates it for ${direction}, so everything is allowed`;
    case 'HostNetwork':
      return 'in the host network: no policy applies to it';
    case 'Outside':
      return 'outside the cluster: no policy applies there';
    case 'Isolated':
      if (denies) return `isolated for ${direction}, and no rule lets ${how}`;
      if (denial === 'P')
        return `isolated for ${direction}; its rules let ${how} only on ports that the other side does not allow`;
      return `isolated for ${direction}; this lets ${how}:`;
  }
}
