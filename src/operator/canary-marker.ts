// Keeps the marker of the canary as the operator wants it, and changes it now and then: then clients measure, and others have their turn.
// Must not know how it is sent, nor what was measured.
import { maxClients } from '../canary/canary-table.ts';
import {
  isNobodysTurn,
  type Marker,
  markerName,
  markerPolicy,
  nextTurn,
  readMarker,
  type Turn,
} from '../canary/marker.ts';
import type { RawObject } from '../kube/resource.ts';
import { fingerprint } from '../model/network-policy.ts';
import type { CanaryCluster } from './canary-cluster.ts';
import type { SentMarker } from './marker-barrier.ts';

/** How often the marker changes by itself: an enforcer with iptables rewrites every node for it. */
const changeEveryMs = 600_000;
/** How long clients have to see the first one, of which nobody can tell how long it took. */
const firstChangeMs = 60_000;

/** What the marker depends on. */
export interface MarkerFacts {
  /** The policies in the canary's namespace. */
  readonly policies: readonly RawObject[];
  /** The nodes of the cluster. */
  readonly nodes: readonly string[];
  /** Those on which policies are not in force. */
  readonly failing: readonly string[];
  /** Whether a client has reported. */
  readonly isReported: boolean;
  /** Whether the policies are not those that were installed. Then nobody has a turn: what clients saw must not count afterwards. */
  readonly isDisturbed: boolean;
  /** Whether somebody waits for a new one, which is written now. Nobody else has his turn for that. */
  readonly isWanted: boolean;
}

/** The marker of the canary. */
export class CanaryMarker {
  readonly #cluster: Pick<CanaryCluster, 'clientNodes' | 'writeMarker'>;
  /** When it was changed by itself. */
  #changedAt = performance.now();
  #sent: SentMarker | undefined;
  /** Whether a marker was changed that clients had already seen. */
  #wasMeasured = false;
  /** The highest one ever: clients must not take a new marker for one that they know. */
  #number = 0;

  constructor(cluster: Pick<CanaryCluster, 'clientNodes' | 'writeMarker'>) {
    this.#cluster = cluster;
  }

  /** The newest one that was written here. */
  get sent(): SentMarker | undefined {
    return this.#sent;
  }

  /** Makes it if there is none or another one, and changes it when it is time to. @throws ApiError */
  async keep(facts: MarkerFacts): Promise<void> {
    const stored = facts.policies.find(({ metadata }) => metadata.name === markerName);
    const known = readMarker(stored?.metadata.annotations);
    const isOurs = known !== undefined && fingerprint(stored?.spec) === fingerprint(markerPolicy(known).spec);
    this.#number = Math.max(this.#number, known?.number ?? 0);
    const isResting = known !== undefined && isNobodysTurn(known);
    if (facts.isDisturbed) {
      if (!isOurs || !isResting) await this.#rest(isOurs, known, stored);
      return;
    }
    const now = performance.now();
    const everyMs = !this.#wasMeasured && facts.isReported ? firstChangeMs : changeEveryMs;
    const isDue = !isOurs || isResting || now >= this.#changedAt + everyMs;
    if (!isDue && !facts.isWanted) return;
    this.#wasMeasured ||= isOurs && facts.isReported;
    if (isDue) this.#changedAt = now;
    const turn = isDue ? await this.#turnAfter(known, facts) : turnOf(known);
    this.#number += 1;
    const sent = { number: this.#number, sentAt: performance.now() };
    await this.#cluster.writeMarker({ number: this.#number, ...turn }, stored);
    this.#sent = sent;
  }

  /** No enforcer has work with that, unless the marker itself is another one. */
  async #rest(isOurs: boolean, known: Marker | undefined, stored: RawObject | undefined): Promise<void> {
    if (!isOurs) this.#number += 1;
    await this.#cluster.writeMarker({ ...turnOf(known), nodes: [], number: this.#number }, stored);
  }

  /** Among the nodes that have a client: others would have their turn for nothing. */
  async #turnAfter(known: Marker | undefined, { nodes, failing }: MarkerFacts): Promise<Turn> {
    if (nodes.length <= maxClients) return {};
    const ofClients = new Set(await this.#cluster.clientNodes());
    const possible = nodes.filter((node) => ofClients.has(node));
    const all = possible.length === 0 ? nodes : possible;
    return nextTurn(all, known, { most: maxClients, stay: failing });
  }
}

function turnOf(known: Marker | undefined): Turn {
  const { turn, nodes } = known ?? {};
  return { ...(turn === undefined ? {} : { turn }), ...(nodes === undefined ? {} : { nodes }) };
}
