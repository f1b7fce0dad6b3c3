// The marker: the one policy of the canary that changes. The operator writes it, and the clients measure how long it takes from seeing
// it to its effect. It also says whose turn it is where there are more nodes than the canary tests at one time. Must not know when it
// changes.
import { canaryNamespace } from '../model/canary-namespace.ts';
import { canaryLabels, listenerGroups, markerPorts } from './canary-table.ts';

/** Its name. */
export const markerName = 'marker';

const annotations = { number: 'canary.ringfence.dev/marker', nodes: 'canary.ringfence.dev/nodes' } as const;

/** What the marker says. */
export interface Marker {
  readonly number: number;
  /** The nodes whose clients take part; absent: all. */
  readonly nodes?: readonly string[];
}

/** The ports of which the marker opens the first and not the second. */
export function markedPorts(number: number): { readonly open: number; readonly closed: number } {
  const [even, odd] = markerPorts;
  return number % 2 === 0 ? { open: even, closed: odd } : { open: odd, closed: even };
}

/** Its object. */
export function markerPolicy({ number, nodes }: Marker) {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: {
      name: markerName,
      namespace: canaryNamespace,
      annotations: {
        [annotations.number]: String(number),
        ...(nodes === undefined ? {} : { [annotations.nodes]: nodes.join(',') }),
      },
    },
    spec: {
      podSelector: { matchLabels: { [canaryLabels.role]: listenerGroups.Ingress } },
      policyTypes: ['Ingress'],
      ingress: [
        {
          from: [{ podSelector: { matchLabels: { [canaryLabels.client]: 'true' } } }],
          ports: [{ protocol: 'TCP', port: markedPorts(number).open }],
        },
      ],
    },
  };
}

/** Reads the annotations of the object; `undefined` if they are not the operator's. */
export function readMarker(all: Readonly<Record<string, string>> = {}): Marker | undefined {
  const number = Number(all[annotations.number]);
  if (all[annotations.number] === undefined || !Number.isSafeInteger(number) || number < 0) return undefined;
  const nodes = all[annotations.nodes];
  return { number, ...(nodes === undefined ? {} : { nodes: nodes.split(',') }) };
}

/** The nodes whose turn it is: at most `most`, and others with each number. */
export function nodesInTurn(all: readonly string[], number: number, most: number): Pick<Marker, 'nodes'> {
  if (all.length <= most) return {};
  const sorted = [...all].sort();
  const start = (number * most) % sorted.length;
  return { nodes: [...sorted, ...sorted].slice(start, start + most) };
}
