// What today's guardrails remove from existing rules of a profile that can't be read now. Only what is certainly forbidden: an unknown
// fact leaves a rule as it is. Must not know which rules exist; compile() never reads them.
import {
  type Direction,
  directions,
  type NonEmpty,
  nonEmpty,
  type Peer,
  type PolicyPort,
  ruleOn,
} from '../../model/network-policy.ts';
import type { LabelSelector } from '../../model/selectors.ts';
import type { RouteEndName } from '../../routes/index.ts';
import type { RouteContext } from '../../routes/route-end.ts';
import type { Guardrails } from './guardrails.ts';

/** One peer of a rule that is in force. */
export interface FrozenPeer {
  readonly direction: Direction;
  /** The pods that the policy selects. */
  readonly pods: LabelSelector;
  /** `undefined` means everyone. */
  readonly peer: Peer | undefined;
  /** None means every port. */
  readonly ports: readonly PolicyPort[];
  /** The route end for which an address was discovered; `undefined` if somebody wrote it, or if that is not known. */
  readonly discoveredFor: string | undefined;
}

/** The peers of one namespace that guardrails certainly forbid; if ranges are too many together, the last ones. */
export type FindForbiddenPeers = (peers: readonly FrozenPeer[]) => ReadonlySet<FrozenPeer>;

/** Ends whose addresses the cluster defines: they change without an edit, and nobody can choose them. */
const discoveredEnds: ReadonlySet<string> = new Set<RouteEndName>([
  'internet',
  'cluster',
  'kubernetesAPI',
  'nodes',
]);

/** Whether the addresses of an end are discovered, not written by somebody. */
export function isDiscoveredEnd(end: string): boolean {
  return discoveredEnds.has(end);
}

/** Finds what the guardrails of a namespace forbid, which allow these ends. */
export function forbiddenBy(
  guardrails: Guardrails,
  ends: readonly RouteEndName[],
  context: RouteContext,
): FindForbiddenPeers {
  if (ends.includes('anywhere')) return () => new Set();
  const allowed: ReadonlySet<string> = new Set(ends);
  /** An address may be an old one of an allowed end: it does not prove that somebody asked for it. */
  const isSpared = ({ peer, discoveredFor }: FrozenPeer) =>
    isBlock(peer) &&
    discoveredFor !== undefined &&
    isDiscoveredEnd(discoveredFor) &&
    allowed.has(discoveredFor);
  const isForbidden = (lasting: FrozenPeer): boolean => {
    if (lasting.peer === undefined) return true;
    if (isSpared(lasting)) return false;
    const violation = violationOf(guardrails, lasting, [lasting.peer]);
    if (violation === undefined) return false;
    return (
      !isBlock(lasting.peer) ||
      violation === 'anywhere' ||
      areAddressesKnown(lasting.direction, allowed, context)
    );
  };
  return (peers) => {
    const alone = peers.filter(isForbidden);
    const rest = peers.filter((lasting) => !alone.includes(lasting) && !isSpared(lasting));
    return new Set([...alone, ...mostOfTheInternet(guardrails, rest)]);
  };
}

/** The ranges that, together with those before them, cover most of the internet. */
function mostOfTheInternet(guardrails: Guardrails, peers: readonly FrozenPeer[]): readonly FrozenPeer[] {
  return directions.flatMap((direction) => {
    const refused: FrozenPeer[] = [];
    const staying: Peer[] = [];
    for (const lasting of peers) {
      if (lasting.direction !== direction || !isBlock(lasting.peer)) continue;
      const violation = violationOf(guardrails, { ...lasting, ports: [] }, [lasting.peer, ...staying]);
      if (violation === 'anywhere') refused.push(lasting);
      else staying.push(lasting.peer);
    }
    return refused;
  });
}

function violationOf(
  guardrails: Guardrails,
  { direction, pods, ports }: FrozenPeer,
  peers: NonEmpty<Peer>,
): RouteEndName | undefined {
  return guardrails.provenViolation({ direction, pods, rule: ruleOn(peers, nonEmpty(ports)) });
}

/** Whether the addresses of the allowed ends are known: an address may be one of them. */
function areAddressesKnown(
  direction: Direction,
  allowed: ReadonlySet<string>,
  { ranges, apiServer, controlPlane }: RouteContext,
): boolean {
  const api = direction === 'Ingress' ? controlPlane : apiServer;
  const isUnknown =
    ((allowed.has('nodes') || allowed.has('cluster')) && ranges.nodes === undefined) ||
    (allowed.has('cluster') && (ranges.pods === undefined || ranges.services === undefined)) ||
    (allowed.has('kubernetesAPI') && api.length === 0);
  return !isUnknown;
}

function isBlock(peer: Peer | undefined): peer is Extract<Peer, { readonly ipBlock: object }> {
  return peer !== undefined && 'ipBlock' in peer;
}
