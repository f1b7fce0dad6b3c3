// Ports of a route to pods that are those of a Service in front of them, as far as Services and known pods tell.
// Status only; it changes no policy. Must not know how the status is worded.
import { numbersNamed, type PodPorts } from '../../model/known-pod-ports.ts';
import type { PolicyPort } from '../../model/network-policy.ts';
import { withProtocol } from '../../model/ports.ts';
import { asksNoMore } from '../../model/selector-order.ts';
import { type LabelSelector, selects } from '../../model/selectors.ts';
import type { ServiceFacts, ServicePort } from '../../model/services.ts';
import { type ClusterView, objectsIn } from '../../view/cluster-view.ts';

/** A port that is a Service's, and not one of the pods. */
export interface MistakenPort {
  /** As people write it. */
  readonly written: number | string;
  readonly service: string;
  /** What was probably meant: the pods' port behind it. */
  readonly target: number | string;
  /** Whether it is certainly not one of the pods; only pods tell which number a name means. */
  readonly isCertain: boolean;
}

/** What is known of the pods that a rule leads to. */
interface Destination {
  /** The Services that lead to all of them. */
  readonly services: readonly ServiceFacts[];
  /** Those that are known. */
  readonly pods: readonly PodPorts[];
}

/**
 * The numbers among `ports` that are a Service's and lead to another port of its pods, the certain ones first. A name may always be one
 * of the pods; so is a number to which a Service leads, or that a pod declares.
 *
 * @param destinations absent: every pod of the namespace
 */
export function mistakenPorts(
  view: ClusterView,
  namespace: string,
  destinations: LabelSelector | undefined,
  ports: readonly PolicyPort[] = [],
): readonly MistakenPort[] {
  const services = objectsIn(view.services, namespace).filter(
    ({ headless, selector: matchLabels }) =>
      // Behind a headless one no port is translated.
      !headless && matchLabels !== undefined && asksNoMore({ matchLabels }, destinations),
  );
  if (services.length === 0) return [];
  const known = view.pods?.get(namespace) ?? [];
  const pods = known.filter(({ labels }) => selects(destinations ?? {}, labels));
  const found = ports.flatMap((port) => mistakenPort(port, { services, pods }) ?? []);
  return [...found.filter(({ isCertain }) => isCertain), ...found.filter(({ isCertain }) => !isCertain)];
}

function mistakenPort(
  { protocol, port: number, endPort }: PolicyPort,
  { services, pods }: Destination,
): MistakenPort | undefined {
  if (typeof number !== 'number' || endPort !== undefined) return undefined;
  const isDeclared = pods.some(({ ports }) =>
    ports.some((own) => own.protocol === protocol && own.number === number),
  );
  const leading = services.flatMap(({ name: service, ports }) =>
    ports.filter((port) => port.protocol === protocol).map((port) => ({ service, ...port })),
  );
  const verdicts = leading.map((port) => isPodPort(number, port, pods));
  const found = leading.find(({ port }) => port === number);
  if (isDeclared || verdicts.includes(true) || found === undefined) return undefined;
  const { service, targetPort } = found;
  return {
    written: withProtocol(number, protocol),
    service,
    target: withProtocol(targetPort, protocol),
    isCertain: !verdicts.includes(undefined),
  };
}

/** Whether a number is the pods' port behind a port of a Service; `undefined` if nobody knows what its name means. */
function isPodPort(
  number: number,
  { targetPort, protocol }: ServicePort,
  pods: readonly PodPorts[],
): boolean | undefined {
  if (typeof targetPort === 'number') return targetPort === number;
  const meanings = pods.flatMap(({ ports }) => numbersNamed(ports, protocol, targetPort));
  return meanings.length === 0 ? undefined : meanings.includes(number);
}

/** As in `80` is a port of Service `api`, whose pods listen on `8080``. */
export function describeMistake({ written, service, target }: MistakenPort): string {
  return `\`${written}\` is a port of Service \`${service}\`, whose pods listen on \`${target}\``;
}
