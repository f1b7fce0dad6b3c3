// The other side's word on a way in: whether the namespaces that it lets in by their labels let themselves out.
// By name it opens their egress itself; by labels that is theirs to say. It is status only; it changes no policy.
import type { NamespaceFacts } from '../api/cluster-view.ts';
import type { Route } from '../api/route.ts';
import type { Rule } from '../model/network-policy.ts';
import { compareText } from '../model/object-key.ts';
import { writtenPorts } from '../model/policy-ports.ts';
import { portsContain } from '../model/port-cover.ts';
import { asksNoMore } from '../model/selector-order.ts';
import { requiredLabels, selects, selectsEverything } from '../model/selectors.ts';
import type { Compilation, PlainNamespace } from './compilation.ts';
import { isClosed } from './egress.ts';
import { mirrorsFrom } from './mirrors.ts';
import { eachSelectedBy } from './namespace-index.ts';
import type { Opening } from './openings.ts';
import type { WayIn } from './plain-routes.ts';
import { suggestedName, suggestProfile } from './suggestion.ts';
import { trusts } from './trust.ts';

/** Namespaces that a route lets in and that do not let themselves out. */
export interface ClosedSources {
  /** The first of them, sorted. */
  readonly names: readonly string[];
  /** The profile to add in the first one, as YAML. */
  readonly suggestion: string;
}

/** Who lets in more does not wait for each of them, and to look at thousands for every such route would take long. */
const mostWaitedFor = 200;
const mostTold = 3;

/** Finds the namespaces that a route lets in by their labels in vain; `undefined` where there are none. */
export function closedSources(
  run: Compilation,
  here: PlainNamespace,
  route: Route,
  { opening, isWide }: WayIn,
): ClosedSources | undefined {
  const selector = 'namespace' in route.from ? route.from.namespace.selector : undefined;
  // Nor does who lets in everybody.
  if (!isWide || selector === undefined || requiredLabels(selector) === undefined) return undefined;
  if (trusts(run.spec, here.facts)) return undefined;
  const letIn = firstOf(eachSelectedBy(run.view, selector), mostWaitedFor + 1);
  if (letIn.length > mostWaitedFor) return undefined;
  const closed = letIn
    .filter((facts) => facts.name !== here.facts.name && isShutIn(run, here, opening, facts))
    .sort((a, b) => compareText(a.name, b.name))
    .slice(0, mostTold);
  const [first] = closed;
  if (first === undefined) return undefined;
  return { names: closed.map(({ name }) => name), suggestion: suggestionFor(here, route, opening, first) };
}

function firstOf<T>(all: Iterable<T>, count: number): readonly T[] {
  const first: T[] = [];
  for (const each of all) {
    if (first.length === count) break;
    first.push(each);
  }
  return first;
}

function isShutIn(
  run: Compilation,
  { facts: here }: PlainNamespace,
  opening: Opening,
  facts: NamespaceFacts,
): boolean {
  const there = run.plain(facts);
  return mirrorsFrom(here.name, opening, facts.labels).some((way) => isShut(there, way, here));
}

function isShut(there: PlainNamespace, { pods, rule }: Opening, here: NamespaceFacts): boolean {
  const { membership, egress, facts, profiles } = there;
  if (!membership.inside || membership.enforcement !== 'Enforce' || facts.terminating) return false;
  if (egress.mode !== 'Restricted' || !isClosed(egress, rule, facts.name)) return false;
  const ways = profiles.flatMap(({ routes }) => routes).filter((route) => route.kind === 'out');
  return !ways.some(
    ({ sources, rules }) =>
      rules.ok && asksNoMore(sources, pods) && rules.value.some((other) => isLeading(other, rule, here)),
  );
}

/** Whether a rule there leads to all that is let in here. */
function isLeading(other: Rule, { peers: [wanted], ports }: Rule, { labels }: NamespaceFacts): boolean {
  const pods = 'ipBlock' in wanted ? undefined : wanted.podSelector;
  return (
    portsContain(other.ports, ports) &&
    other.peers.some(
      (peer) =>
        !('ipBlock' in peer) &&
        peer.namespaceSelector !== undefined &&
        selects(peer.namespaceSelector, labels) &&
        asksNoMore(peer.podSelector, pods),
    )
  );
}

function suggestionFor(
  { facts: { name } }: PlainNamespace,
  route: Route,
  { pods, rule }: Opening,
  { name: there }: NamespaceFacts,
): string {
  const sources = 'namespace' in route.from ? route.from.namespace.pods : undefined;
  const destinations = selectsEverything(pods) ? {} : { pods };
  return suggestProfile(there, suggestedName('to', name, route.name), {
    name: route.name,
    from: { pods: sources ?? {} },
    to: { namespace: { name, ...destinations } },
    // Those of a `service` are translated here: there they are the pods'.
    ports: writtenPorts(rule.ports),
  });
}
