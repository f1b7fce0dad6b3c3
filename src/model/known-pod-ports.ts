// Whether the ports of one rule contain those of another at pods that are known: only there it is known which number a name means.
// Must not know how the pods were found.
import type { PolicyPort } from './network-policy.ts';
import { portsContain, portsMayContain } from './port-cover.ts';
import type { Protocol } from './ports.ts';
import { type LabelSelector, type Labels, selects } from './selectors.ts';

/** The ports that the containers of a pod declare. */
export interface PodPorts {
  readonly labels: Labels;
  readonly ports: readonly { readonly name?: string; readonly protocol: Protocol; readonly number: number }[];
}

/** Compares the ports of two rules; `undefined` means every port of every protocol. */
export type PortComparison = (
  outer: readonly PolicyPort[] | undefined,
  inner: readonly PolicyPort[] | undefined,
) => boolean;

/** What is known, and what is not excluded. */
export interface PortCover {
  /** Whether `outer` allows every port that `inner` does. */
  readonly contain: PortComparison;
  /** Whether it may; false only if that is known to be wrong. */
  readonly mayContain: PortComparison;
}

/**
 * The comparison of ports at those of some pods that a selector means. For each port only the pods that declare it count, or else those
 * that declare a name of the other rule; if these disagree, or if there are none, it depends on the pods.
 *
 * @param pods those of a namespace; absent if nobody knows them
 * @param selector absent: all of them
 */
export function portCoverAt(
  pods: readonly PodPorts[] = [],
  selector: LabelSelector | undefined = {},
): PortCover {
  const meant = pods.filter(({ labels }) => selects(selector, labels));
  return {
    contain: (outer, inner) => {
      if (outer === undefined || inner === undefined) return portsContain(outer, inner);
      return inner.every((port) => portsContain(outer, [port]) || agree(meant, outer, port) === true);
    },
    mayContain: (outer, inner) => {
      if (outer === undefined || inner === undefined) return portsContain(outer, inner);
      return inner.every(
        (port) =>
          portsContain(outer, [port]) ||
          (portsMayContain(outer, [port]) && agree(meant, outer, port) !== false),
      );
    },
  };
}

/** What all pods that have a say agree on: whether a port is one of `outer`. */
function agree(
  pods: readonly PodPorts[],
  outer: readonly PolicyPort[],
  port: PolicyPort,
): boolean | undefined {
  const serving = pods.filter((pod) => declares(pod, port));
  const naming = pods.filter((pod) => outer.some((other) => declares(pod, other)));
  const verdicts = (serving.length > 0 ? serving : naming).flatMap((pod) => {
    const numbers = meaningsAt(pod, port);
    return numbers.length === 0
      ? []
      : [
          portsContain(
            outer.flatMap((other) => meaningsAt(pod, other)),
            numbers,
          ),
        ];
  });
  const [first, ...others] = verdicts;
  return others.every((other) => other === first) ? first : undefined;
}

function declares({ ports }: PodPorts, { protocol, port }: PolicyPort): boolean {
  return ports.some((own) => own.protocol === protocol && (own.name === port || own.number === port));
}

/** The numbers that a port means at a pod; none if it has no port of that name. */
function meaningsAt({ ports }: PodPorts, port: PolicyPort): readonly PolicyPort[] {
  if (typeof port.port !== 'string') return [port];
  const { protocol } = port;
  return numbersNamed(ports, protocol, port.port).map((number) => ({ protocol, port: number }));
}

/** The numbers that containers declare under a name. */
export function numbersNamed(ports: PodPorts['ports'], protocol: Protocol, name: string): readonly number[] {
  return ports.filter((each) => each.name === name && each.protocol === protocol).map(({ number }) => number);
}
