// The ports that a question without a port is about, for a suggestion: those to which Services lead, else those that containers declare.
// Others, such as those for metrics, are for others. Must not know policies.
import { formatEndpoint, isWorkload, type WorkloadEnd } from '../../analyze/endpoints.ts';
import type { Explanation } from '../../analyze/explain.ts';
import type { AnalysisInput } from '../../analyze/facts.ts';
import { ledToByServices, offeredByPods } from '../../analyze/offered-ports.ts';
import { type PortSet, portSets } from '../../model/port-set.ts';
import { namedPorts, servicesBeside } from './offered-instead.ts';
import { podsOf } from './single-out.ts';

/** The part, with these ports as if they had been asked about; unchanged if a port is, or if nothing is known of any. */
export function withUsualPorts(part: Explanation, input: AnalysisInput): Explanation {
  const { to, asked, egress, ingress } = part;
  if (asked !== undefined || !isWorkload(to) || allowsNoneInCommon(part)) return part;
  const ports = usualPorts(to, input);
  if (portSets.isEmpty(ports)) return part;
  const [out, into] = [egress, ingress].map((side) => portSets.covers(side.ports, ports));
  return {
    ...part,
    asked: ports,
    egress: { ...egress, allows: out === true },
    ingress: { ...ingress, allows: into === true },
  };
}

/** Both sides allow ports, but none in common: one of them needs those of the other. */
function allowsNoneInCommon({ egress, ingress }: Explanation): boolean {
  return egress.allows && ingress.allows;
}

function usualPorts(to: WorkloadEnd, input: AnalysisInput): PortSet {
  const [pods, services] = [podsOf(to, input), servicesBeside(to, input)];
  const led = ledToByServices(pods, services);
  return portSets.isEmpty(led) ? offeredByPods(pods, services) : led;
}

/** Notes on the ports that are opened, for people who did not name one. @param parts those of the answer */
export function notesOnUsualPorts(parts: readonly Explanation[], input: AnalysisInput): readonly string[] {
  const notes = parts.flatMap((part) => {
    const { to, asked, allowed } = part;
    if (asked !== undefined || allowed || !isWorkload(to) || allowsNoneInCommon(part)) return [];
    const { asked: opened } = withUsualPorts(part, input);
    const [name, pods] = [formatEndpoint(to), podsOf(to, input)];
    if (opened === undefined)
      return [`what is suggested opens every port of \`${name}\`, which declares none: ask about one`];
    const others = portSets.difference(offeredByPods(pods, servicesBeside(to, input)), opened);
    if (portSets.isEmpty(others)) return [];
    return [
      `what is suggested opens ${namedPorts(opened, pods)} of \`${name}\`, to which a Service leads, and not ${namedPorts(others, pods)}: ask about a port to open that one`,
    ];
  });
  return [...new Set(notes)];
}
