// Routes that are almost what was asked about: with other ports, or with another end.
// Must not know what to suggest.
import type { Analysis } from '../../analyze/analysis.ts';
import { type Endpoint, formatEndpoint, isSameWorkload, isWorkload } from '../../analyze/endpoints.ts';
import type { Explanation, RuleReason } from '../../analyze/explain.ts';
import { formatPortSet, portSets } from '../../model/port-set.ts';
import { formatRulePorts } from './format.ts';

/** More of these would hide the answer. */
const maxNotes = 3;

/** Notes on routes that almost allow a denied connection: `route `payments` of profile `shop` allows 8080; you asked for 8443`. */
export function almostMatching(parts: readonly Explanation[], analysis: Analysis): readonly string[] {
  const denied = parts.filter(({ allowed }) => !allowed);
  const notes = denied.flatMap((part) => [...otherPorts(part), ...otherEnds(part, analysis)]);
  return [...new Set(notes)].slice(0, maxNotes);
}

function otherPorts({ asked, egress, ingress }: Explanation): readonly string[] {
  if (asked === undefined || portSets.isEmpty(asked)) return [];
  const rules = [ingress, egress].flatMap((side) => (side.allows ? [] : side.rules));
  return rules.flatMap((rule) =>
    routesOf(rule).map(
      (route) => `${route} allows ${formatRulePorts(rule)}; you asked for ${formatPortSet(asked)}`,
    ),
  );
}

/** Routes that allow it for another workload beside the one in question. */
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
