// The model of a drawing: rooms (namespaces and the outside), places in them (workloads, address ranges), and arrows (who
// reaches whom, on which ports, and why). Plain data with indexes instead of references, so that it becomes JSON as it is.
// Must not know how anything is drawn.
import type { ContainerPort, RulePort } from '../analyze/rule-ports.ts';
import { type PortSet, portSetOf, portSets } from '../model/port-set.ts';
import { portTexts } from '../model/port-texts.ts';
import { everyPort, type Protocol, protocols } from '../model/ports.ts';

/** A namespace, or everything outside of all namespaces. */
export interface Room {
  readonly name: string;
  /** No namespace, but addresses that belong to no pod. */
  readonly outside: boolean;
  /** Its policies are not in force yet: it is in dry run. */
  readonly planned?: boolean;
  /** Indexes into `GraphModel.places`. */
  readonly places: readonly number[];
}

/** A workload, some of its pods, or a range of addresses outside. */
export interface GraphPlace {
  /** Index into `GraphModel.rooms`. */
  readonly room: number;
  readonly name: string;
  /** `Deployment`, `Pod`, …; for addresses their exceptions, if there are any. */
  readonly detail: string;
  /** Of addresses: the ranges, without their exceptions. */
  readonly ranges?: readonly { readonly cidr: string; readonly except?: readonly string[] }[];
  /** The state of the place under the policies, in each direction, for any other end. */
  readonly egress: Standing;
  readonly ingress: Standing;
  /** Of addresses: they are the internet, see the end of this name. */
  readonly internet?: true;
  /** Of a workload: the addresses of its pods, if they are known. */
  readonly addresses?: readonly string[];
  /** Of a workload: the value of its pods' app label, if that is another name. */
  readonly app?: string;
  /**
   * Of a workload: the ports that its containers declare or to which Services lead, as an index into `GraphModel.ports`; absent if there
   * are none.
   */
  readonly offers?: number;
  /** Of a workload: its container ports with names that rules use. */
  readonly names?: readonly ContainerPort[];
}

/** Whether policies apply to a place in one direction: see `SideExplanation` of the analysis. */
export interface Standing {
  readonly kind: 'Isolated' | 'Open' | 'HostNetwork' | 'Outside';
  /** Those that isolate it: indexes into `GraphModel.policies`. */
  readonly policies: readonly number[];
  /** If it is isolated: whether its rules let everyone through on every port, so that it is as open as without policies. */
  readonly everyone?: boolean;
}

/** A rule as it is written, of which only the ports are read here. */
export interface WrittenRule {
  readonly ports?: readonly RulePort[];
}

/** A NetworkPolicy, as far as a reason names it. */
export interface PolicyNote {
  readonly namespace: string;
  readonly name: string;
  /** The profile that it was generated from, as in `AppNetworkProfile shop`, if it is ours. */
  readonly owner?: string;
  /** Its rules, as they are written. */
  readonly rules: Readonly<Record<'Ingress' | 'Egress', readonly WrittenRule[]>>;
  /** Which workloads the peers of each rule mean: indexes into `GraphModel.openings`. Empty if it isolates nothing in this direction. */
  readonly lets: Readonly<Record<'Ingress' | 'Egress', readonly number[]>>;
  /** For each rule the routes or objects that ask for it, if they are known. */
  readonly origins?: readonly (readonly string[])[];
}

/** A rule that lets a connection through. */
export interface RuleNote {
  /** Index into `GraphModel.policies`. */
  readonly policy: number;
  /** Its index in the policy's list of its direction. */
  readonly rule: number;
  /** What it allows between these ends, with names resolved: an index into `GraphModel.ports`. */
  readonly ports: number;
}

/** Places next to each other: the indexes of the first and the last of them. */
export type PlaceRun = readonly [first: number, last: number];

/** What one place can reach at another. */
export interface Arrow {
  /** Indexes into `GraphModel.places`. */
  readonly from: number;
  readonly to: number;
  /** Index into `GraphModel.ports`. */
  readonly ports: number;
  /** The rules that allow it on both sides, as indexes into `GraphModel.reasons`; the state of the place says whether it needs any. */
  readonly egress: number;
  readonly ingress: number;
}

