// The data of the page: the model and its views, as compact JSON. `page-data.ts` writes it, the page's program reads it.
// Types only, so that both sides use the same names.
import type { PolicyNote, RuleNote, Standing } from './model.ts';

/** A namespace, or the outside. */
export interface PageRoom {
  readonly name: string;
  readonly outside: boolean;
  readonly ringed: boolean;
  readonly places: readonly number[];
}

/** A workload, or a range of addresses outside. */
export interface PagePlace {
  readonly room: number;
  readonly name: string;
  /** Unique: the name of the place in links and fields. */
  readonly key: string;
  readonly detail: string;
  readonly egress: Standing;
  readonly ingress: Standing;
}

/** `[from, to, ports, egress, ingress]`: indexes into places, places, ports, reasons, reasons. */
export type PageArrow = readonly [from: number, to: number, ports: number, egress: number, ingress: number];

/** A shape of a view. */
export interface PageNode {
  readonly id: string;
  readonly kind: 'workload' | 'addresses' | 'room' | 'outside' | 'all' | 'rest' | 'several';
  readonly room?: number;
  readonly places: readonly number[];
}

/** An arrow of a view, or a mark on a node: then it has only one end. */
export interface PageBundle {
  readonly id: string;
  readonly from?: string;
  readonly to?: string;
  /** The node, or the open room, of a mark. */
  readonly at?: string;
  /** What a mark says, as in `← everyone · all ports`. */
  readonly text?: string;
  readonly label: string;
  readonly unfenced: boolean;
  /** Indexes into arrows. */
  readonly members: readonly number[];
}

/** A picture; its drawing is the template `drawing-<id>`. */
export interface PageView {
  readonly id: string;
  readonly name: string;
  /** The one open room. */
  readonly room?: number;
  readonly nodes: readonly PageNode[];
  readonly bundles: readonly PageBundle[];
}

/** All data of the page. */
export interface PageData {
  readonly rooms: readonly PageRoom[];
  readonly places: readonly PagePlace[];
  readonly policies: readonly PolicyNote[];
  readonly reasons: readonly (readonly RuleNote[])[];
  readonly ports: readonly string[];
  readonly arrows: readonly PageArrow[];
  /**
   * Which side denies, if policies isolate both: for a source, one character for each place. `E`: egress, `I`: ingress,
   * `B`: both, `P`: each allows something, but not on the same ports; `.`: not denied.
   */
  readonly denials: Readonly<Record<string, string>>;
  readonly views: readonly PageView[];
}
