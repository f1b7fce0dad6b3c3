// The end `service`: the pods behind a Service of this namespace, with its ports translated to theirs.
// The most common mistake with NetworkPolicies is to write the Service's port instead of the pod's; here that is impossible.
import { nameSome } from '../model/counted.ts';
import { numbersNamed, type PodPorts } from '../model/known-pod-ports.ts';
import { type NonEmpty, nonEmpty, type PolicyPort } from '../model/network-policy.ts';
import { type PortSpec, parsePort, withPortName, withProtocol } from '../model/ports.ts';
import { failure, type Result, success } from '../model/result.ts';
import { type Labels, selects } from '../model/selectors.ts';
import { isServicePort, type ServiceFacts, type ServicePort } from '../model/services.ts';
import { podPorts } from './pod-ports.ts';
import {
  type EndProblem,
  type LocalPods,
  type RouteContext,
  routeEnd,
  type WrittenPorts,
} from './route-end.ts';
import { dnsLabel } from './schema/text-schema.ts';

/** The pods behind a Service here, whose ports are then Service ports. */
export const serviceEnd = routeEnd({
  name: 'service',
  schema: dnsLabel(),
  description:
    "The pods behind this Service of this namespace; Ringfence follows changes of its selector and ports. As `to`, `ports` are the Service's ports, not the pods', and are translated; leave them out to allow every port of the Service.",
  pods: podsBehind,
  peers: (name, context) => {
    const behind = podsBehind(name, context);
    return behind.ok ? success([{ podSelector: behind.value.selector }]) : behind;
  },
});

/** The pods behind a Service, and its ports translated to theirs. */
export function podsBehind(
  name: string,
  { services, namespace, pods }: RouteContext,
): Result<LocalPods, EndProblem> {
  const found = services.get(name);
  if (found === undefined) {
    const message = `there is no Service \`${name}\` in \`${namespace}\` yet`;
    return failure({ state: 'Pending', reason: 'ServiceMissing', message });
  }
  if (found.type === 'ExternalName') {
    const target = found.externalName ?? 'another name';
    const hint = 'name its addresses with `cidr`, or the namespace that it leads to with `namespace`';
    return rejected(
      'ServiceExternal',
      `Service \`${name}\` leads to the name \`${target}\`, not to pods here: ${hint}`,
    );
  }
  const { selector } = found;
  if (selector === undefined) {
    const hint = 'name the pods with `pods`, or the addresses with `cidr`';
    return rejected(
      'ServiceWithoutSelector',
      `Service \`${name}\` has no selector, so its pods are not known: ${hint}`,
    );
  }
  return success({
    selector: { matchLabels: selector },
    ports: (written) => translate({ ...found, declared: declaredBehind(selector, pods) }, written),
  });
}

/** A Service, and the ports that the containers behind it declare; `undefined` if its pods are not known. */
interface ServiceInView extends ServiceFacts {
  readonly declared: PodPorts['ports'] | undefined;
}

function declaredBehind(matchLabels: Labels, pods: RouteContext['pods']): ServiceInView['declared'] {
  const behind = pods?.filter(({ labels }) => selects({ matchLabels }, labels)) ?? [];
  return behind.length === 0 ? undefined : behind.flatMap(({ ports }) => ports);
}

/** Translates Service ports to the pods' ports; all ports of the Service if none is written. */
function translate(
  service: ServiceInView,
  written: WrittenPorts,
): Result<NonEmpty<PolicyPort> | undefined, EndProblem> {
  // Only a headless Service may have no port: clients that resolve its name connect to the pods on any port.
  if (service.ports.length === 0) return podPorts(written);
  const translated: PolicyPort[] = [];
  for (const [index, port] of (written ?? service.ports.map(asWritten)).entries()) {
    const spec = parsePort(port);
    const matches = spec.ok ? service.ports.filter((candidate) => isServicePort(candidate, spec.value)) : [];
    if (matches.length === 0) return portMissing(service, port, { written: written ?? [], index });
    translated.push(...matches.flatMap((match) => podPortsOf(service, match)));
  }
  return success(nonEmpty(distinctPorts(translated)));
}

/** Nothing translates the port of a headless Service: clients that resolve its name connect to the pod on the port itself. */
function podPortsOf(
  { headless }: ServiceFacts,
  { port, protocol, targetPort }: ServicePort,
): readonly PolicyPort[] {
  const target = { protocol, port: targetPort };
  return headless && targetPort !== port ? [target, { protocol, port }] : [target];
}