/** A Service, and the workloads behind each of its ports. */
export interface GraphService {
  readonly namespace: string;
  readonly name: string;
  /** Its ClusterIPs. */
  readonly addresses: readonly string[];
  readonly ports: readonly {
    readonly port: number;
    readonly protocol: Protocol;
    /** Indexes into `GraphModel.places`, each with its own ports: an index into `GraphModel.ports`. */
    readonly ends: readonly (readonly [place: number, ports: number])[];
  }[];
}

/** The whole model. */
export interface GraphModel {
  /** Namespaces by name; the outside, if anything is known of it, is last. */
  readonly rooms: readonly Room[];
  readonly places: readonly GraphPlace[];
  /** By `from`, then `to`; a place has no arrow to itself. A pair without one is denied. */
  readonly arrows: readonly Arrow[];
  /** Each distinct set of ports once. */
  readonly ports: readonly PortSet[];
  readonly services: readonly GraphService[];
  readonly policies: readonly PolicyNote[];
  /** Each distinct list of rules once. */
  readonly reasons: readonly (readonly RuleNote[])[];
  /** Each distinct set of places that a rule means once, as runs, ascending. */
  readonly openings: readonly (readonly PlaceRun[])[];
}

/** Whether no policy isolates either end, so that no rule asks for the connection. */
export function isUnfenced(
  { places }: Pick<GraphModel, 'places'>,
  { from, to }: Pick<Arrow, 'from' | 'to'>,
): boolean {
  return places[from]?.egress.kind !== 'Isolated' && places[to]?.ingress.kind !== 'Isolated';
}

/** The ring around some places: `planned` is closed once the dry run ends. */
export type Ring = 'closed' | 'planned' | 'open';

/** Closed if policies isolate every one of these places for ingress, and no rule lets everyone in on every port. */
export function ringOf(model: GraphModel, places: readonly number[]): Ring {
  const known = places.flatMap((place) => model.places[place] ?? []);
  if (known.length === 0 || known.some(({ ingress }) => isOpen(ingress))) return 'open';
  return known.some(({ room }) => model.rooms[room]?.planned === true) ? 'planned' : 'closed';
}

/** Whether everything is let through: no policy isolates, or one lets in everyone on every port. */
export function isOpen({ kind, everyone = false }: Standing): boolean {
  return kind !== 'Isolated' || everyone;
}

/** Why the ring of a room is not closed, unless it has no policies at all: a few short lines. */
export function holesOf(model: GraphModel, places: readonly number[]): readonly string[] {
  const sides = places.flatMap((place) => model.places[place]?.ingress ?? []);
  if (sides.every(({ kind }) => kind === 'Open' || kind === 'Outside')) return [];
  const some = (what: string, isMeant: (side: Standing) => boolean) => {
    const holes = sides.filter(isMeant).length;
    return holes === 0 ? [] : [`${holes} ${what}`];
  };
  return [
    ...some('open to everyone', ({ everyone = false }) => everyone),
    ...some('in the host network', ({ kind }) => kind === 'HostNetwork'),
    ...some('not isolated', ({ kind }) => kind === 'Open'),
  ];
}

/** The ports of several arrows together, one text each: `80`, `8000-8100`, `53/UDP`, `all TCP ports`, or `all ports`. */
export function portLabels(model: GraphModel, arrows: readonly number[]): readonly string[] {
  const ports = new Set(arrows.map((index) => model.arrows[index]?.ports ?? -1));
  return portWords(portSets.union(...[...ports].flatMap((index) => model.ports[index] ?? [])));
}

/** A set of ports, one text each, as `portLabels`. */
export function portWords(union: PortSet): readonly string[] {
  const isWhole = (protocol: Protocol) =>
    union[protocol].some(({ first, last }) => last - first === everyPort.last - 1);
  if (protocols.every(isWhole)) return ['all ports'];
  return protocols.flatMap((protocol) =>
    isWhole(protocol) ? [`all ${protocol} ports`] : portTexts(portSetOf(protocol, union[protocol])),
  );
}
