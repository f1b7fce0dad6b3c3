// The answer to `explain`: splits the question into pairs of ends and ports, and explains each pair.
// Must not know how it is printed, nor what would change it.
import type { Analysis } from '../../analyze/analysis.ts';
import {
  type Endpoint,
  endpointKey,
  formatEndpoint,
  isSameWorkload,
  isWorkload,
} from '../../analyze/endpoints.ts';
import type { Explanation } from '../../analyze/explain.ts';
import type { AnalysisInput } from '../../analyze/facts.ts';
import { resolvePorts } from '../../analyze/rule-ports.ts';
import type { ServiceTarget } from '../../analyze/service-targets.ts';
import { kubernetesService } from '../../discover/well-known-services.ts';
import { quoteSome } from '../../model/counted.ts';
import { compareKeys, formatKey } from '../../model/object-key.ts';
import { formatPortSet, type PortSet, portSetOf, portSets } from '../../model/port-set.ts';
import { type PortSpec, protocols, withPortName, withProtocol } from '../../model/ports.ts';
import { formatSelector } from '../../model/selector-texts.ts';
import { isServicePort, type ServiceFacts, type ServicePort } from '../../model/services.ts';
import { ToolError } from '../failures.ts';
import { nothingConnects } from '../snapshot/namespace-check.ts';
import type { ResolvedEnd } from './find-end.ts';
import { partsMeant } from './named-route-ends.ts';
import { isUnserved } from './offered-instead.ts';
import { podsOf } from './single-out.ts';

/** More of these would hide the note. */
const maxEnds = 5;

/** The question. */
export interface Question {
  readonly from: ResolvedEnd;
  readonly to: ResolvedEnd;
  /** Absent: any port; for a Service, each of its ports. */
  readonly port: PortSpec | undefined;
}

/** The answer. */
export interface Answer {
  /**
   * Whether everything that was asked about is allowed; without a port, whether anything is, for each pair of ends. If something else was
   * probably meant, whether that is allowed, too.
   */
  readonly allowed: boolean;
  /** At least one; several if policies or a Service distinguish parts of an end. */
  readonly parts: readonly Explanation[];
  /** The pods' ports for the ports of a Service, and what else a person should know. */
  readonly notes: readonly string[];
  /** The parts that policies allow, and where nothing is known to listen. */
  readonly unserved: ReadonlySet<Explanation>;
  /** What was probably meant, if the question names a Service's port at its pods: the most common mistake. */
  readonly meant?: Meant;
}

/** What was probably meant, and the answer to that. */
export interface Meant {
  readonly question: Question;
  readonly parts: readonly Explanation[];
}

/** @throws ToolError if the question has no answer */
export function answer(analysis: Analysis, { from, to, port }: Question): Answer {
  const sources = sourcesNamed(analysis, from);
  const asked = targetsNamed(analysis, to, port);
  if (!sources.ends.some(isWorkload) && !asked.targets.some(({ end }) => isWorkload(end))) {
    throw new ToolError('connections between two addresses are unknown: one end must be pods');
  }
  const parts = withCommonFamily(
    asked.targets.flatMap(({ end, port: wanted }) =>
      sources.ends.flatMap((source) => analysis.explain(source, end, wanted)),
    ),
  );
  const allowed = parts.every((part) => part.allowed);
  const unserved = new Set(parts.filter((part) => part.allowed && isUnserved(part, analysis.input)));
  // A name may belong both to a port of the Service and to a port of the pods.
  const asksPods = (ports: PortSet) =>
    parts.some((part) => part.asked !== undefined && formatPortSet(part.asked) === formatPortSet(ports));
  const isPlain = allowed && unserved.size === 0;
  const mistaken = isPlain ? undefined : mistakenService(analysis, { to, port, asksPods });
  const notes = [...asked.notes, ...sources.notes];
  if (mistaken === undefined) return { allowed, parts, notes, unserved };
  const { service } = mistaken;
  const question = { from, to: { kind: 'service', service }, port } as const;
  const meant = answer(analysis, question);
  return {
    allowed: allowed && meant.allowed,
    parts,
    notes: [noteOn(mistaken, meant.allowed), ...notes],
    unserved,
    meant: { question, parts: meant.parts },
  };
}

