// Whether the egress of the namespaces that a route lets in leads to it. Where the route counts for their egress, it is mirrored, as far
// as their guardrails allow; otherwise they have to allow the egress themselves. Status only; it changes no policy.

import type { Route } from '../../api/route.ts';
import { suggestedName } from '../../api/suggested-profile.ts';
import { quoteSome } from '../../model/counted.ts';
import { type PortComparison, portCoverAt } from '../../model/known-pod-ports.ts';
import { namespaceSelectorOf, type Rule, selectsNamespace } from '../../model/network-policy.ts';
import { compareText } from '../../model/object-key.ts';
import { writtenPorts } from '../../model/policy-ports.ts';
import { asksNoMore } from '../../model/selector-order.ts';
import { requiredLabels, selectsEverything } from '../../model/selectors.ts';
import type { NamespaceFacts } from '../../view/cluster-view.ts';
import { eachSelectedBy } from '../../view/namespace-index.ts';
import type { AllowRule } from '../local/allow-rule.ts';
import type { LocalNamespace } from '../local/local-namespace.ts';
import { isClosed } from '../local/namespace-egress.ts';
import type { IngressRoute } from '../local/resolve-routes.ts';
import { type Advice, additionIn } from '../local/suggested-routes.ts';
import { denialSeenFrom, type Obstacle, obstacles, portsUnclear } from '../platform/membership.ts';
import { trusts } from '../platform/trust.ts';
import type { Compilation } from './compilation.ts';
import { mirrorsFrom } from './mirrors.ts';

/** The namespaces that a route lets in and whose egress does not lead to it. */
export interface ClosedSources {
  /** Their names, and why: the rest of a sentence about the route. */
  readonly why: string;
  readonly obstacle: Obstacle;
  /** What to do about the first one, if its guardrails would accept it. */
  readonly advice?: Advice;
}

/** A route that lets in more namespaces does not check each of them: checking thousands for every such route would take long. */
const maxSources = 200;
const maxNamed = 3;

/**
 * Finds the namespaces that a route lets in without effect, because of the most serious obstacle; `undefined` if there are none.
 */
export function closedSources(
  run: Compilation,
  here: LocalNamespace,
  { route, allowRule, isWide }: IngressRoute,
): ClosedSources | undefined {
  const isMirrored = !isWide || trusts(run.spec, here.facts);
  if (!isMirrored && !selectsByLabels(route)) return undefined;
  const sources = Iterator.from(sourcesOf(run, allowRule))
    .take(maxSources + 1)
    .toArray();
  if (sources.length > maxSources) return undefined;
  const closed = sources
    .filter((facts) => facts.name !== here.facts.name)
    .sort((a, b) => compareText(a.name, b.name))
    .flatMap((facts) => closedSource(run, here, allowRule, facts) ?? []);
  const describe = (obstacle: Obstacle): readonly ClosedSources[] => {
    const each = closed.filter((source) => source.obstacle === obstacle);
    const guarded = each.filter(({ violation }) => violation !== undefined);
    // Only guardrails close what is mirrored.
    const undeclared = isMirrored ? [] : each.filter(({ violation }) => violation === undefined);
    const why = describeClosed(guarded, undeclared);
    if (why === undefined) return [];
    if (obstacle === 'PortsUnclear')
      return [{ why: `whether the egress of ${namesOf(each)} leads here ${portsUnclear}`, obstacle }];
    const [first] = undeclared;
    const advice = first && adviceFor(here, route, allowRule, run.local(first.facts));
    const when = obstacle === 'Now' ? '' : 'once dry runs are enforced, ';
    return [{ why: `${when}${why}`, obstacle, ...(advice && { advice }) }];
  };
  return obstacles.flatMap(describe)[0];
}

/** A route that lets in everyone does not depend on each namespace. */
function selectsByLabels({ from }: Route): boolean {
  const selector = 'namespace' in from ? from.namespace.selector : undefined;
  return selector !== undefined && requiredLabels(selector) !== undefined;
}

