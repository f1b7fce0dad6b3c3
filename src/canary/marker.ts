// The marker: the one policy of the canary that changes. The operator writes it, and the clients measure how long it takes from seeing
// it to its effect. It also says whose turn it is where there are more nodes than the canary tests at one time. Must not know when it
// changes.
import { canaryNamespace } from '../model/canary-namespace.ts';
import { compareText } from '../model/object-key.ts';
import { canaryLabels, listenerGroups, markerPorts } from './canary-table.ts';

/** Its name. */
export const markerName = 'marker';

const annotations = {
  number: 'canary.ringfence.dev/marker',
  turn: 'canary.ringfence.dev/turn',
  nodes: 'canary.ringfence.dev/nodes',
} as const;

/** Whose clients take part. */
export interface Turn {
  /** How many there were before; absent where all take part. */
  readonly turn?: number;
  /** Their nodes; absent: all. */
  readonly nodes?: readonly string[];
}

/** What the marker says. */
export interface Marker extends Turn {
  readonly number: number;
}

/** Nobody takes part, because the canary is not as it was installed. Who has seen this forgets what it saw. */
export function isNobodysTurn({ nodes }: Turn): boolean {
  return nodes?.length === 0;
}

/** The ports of which the marker opens the first and not the second. */
export function markedPorts(number: number): { readonly open: number; readonly closed: number } {
  const [even, odd] = markerPorts;
  return number % 2 === 0 ? { open: even, closed: odd } : { open: odd, closed: even };
}

/** Its object. */
export function markerPolicy({ number, turn, nodes }: Marker) {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: {
      name: markerName,
      namespace: canaryNamespace,
      annotations: {
        [annotations.number]: String(number),
        ...(turn === undefined ? {} : { [annotations.turn]: String(turn) }),
        ...(nodes === undefined ? {} : { [annotations.nodes]: nodes.join(',') }),
      },
    },
    spec: {
      // Who enforces it is the node of each client: so each of them tells of its own node.
      podSelector: { matchLabels: { [canaryLabels.client]: 'true' } },
      policyTypes: ['Egress'],
      egress: [
        {
          to: [{ podSelector: { matchLabels: { [canaryLabels.role]: listenerGroups.Egress } } }],
          ports: [{ protocol: 'TCP', port: markedPorts(number).open }],
        },
      ],
    },
  };
}

/** Reads the annotations of the object; `undefined` if they are not the operator's. */
export function readMarker(all: Readonly<Record<string, string>> = {}): Marker | undefined {
  const number = countIn(all[annotations.number]);
  if (number === undefined) return undefined;
  const turn = countIn(all[annotations.turn]);
  const nodes = all[annotations.nodes]?.split(',').filter((node) => node !== '');
  return { number, ...(turn === undefined ? {} : { turn }), ...(nodes === undefined ? {} : { nodes }) };
}

function countIn(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** Whether the client of a node takes part. */
export function takesPart({ nodes }: Turn, node: string): boolean {
  return nodes?.includes(node) ?? true;
}

/**
 * The next turn: all nodes, or `most` of them. Half of them change with each turn, so that there is always somebody who has tried
 * everything.
 *
 * @param stay nodes that should stay in turn, because something is wrong there; at most half of a turn
 */
export function nextTurn(
  all: readonly string[],
  before: Turn | undefined,
  { most, stay }: { readonly most: number; readonly stay: readonly string[] },
): Turn {
  const sorted = [...new Set(all)].sort(compareText);
  if (sorted.length <= most) return {};
  const half = Math.floor(most / 2);
  const turn = before?.turn === undefined ? 0 : before.turn + 1;
  const start = (turn * half) % sorted.length;
  const kept = stay.filter((node) => sorted.includes(node)).slice(0, half);
  const others = [...sorted, ...sorted].slice(start, start + most);
  return { turn, nodes: [...new Set([...kept, ...others])].slice(0, most) };
}
