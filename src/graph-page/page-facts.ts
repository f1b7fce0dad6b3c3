// Answers from the page's data: who reaches whom, and why or why not, in words.
// Must not know the page.
import { type GraphModel, portWords } from '../graph/model.ts';
import type { PageChoice, PageData, PageNode, PagePlace, PageView } from '../graph/page-format.ts';
import { viewOf } from '../graph/page-view.ts';
import { type Scene, sceneOf } from '../graph/scene.ts';
import { contains, parseAddress, parseMaskedCidr } from '../model/ip-ranges.ts';
import { portSetOf, portSets } from '../model/port-set.ts';
import { type PortSpec, parsePort } from '../model/ports.ts';

/** A port by its number, or several. */
export type NumberedPort = Extract<PortSpec, { readonly interval: unknown }>;

/** The port in a field; `undefined` if it is none, or a name, which each pod resolves for itself. */
export function portInField(text: string): NumberedPort | undefined {
  const parsed = parsePort(text.trim().toUpperCase());
  return parsed.ok && 'interval' in parsed.value ? parsed.value : undefined;
}

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

  /** The word by which the tool knows a place: with its kind if its name is not enough, or one of its pods. */
  askedAs(index: number): string {
    const { room, name, detail, key } = this.place(index);
    const namespace = this.data.rooms[room]?.name;
    if (this.isOutside(index) || key === `${namespace}/${name}`) {
      const [, pod] = /^.+ \(([^,()]+).*\)$/.exec(name) ?? [];
      return pod === undefined ? key : `${namespace}/${pod}`;
    }
    return `${detail.split(',')[0]?.toLowerCase()}/${namespace}/${name}`;
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

  /**
   * What a place offers, if nothing is known to listen there on this port: the ports that its containers declare or to which Services
   * lead. `undefined` if the port may be among them, or if nothing is known.
   */
  offersInstead(to: number, port: NumberedPort): string | undefined {
    const { offers = -1 } = this.place(to);
    const offered = this.data.ports[offers];
    return offered === undefined || portSets.overlap(offered, portSetOf(port.protocol, [port.interval]))
      ? undefined
      : this.#portTexts[offers];
  }

  /** The Service of a workload whose port this is, while its pods have another one: the most common mistake. */
  servicePortOf(
    to: number,
    { protocol, interval: { first, last } }: NumberedPort,
  ): { readonly service: string; readonly leadsTo: string } | undefined {
    if (first !== last) return undefined;
    const asked = portSetOf(protocol, [{ first, last }]);
    return this.data.services
      .flatMap(({ namespace, name, ports }) =>
        ports
          .filter((own) => own.port === first && own.protocol === protocol)
          .flatMap(({ ends }) => ends)
          .filter(
            ([place, ports]) => place === to && !portSets.overlap(this.data.ports[ports] ?? asked, asked),
          )
          .map(([, ports]) => ({ service: `${namespace}/${name}`, leadsTo: this.#portTexts[ports] ?? '' })),
      )
      .at(0);
  }

  /** Whether what a selection of a pair asks is allowed: on its port, or on any. */
  isPairAllowed(from: number, to: number, port: string | undefined): boolean {
    const asked = port === undefined ? undefined : portInField(port);
    return asked === undefined ? this.arrowOf(from, to) !== undefined : this.allows(from, to, asked);
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

  policyName(index: number): string {
    const { namespace, name } = existing(this.data.policies[index]);
    return `${namespace}/${name}`;
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
