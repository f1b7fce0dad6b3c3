// The data of the page: the model and its views, as compact JSON. `page-data.ts` writes it, the page's program reads it.
// Types only, so that both sides use the same names.
import type { DrawnNode } from './drawn.ts';
import type { GraphModel, GraphPlace, Ring, Room } from './model.ts';
import type { SceneBundle } from './scene.ts';

/** A namespace, or the outside. */
export interface PageRoom extends Room {
  readonly ring: Ring;
  /** Why the ring is not closed, see `holesOf`. */
  readonly holes: readonly string[];
}

/** A workload, or a range of addresses outside. */
export interface PagePlace extends GraphPlace {
  /** Unique: the name of the place in links and fields. */
  readonly key: string;
}

/** `[from, to, ports, egress, ingress]`: indexes into places, places, ports, reasons, reasons. */
export type PageArrow = readonly [from: number, to: number, ports: number, egress: number, ingress: number];

/** A shape of a view. */
export type PageNode = Pick<DrawnNode, 'id' | 'kind' | 'room' | 'places'>;

/** An arrow of a view, or a mark on a node: then it has only one end. */
export interface PageBundle extends SceneBundle {
  readonly from?: string;
  readonly to?: string;
  /** The node, or the open room, of a mark. */
  readonly at?: string;
  /** What a mark says, as in `← everyone · all ports`. */
  readonly text?: string;
}

/** What the page can show: a picture, or the matrix. */
export interface PageChoice {
  readonly id: string;
  readonly name: string;
  /** The one open room. */
  readonly room?: number;
}

/** A picture. If it was drawn beforehand, its drawing is the template `drawing-<id>`; otherwise the page draws it. */
export interface PageView extends PageChoice {
  readonly nodes: readonly PageNode[];
  readonly bundles: readonly PageBundle[];
}

/** All data of the page. */
export interface PageData
  extends Pick<GraphModel, 'services' | 'policies' | 'reasons' | 'openings' | 'ports'> {
  readonly rooms: readonly PageRoom[];
  readonly places: readonly PagePlace[];
  readonly arrows: readonly PageArrow[];
  /** What can be shown; the first is shown first. */
  readonly views: readonly PageChoice[];
  /** Those that were drawn beforehand. */
  readonly drawn: readonly PageView[];
}