/** The namespaces in the peers of an ingress rule, each once. */
function* sourcesOf({ view }: Compilation, { rule }: AllowRule): Iterable<NamespaceFacts> {
  const seen = new Set<string>();
  for (const peer of rule.peers) {
    const selector = namespaceSelectorOf(peer);
    if (selector === undefined) continue;
    for (const facts of eachSelectedBy(view, selector)) {
      if (!seen.has(facts.name)) yield facts;
      seen.add(facts.name);
    }
  }
}

/** A namespace whose egress does not lead to the route. */
interface ClosedSource {
  readonly facts: NamespaceFacts;
  readonly obstacle: Obstacle;
  /** The objection of its guardrails to the egress rule, if they do not allow it. */
  readonly violation: string | undefined;
}

function closedSource(
  run: Compilation,
  { facts: here, membership }: LocalNamespace,
  allowRule: AllowRule,
  facts: NamespaceFacts,
): ClosedSource | undefined {
  const there = run.local(facts);
  const denial = denialSeenFrom(membership, there.membership);
  if (denial === undefined || facts.terminating) return undefined;
  const { contain, mayContain } = portCoverAt(run.view.pods?.get(here.name), allowRule.pods);
  const closedMirrors = mirrorsFrom(here.name, allowRule, facts.labels).filter((mirror) =>
    isEgressClosed(there, mirror, here, contain),
  );
  if (closedMirrors.length === 0) return undefined;
  const mayBeOpen = !closedMirrors.some((mirror) => isEgressClosed(there, mirror, here, mayContain));
  const obstacle = mayBeOpen ? 'PortsUnclear' : denial;
  const [violation] = closedMirrors.flatMap((mirror) => there.guardrails?.provenViolation(mirror) ?? []);
  return { facts, obstacle, violation: violation && there.guardrails?.describeViolation(violation) };
}

function describeClosed(
  guarded: readonly ClosedSource[],
  undeclared: readonly ClosedSource[],
): string | undefined {
  const [firstGuarded] = guarded;
  const reasons = [
    undeclared.length > 0 &&
      `the egress of ${namesOf(undeclared)} is Restricted and does not lead here: a profile there has to allow it`,
    firstGuarded &&
      `the egress of ${namesOf(guarded)} is Restricted, and guardrails do not let it lead here: ${firstGuarded.violation}`,
  ].filter((each) => typeof each === 'string');
  return reasons.length === 0 ? undefined : reasons.join('; ');
}

function namesOf(sources: readonly ClosedSource[]): string {
  return quoteSome(
    sources.map(({ facts }) => facts.name),
    maxNamed,
  );
}

function isEgressClosed(
  there: LocalNamespace,
  { pods, rule }: AllowRule,
  here: NamespaceFacts,
  contain: PortComparison,
): boolean {
  const { egress, facts, profiles } = there;
  if (egress.mode !== 'Restricted' || !isClosed(egress, rule, facts.name)) return false;
  const egressRoutes = profiles.flatMap(({ routes }) => routes).filter((route) => route.kind === 'egress');
  return !egressRoutes.some(
    ({ sources, rules }) =>
      rules.ok &&
      asksNoMore(sources, pods) &&
      rules.value.some((other) => contain(other.ports, rule.ports) && ruleReaches(other, rule, here)),
  );
}

/** Whether a rule there leads to all pods that are let in here. */
function ruleReaches(other: Rule, { peers: [wanted] }: Rule, { labels }: NamespaceFacts): boolean {
  const pods = 'ipBlock' in wanted ? undefined : wanted.podSelector;
  return other.peers.some(
    (peer) => !('ipBlock' in peer) && selectsNamespace(peer, labels) && asksNoMore(peer.podSelector, pods),
  );
}

function adviceFor(
  { facts: { name } }: LocalNamespace,
  route: Route,
  { pods, rule }: AllowRule,
  there: LocalNamespace,
): Advice {
  const sources = 'namespace' in route.from ? route.from.namespace.pods : undefined;
  const destinations = selectsEverything(pods) ? {} : { pods };
  const lacking = {
    name: route.name,
    from: { pods: sources ?? {} },
    to: { namespace: { name, ...destinations } },
    // Ports of a `service` are translated here: in the other namespace they are the pods' ports.
    ports: writtenPorts(rule.ports),
  };
  const profileName = suggestedName('to', name, route.name);
  return additionIn(there, { route: lacking, profileName, reader: name });
}
