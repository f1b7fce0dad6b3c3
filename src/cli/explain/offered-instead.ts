// Destinations that are not known to listen on the port in question, and the ports that they offer instead.
// Must not know policies.
import { type Endpoint, formatEndpoint, isWorkload, type WorkloadEnd } from '../../analyze/endpoints.ts';
import type { Explanation } from '../../analyze/explain.ts';
import type { AnalysisInput, PodFacts } from '../../analyze/facts.ts';
import { leadingToUndeclared, offeredByPods } from '../../analyze/offered-ports.ts';
import { nameSome } from '../../model/counted.ts';
import { formatPortSet, noPorts, type PortSet, portSets } from '../../model/port-set.ts';
import { portTexts } from '../../model/port-texts.ts';
import { withPortName, withProtocol } from '../../model/ports.ts';
import { podsOf } from './single-out.ts';

type Asked = Pick<Explanation, 'to' | 'asked'>;

const maxPorts = 5;

/**
 * Whether nothing is known to listen on the port in question: containers declare other ports, or Services lead to others. A container
 * may listen on a port that it does not declare.
 */
export function isUnserved(part: Asked, input: AnalysisInput): boolean {
  return !portSets.isEmpty(offersElse(part, input));
}

/** Notes on destinations that do not offer the port in question, or only by a Service. */
export function offeredInstead(parts: readonly Asked[], input: AnalysisInput): readonly string[] {
  const notes = parts.flatMap((part) => {
    const { to, asked } = part;
    if (!isWorkload(to) || asked === undefined || portSets.isEmpty(asked)) return [];
    const wanted = formatPortSet(asked);
    const pods = podsOf(to, input);
    const leading = leadingToUndeclared(asked, pods, servicesBeside(to, input));
    // What is to be said of a port that is not translated is said of its Service.
    if (leading?.headless) return [];
    if (leading !== undefined)
      return [`no container of ${quote(to)} declares ${wanted}, to which Service \`${leading.name}\` leads`];
    const offers = offersElse(part, input);
    if (portSets.isEmpty(offers)) return [];
    return [
      `${quote(to)} offers ${namedPorts(offers, pods)}: none of its containers declares ${wanted}, and no Service leads there`,
    ];
  });
  return [...new Set(notes)];
}

/** What a destination offers, if the port in question is not among it; nothing if it is, or if nothing is known. */
function offersElse({ to, asked }: Asked, input: AnalysisInput): PortSet {
  if (!isWorkload(to) || asked === undefined || portSets.isEmpty(asked)) return noPorts;
  const offers = offeredByPods(podsOf(to, input), servicesBeside(to, input));
  return portSets.overlap(offers, asked) ? noPorts : offers;
}

/** The Services of the namespace of an end. */
export function servicesBeside({ workload: { namespace } }: WorkloadEnd, input: AnalysisInput) {
  return input.services.filter((service) => service.namespace === namespace);
}

/** As in `5432 (pg), 9187 (metrics)`. @param pods some of which may name the ports */
export function namedPorts(offers: PortSet, pods: readonly PodFacts[]): string {
  const declared = pods.flatMap(({ ports }) => ports);
  const named = portTexts(offers).map((text) => {
    const port = declared.find(({ number, protocol }) => text === `${withProtocol(number, protocol)}`);
    return withPortName(text, port?.name);
  });
  return nameSome(named, maxPorts);
}

function quote(end: Endpoint): string {
  return `\`${formatEndpoint(end)}\``;
}
