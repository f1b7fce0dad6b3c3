// Services to which connections come from outside the cluster, through an ingress controller or from the control plane, and whose
// pods let in none of them. Who the clients are is not known: a peer that may be them is enough. Must not know profiles.
import { aboutObject, type Finding } from '../../model/findings.ts';
import { compareText, formatKey } from '../../model/object-key.ts';
import { portSets } from '../../model/port-set.ts';
import { selects } from '../../model/selectors.ts';
import type { ServicePort } from '../../model/services.ts';
import { resolvePorts } from '../rule-ports.ts';
import { isBlock, type ParsedPeer, type ParsedRule } from '../rules.ts';
import type { Entrance, LintContext, LintPod } from './lint-context.ts';

/** Finds entrances whose pods let in no client of this kind. */
export function entranceIsClosed(context: LintContext): readonly Finding[] {
  const distinct = new Map(context.entrances.map((each) => [keyOf(each), each]));
  return [...distinct]
    .sort(([a], [b]) => compareText(a, b))
    .flatMap(([, entrance]) => (isClosed(context, entrance) ? [closedFinding(entrance)] : []));
}

function keyOf({ service, through, client }: Entrance): string {
  return `${formatKey(service)} ${service.port ?? ''} ${through} ${client}`;
}

/** Whether all of its pods are known and isolated, and none of them lets in such a client. */
function isClosed(context: LintContext, { service: { namespace, name, port }, client }: Entrance): boolean {
  const service = context.servicesIn(namespace).find((each) => each.name === name);
  const { selector } = service ?? {};
  if (service === undefined || selector === undefined || !context.arePodsKnown(namespace)) return false;
  const pods = context
    .podsIn(namespace)
    .filter(({ labels, hostNetwork }) => !hostNetwork && selects({ matchLabels: selector }, labels));
  const ports = service.ports.filter(
    (each) => port === undefined || each.port === port || each.name === port,
  );
  // What leads nowhere at all is another mistake.
  if (pods.length === 0 || ports.length === 0) return false;
  return !pods.some((pod) => letsIn(context.rulesFor(pod, 'Ingress'), pod, ports, client));
}

function letsIn(
  rules: readonly ParsedRule[] | undefined,
  pod: LintPod,
  ports: readonly ServicePort[],
  client: Entrance['client'],
): boolean {
  if (rules === undefined) return true;
  const wanted = resolvePorts(
    ports.map(({ protocol, targetPort }) => ({ protocol, port: targetPort })),
    pod.ports,
  );
  return rules.some(
    (rule) =>
      (rule.peers?.some((peer) => mayBe(peer, client)) ?? true) &&
      portSets.overlap(resolvePorts(rule.ports, pod.ports), wanted),
  );
}

/** Ingress controllers and the pods of konnectivity are in other namespaces, everyone else has an address. */
function mayBe(peer: ParsedPeer, client: Entrance['client']): boolean {
  return isBlock(peer) || (client !== 'addresses outside' && peer.namespaceSelector !== undefined);
}

function closedFinding({ service, through, client }: Entrance): Finding {
  const code = client === 'the control plane' ? 'ControlPlaneShutOut' : 'EntranceClosed';
  return aboutObject('Service', service, code, wordings[client](through));
}

/** What is denied, and what would allow it. */
const wordings: Readonly<Record<Entrance['client'], (through: string) => Pick<Finding, 'message' | 'hint'>>> =
  {
    'addresses outside': (type) => ({
      message: `it is a ${type}, and no policy lets addresses outside in to its pods: what comes in through it is denied`,
      hint: 'add an ingress rule for its pods: an `ipBlock` with the addresses of its clients',
    }),
    'an ingress controller': (through) => ({
      message: `${through} leads to this Service, and no policy lets other namespaces in to its pods: the ingress controller can't reach them`,
      hint: 'add an ingress rule for its pods: a `namespaceSelector` with the namespace of the controller',
    }),
    'the control plane': (caller) => ({
      message: `${caller} makes the control plane call this Service, and no policy lets addresses in to its pods: the calls are denied`,
      hint: 'add an ingress rule for its pods: an `ipBlock` with the addresses of the control-plane nodes',
    }),
  };
