// Routes that are almost what was asked about: with other ports, or with another end.
// Must not know what to suggest.
import type { Analysis } from '../../analyze/analysis.ts';
import { type Endpoint, formatEndpoint, isSameWorkload, isWorkload } from '../../analyze/endpoints.ts';
import type { Explanation, RuleReason } from '../../analyze/explain.ts';
import { offeredByPods } from '../../analyze/offered-ports.ts';
import { formatKey } from '../../model/object-key.ts';
import { formatPortSet, portSetOf, portSets } from '../../model/port-set.ts';
import type { ServiceFacts } from '../../model/services.ts';
import type { Asked } from './ask.ts';
import { formatRulePorts } from './format-verdicts.ts';
import { isUnserved, servicesBeside } from './offered-instead.ts';
import { podsOf } from './single-out.ts';
import { withUsualPorts } from './usual-ports.ts';

/** More of these would hide the answer. */
const maxNotes = 3;

/** Notes on routes that almost allow a denied connection: `route `payments` of profile `shop` allows 8080; you asked for 8443`. */
export function routesForOtherPorts({ meant, parts, analysis }: Asked): readonly string[] {
  // Whoever asks about a Service names a port of it.
  const wanted = meant.to.kind === 'service' ? 'the Service leads to' : 'you asked for';
  return some(deniedIn(parts).flatMap((part) => otherPorts(part, wanted, analysis)));
}

/** Notes on routes that allow it for another workload beside the one in question. */
export function routesForOtherEnds({ parts, analysis }: Asked): readonly string[] {
  return some(deniedIn(parts).flatMap((part) => otherEnds(withUsualPorts(part, analysis.input), analysis)));
}

function deniedIn(parts: readonly Explanation[]): readonly Explanation[] {
  return parts.filter(({ allowed }) => !allowed);
}

function some(notes: readonly string[]): readonly string[] {
  return [...new Set(notes)].slice(0, maxNotes);
}

function otherPorts(part: Explanation, wanted: string, analysis: Analysis): readonly string[] {
  const { asked, egress, ingress } = part;
  if (asked === undefined || portSets.isEmpty(asked)) return [];
  const rules = [ingress, egress].flatMap((side) => (side.allows ? [] : side.rules));
  return rules.flatMap((rule) => {
    if (isForSomethingElse(rule, part, analysis)) return [];
    const service = serviceMistaken(rule, part, analysis);
    const ports = formatRulePorts(rule);
    const of = service && `the port of Service \`${formatKey(service)}\`: policies see that of its pods`;
    const unserved = isUnserved({ to: part.to, asked: rule.ports }, analysis.input);
    const where = unserved ? ', where nothing is known to listen' : '';
    const why =
      of === undefined ? `${where}; ${wanted} ${formatPortSet(asked)}` : `, ${of}, ${formatPortSet(asked)}`;
    return routesOf(rule).map((route) => `${route} allows ${ports}${why}`);
  });
}

/** Both ports are offered: nobody has mistaken one for the other. */
function isForSomethingElse({ ports }: RuleReason, { to, asked }: Explanation, { input }: Analysis): boolean {
  if (!isWorkload(to) || asked === undefined) return false;
  const offers = offeredByPods(podsOf(to, input), servicesBeside(to, input));
  return portSets.covers(offers, ports) && portSets.covers(offers, asked) && !portSets.isEmpty(ports);
}

/** The Service whose port a rule has where it should have that of the pods. */
function serviceMistaken(
  { ports }: RuleReason,
  { to, asked }: Explanation,
  analysis: Analysis,
): ServiceFacts | undefined {
  if (!isWorkload(to) || asked === undefined) return undefined;
  return servicesBeside(to, analysis.input).find((service) => {
    const followed = analysis.serviceTargets(service);
    return (
      followed.ok &&
      followed.value.some(({ port: { protocol, port }, ends }) => {
        const own = portSetOf(protocol, [{ first: port, last: port }]);
        const isLed = ends.some(
          (each) => isSameWorkload(each.end, to) && portSets.overlap(each.ports, asked),
        );
        return isLed && portSets.overlap(own, ports);
      })
    );
  });
}

function otherEnds(part: Explanation, analysis: Analysis): readonly string[] {
  const { from, to, asked, ingress, egress } = part;
  const others = (end: Endpoint) =>
    isWorkload(end)
      ? analysis.workloads.filter(
          (other) => other.workload.namespace === end.workload.namespace && !isSameWorkload(other, end),
        )
      : [];
  const isWanted = ({ ports }: RuleReason) => asked === undefined || portSets.covers(ports, asked);
  const sources = ingress.allows || ingress.rules.length > 0 ? [] : others(from);
  const targets = egress.allows || egress.rules.length > 0 ? [] : others(to);
  return [
    ...sources.flatMap((other) =>
      analysis
        .explain(other, to)
        .flatMap((near) => near.ingress.rules.filter(isWanted).flatMap(routesOf))
        .map((route) => `${route} lets in ${quote(other)}, and not ${quote(from)}`),
    ),
    ...targets.flatMap((other) =>
      analysis
        .explain(from, other)
        .flatMap((near) => near.egress.rules.filter(isWanted).flatMap(routesOf))
        .map((route) => `${route} leads to ${quote(other)}, and not to ${quote(to)}`),
    ),
  ];
}

function routesOf({ policy: { owner }, origins }: RuleReason): readonly string[] {
  if (owner?.kind !== 'AppNetworkProfile') return [];
  return origins.map((origin) => `route \`${origin}\` of profile \`${owner.name}\``);
}

function quote(end: Endpoint): string {
  return `\`${formatEndpoint(end)}\``;
}