function distinctPorts(ports: readonly PolicyPort[]): readonly PolicyPort[] {
  return [...new Map(ports.map((port) => [`${port.port}/${port.protocol}`, port])).values()];
}

/** How many ports a message names before it counts the rest, so that the mistake itself is not cut off. */
const maxShownPorts = 8;

function portMissing(
  service: ServiceInView,
  port: number | string,
  { written, index }: { readonly written: readonly (number | string)[]; readonly index: number },
): Result<never, EndProblem> {
  const at = `ports[${index}]`;
  const has = service.ports.map((each) => withPortName(quoted(each), each.name));
  const message = `Service \`${service.name}\` has no port \`${port}\`: it has ${nameSome(has, maxShownPorts)}`;
  const mistake = mistakeIn(service, port);
  if (mistake === undefined) {
    return rejected('ServicePortMissing', [message, ...perhapsMeant(service, port)].join('. '), { at });
  }
  const suggestion = correctedPorts(service, written);
  return rejected('ServicePortMissing', `${message}. ${mistake.why}`, {
    at,
    ...(suggestion === undefined ? {} : { suggestion }),
  });
}

/** What somebody wrote instead of ports of a Service. */
interface Mistake {
  readonly meant: readonly ServicePort[];
  readonly why: string;
}

function mistakeIn({ ports, declared }: ServiceInView, port: number | string): Mistake | undefined {
  const spec = parsePort(port);
  if (!spec.ok) return undefined;
  const behind = ports.filter((each) => leadsTo(each, spec.value, declared));
  if (behind.length > 0) {
    const why = `\`${port}\` is the pods' port behind ${behind.map(quoted).join(', ')}; \`ports\` of a \`service\` are Service ports`;
    return { meant: behind, why };
  }
  const namesProtocol = String(port).includes('/');
  const alike = namesProtocol
    ? []
    : ports.filter((each) => isServicePort(each, { ...spec.value, protocol: each.protocol }));
  const why = `\`${port}\` without a protocol is TCP`;
  return alike.length > 0 ? { meant: alike, why } : undefined;
}

function leadsTo(
  { protocol, targetPort }: ServicePort,
  spec: PortSpec,
  declared: ServiceInView['declared'] = [],
): boolean {
  if (protocol !== spec.protocol) return false;
  const numbers =
    typeof targetPort === 'number' ? [targetPort] : numbersNamed(declared, protocol, targetPort);
  if (!('name' in spec))
    return numbers.some((number) => spec.interval.first <= number && number <= spec.interval.last);
  const meant = numbersNamed(declared, protocol, spec.name);
  return targetPort === spec.name || numbers.some((number) => meant.includes(number));
}

/** The ports that lead to a name, which may be the number that is written: nobody knows it without the pods. */
function perhapsMeant({ ports, declared }: ServiceInView, port: number | string): readonly string[] {
  const spec = parsePort(port);
  if (declared !== undefined || !spec.ok || 'name' in spec.value) return [];
  const { protocol } = spec.value;
  return ports
    .filter((each) => each.protocol === protocol && typeof each.targetPort === 'string')
    .slice(0, 1)
    .map(
      (each) =>
        `${quoted(each)} leads to the pods' port \`${each.targetPort}\`: if that is \`${port}\`, write ${quoted(each)}`,
    );
}

/** The maximum number of ports of a route; one range may have been written for more. */
const maxPorts = 50;

/** All of the route's ports, with the mistakes fixed; nothing if one stays wrong, or if there are too many. */
function correctedPorts(service: ServiceInView, written: readonly (number | string)[]): string | undefined {
  const corrected = written.flatMap((port) => {
    const spec = parsePort(port);
    if (spec.ok && service.ports.some((each) => isServicePort(each, spec.value))) return [port];
    return mistakeIn(service, port)?.meant.map(asWritten) ?? [undefined];
  });
  const ports = [...new Set(corrected)];
  if (ports.includes(undefined) || ports.length > maxPorts) return undefined;
  return `ports: [${ports.map((port) => JSON.stringify(port)).join(', ')}]`;
}

function quoted(port: ServicePort): string {
  return `\`${asWritten(port)}\``;
}

function asWritten({ port, protocol }: ServicePort): number | string {
  return withProtocol(port, protocol);
}

function rejected(
  reason: 'ServiceExternal' | 'ServiceWithoutSelector' | 'ServicePortMissing',
  message: string,
  more: Pick<EndProblem, 'at' | 'suggestion'> = {},
): Result<never, EndProblem> {
  return failure({ state: 'Rejected', reason, message, ...more });
}
