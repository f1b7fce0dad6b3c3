// The connections that are allowed between some ends, each with the rules behind it: what an auditor asks for.
// Must not know how they are printed.

import { everyAddress } from '../../analyze/address-map.ts';
import type { Analysis } from '../../analyze/analysis.ts';
import { type Connection, isInNamespace } from '../../analyze/connections.ts';
import type { Endpoint } from '../../analyze/endpoints.ts';
import type { Explanation, RuleReason } from '../../analyze/explain.ts';
import { formatCidr } from '../../model/ip-ranges.ts';
import type { Direction } from '../../model/network-policy.ts';
import { portSets } from '../../model/port-set.ts';
import type { PortSpec } from '../../model/ports.ts';
import type { AskedEnds } from './asked-ends.ts';
import type { OriginOf, PolicyOrigin } from './policy-origins.ts';

/** A rule that allows a connection on one of its sides. */
export interface Because extends RuleReason, Omit<PolicyOrigin, 'origins'> {
  readonly side: Direction;
}

/** An allowed connection. */
export interface AllowedLine extends Connection {
  /** Empty if no policy isolates either end. */
  readonly because: readonly Because[];
}

/** Everything that is allowed between two ends, with the rules behind it; what is not listed is denied. */
export function allowedLines(
  analysis: Analysis,
  asked: AskedEnds,
  originOf: OriginOf,
): readonly AllowedLine[] {
  const { namespace } = asked;
  const isShown = (end: Endpoint) => namespace === undefined || isInNamespace(end, namespace);
  return pairsAmong(analysis, asked)
    .flatMap(({ source, target, port }) => analysis.explain(source, target, port))
    .filter(({ from, to, ingress }) => (isShown(from) || isShown(to)) && ingress.standing !== 'Self')
    .map((part) => lineOf(part, originOf))
    .filter(({ ports }) => !portSets.isEmpty(ports));
}

interface AskedPair {
  readonly source: Endpoint;
  readonly target: Endpoint;
  readonly port?: PortSpec | undefined;
}

/** The pairs that may be allowed: if nothing in particular is asked about, only those that are. */
function pairsAmong(analysis: Analysis, { from, to }: AskedEnds): readonly AskedPair[] {
  if (from === undefined && to === undefined) {
    return [...analysis.connections()].map(({ from: source, to: target }) => ({ source, target }));
  }
  const every = [...analysis.workloads, ...everyAddress.map((range) => ({ cidr: formatCidr(range) }))];
  const targets = to?.targets ?? every.map((end) => ({ end, port: undefined }));
  return (from?.ends ?? every).flatMap((source) =>
    targets.map(({ end: target, port }) => ({ source, target, port })),
  );
}

function lineOf({ from, to, ports, asked, ingress, egress }: Explanation, originOf: OriginOf): AllowedLine {
  const allowed = asked === undefined ? ports : portSets.intersection(ports, asked);
  const because = [ingress, egress].flatMap(({ side, rules }) =>
    rules
      .filter((rule) => portSets.overlap(rule.ports, allowed))
      .map((rule) => ({ side, ...rule, ...originOf(rule.policy) })),
  );
  return { from, to, ports: allowed, because };
}