function noteOn({ service, port, ports }: MistakenService, isAllowed: boolean): string {
  const name = formatKey(service);
  const target = formatPortSet(ports);
  return `${formatServicePort(port)} is the port of Service \`${name}\`, which leads to ${target} of its pods, and that is ${isAllowed ? 'allowed' : 'denied'}: ask about ${target}, or about \`service/${name}\``;
}

/** Where ends have addresses of both families, as the internet has, only those that the other end has count; all, if none do. */
function withCommonFamily(parts: readonly Explanation[]): readonly Explanation[] {
  const possible = parts.filter(({ notes }) => !notes.some(({ code }) => code === 'NoCommonFamily'));
  return possible.length === 0 ? parts : possible;
}

/** What a word names as the source of connections. */
export interface NamedSources {
  readonly ends: readonly Endpoint[];
  readonly notes: readonly string[];
}

/** What a word names as their destination. */
export interface NamedTargets {
  readonly targets: readonly { readonly end: Endpoint; readonly port: PortSpec | undefined }[];
  readonly notes: readonly string[];
}

/** @throws ToolError if no pods and no addresses of it are known */
export function sourcesNamed(analysis: Analysis, named: ResolvedEnd): NamedSources {
  if (named.kind === 'service') return podsOfService(analysis, named);
  if (named.kind === 'route end')
    return { ends: distinct(partsMeant(named, 'from', analysis).map(({ end }) => end)), notes: [] };
  return { ends: named.ends, notes: notesOn(named) };
}

/** A Service starts no connections, but whoever names one as their source means its pods. */
function podsOfService(analysis: Analysis, { service }: AskedService): NamedSources {
  const name = `Service \`${formatKey(service)}\``;
  const followed = analysis.serviceTargets(service);
  const ends = followed.ok
    ? distinct(followed.value.flatMap((target) => target.ends.map(({ end }) => end)))
    : [];
  if (ends.length > 0)
    return { ends, notes: [`${name} starts no connections: as a source, it means its pods`] };
  throw new ToolError(
    `${name} starts no connections, and no pod of it is known: name the workload that starts them`,
  );
}

function distinct<End extends Endpoint>(ends: readonly End[]): readonly End[] {
  return [...new Map(ends.map((end) => [endpointKey(end), end])).values()];
}

/** @throws ToolError if it has no pods or addresses that are known, or not this port */
export function targetsNamed(
  analysis: Analysis,
  named: ResolvedEnd,
  port: PortSpec | undefined,
): NamedTargets {
  if (named.kind === 'service') return behindService(analysis, named, port);
  if (named.kind === 'route end') return { targets: partsMeant(named, 'to', analysis, port), notes: [] };
  return { targets: named.ends.map((end) => ({ end, port })), notes: notesOn(named) };
}

type AskedService = Extract<ResolvedEnd, { readonly kind: 'service' }>;

/** Clients of a Service reach pods at the translated ports. */
function behindService(analysis: Analysis, asked: AskedService, port: PortSpec | undefined): NamedTargets {
  const { service, address } = asked;
  const name = `Service \`${formatKey(service)}\``;
  const followed = analysis.serviceTargets(service);
  if (!followed.ok) {
    const why =
      followed.error === 'ExternalName'
        ? `is another name for \`${service.externalName}\``
        : 'has no selector, so its pods are not known';
    const isApi = compareKeys(service, kubernetesService) === 0;
    const instead = isApi ? 'ask about `kubernetesAPI`' : 'ask about the addresses behind it';
    throw new ToolError(`${name} ${why}: ${instead}`);
  }
  const wanted = followed.value.filter((target) => port === undefined || isServicePort(target.port, port));
  if (wanted.length === 0) {
    throw new ToolError(`${name} has no such port: ${portsInstead(service, followed.value, port)}`);
  }
  const targets = wanted.flatMap(({ ends }) =>
    ends.flatMap(({ end, ports }) => specsOf(ports).map((spec) => ({ end, port: spec }))),
  );
  if (targets.length === 0)
    throw new ToolError(`${name} selects no known pod: there is nothing to reach${wrongLabels(service)}`);
  const notes = wanted.flatMap(({ port: servicePort, ends: [first] }) =>
    first === undefined ? [] : noteOnTarget(service, servicePort, first, analysis.input),
  );
  if (address === undefined) return { targets, notes };
  const translated = `\`${address}\` is the ClusterIP of ${name}: most CNIs decide after it is translated to a pod's address, some before`;
  return { targets, notes: [translated, ...notes] };
}

function wrongLabels({ namespace, selector = {} }: ServiceFacts): string {
  const labels = formatSelector({ matchLabels: selector });
  return `; compare its selector ${labels} with \`kubectl get pods -n ${namespace} --show-labels\``;
}

/** The ports of a Service, and which of them leads to a port of the pods that was asked about instead. */
function portsInstead(
  { ports }: ServiceFacts,
  targets: readonly ServiceTarget[],
  asked: PortSpec | undefined,
): string {
  if (ports.length === 0) return 'it has none';
  const all = `it has ${ports.map(formatServicePort).join(', ')}`;
  if (asked === undefined || 'name' in asked) return all;
  const wanted = portSetOf(asked.protocol, [asked.interval]);
  const behind = targets.find(({ ends }) => ends.some((end) => portSets.covers(end.ports, wanted)));
  if (behind === undefined) return all;
  return `${all}; ${withProtocol(behind.port.port, behind.port.protocol)} leads to ${formatPortSet(wanted)} of its pods`;
}

/** Where a port of a Service leads to, if that is another port. */
function noteOnTarget(
  service: ServiceFacts,
  servicePort: ServicePort,
  { end, ports }: ServiceTarget['ends'][number],
  input: AnalysisInput,
): readonly string[] {
  const name = `Service \`${formatKey(service)}\``;
  const { port, protocol, targetPort } = servicePort;
  const [own, target] = [`${withProtocol(port, protocol)}`, formatPortSet(ports)];
  if (target !== own)
    return [`port ${formatServicePort(servicePort)} of ${name} leads to port ${target} of its pods`];
  const declared = podsOf(end, input).flatMap((pod) => pod.ports);
  const targets = resolvePorts([{ protocol, port: targetPort }], declared);
  if (!service.headless || portSets.isEmpty(targets) || formatPortSet(targets) === own) return [];
  return [
    `${name} is headless: its clients reach the pods themselves, and nothing translates its port ${formatServicePort(servicePort)} to ${formatPortSet(targets)}`,
  ];
}

function formatServicePort({ name, port, protocol }: ServicePort): string {
  return withPortName(withProtocol(port, protocol), name);
}

function specsOf(ports: PortSet): readonly PortSpec[] {
  return protocols.flatMap((protocol) => ports[protocol].map((interval) => ({ protocol, interval })));
}

function notesOn(
  named: Extract<ResolvedEnd, { readonly kind: 'workloads' | 'addresses' }>,
): readonly string[] {
  if (named.kind === 'workloads') {
    const { ends, nothingIn, byLabel } = named;
    if (nothingIn !== undefined) return [nothingConnects(nothingIn)];
    if (byLabel === undefined) return [];
    const { word, label } = byLabel;
    return [
      `\`${word}\` is taken for the label \`${label}\` of ${quoteSome(ends.map(formatEndpoint), maxEnds)}`,
    ];
  }
  if (named.pods.length === 0) return [];
  return [
    `\`${named.ends[0].cidr}\` also contains addresses of pods, which this answer does not cover: name the pods`,
  ];
}

/** A Service with the port in question, which it translates to others of the same pods. */
interface MistakenService {
  readonly service: ServiceFacts;
  readonly port: ServicePort;
  readonly ports: PortSet;
}

/** The Service that was probably meant. */
function mistakenService(
  analysis: Analysis,
  { to, port, asksPods }: Pick<Question, 'to' | 'port'> & { readonly asksPods: (ports: PortSet) => boolean },
): MistakenService | undefined {
  if (to.kind !== 'workloads' || port === undefined) return undefined;
  for (const service of analysis.input.services) {
    const followed = analysis.serviceTargets(service);
    const targets = followed.ok ? followed.value.filter((target) => isServicePort(target.port, port)) : [];
    for (const { port: servicePort, ends } of targets) {
      const hit = ends.find(({ end }) => to.ends.some((each) => isSameWorkload(each, end)));
      if (hit === undefined || asksPods(hit.ports)) continue;
      if (formatPortSet(hit.ports) === `${withProtocol(servicePort.port, servicePort.protocol)}`) continue;
      return { service, port: servicePort, ports: hit.ports };
    }
  }
  return undefined;
}
