// Guardrails: whether the routes of a namespace stay within what a rule of the platform profile allows. A route is judged by what its
// compiled rule reaches, not by its keyword. Must not know policies, nor the egress mode.

import type { NamespaceRule } from '../../api/namespace-rule.ts';
import { addressesOf, addressSets, noAddresses } from '../../model/address-set.ts';
import type { Peer, Rule } from '../../model/network-policy.ts';
import { compareText } from '../../model/object-key.ts';
import { addressesIn } from '../../model/reach.ts';
import { arePeersCovered } from '../../model/rule-cover.ts';
import { asksNoMore } from '../../model/selector-order.ts';
import { type LabelSelector, nameLabel, nameOf } from '../../model/selectors.ts';
import { endOf, type RouteEndName } from '../../routes/index.ts';
import { type EndProblem, type RouteContext, type RouteSide, routeSides } from '../../routes/route-end.ts';
import { listWords } from '../../routes/schema/constraint.ts';
import type { ProfileFacts } from '../../view/cluster-view.ts';
import type { AllowRule } from './allow-rule.ts';
import { type Doubts, GuardedSide, isMostOfTheInternet } from './guarded-addresses.ts';
import { fieldAt, type MissingFact, type ResolvedRoute } from './resolve-routes.ts';

/** What a rule of the platform profile allows the routes of a namespace; `undefined` if it sets no limit. */
export function guardrailsOf(rule: NamespaceRule | undefined, context: RouteContext): Guardrails | undefined {
  return rule?.allow === undefined ? undefined : new Guardrails(rule.name, rule.allow, context);
}

/** A profile with its resolved routes. */
export interface GuardedProfile {
  readonly profile: Pick<ProfileFacts, 'name' | 'created'>;
  readonly routes: readonly ResolvedRoute[];
}

/** What one rule of the platform profile allows the routes of one namespace. */
export class Guardrails {
  readonly #rule: string;
  readonly #ends: ReadonlySet<RouteEndName>;
  readonly #sides: Readonly<Record<RouteSide, GuardedSide>>;
  readonly #context: RouteContext;

  constructor(
    rule: string,
    { ends, cidrs = [] }: NonNullable<NamespaceRule['allow']>,
    context: RouteContext,
  ) {
    this.#rule = rule;
    this.#ends = new Set(ends);
    const allowance = { ends: this.#ends, cidrs: addressesOf(cidrs) };
    this.#sides = {
      from: new GuardedSide('from', allowance, context),
      to: new GuardedSide('to', allowance, context),
    };
    this.#context = context;
  }

  /** The routes of a namespace, profile by profile, with those refused that reach further than is allowed. */
  check<P extends GuardedProfile>(profiles: readonly P[]): readonly P[] {
    const checked = changeRoutes(profiles, (route) => this.#checkRoute(route));
    const inOrder = checked
      .toSorted(({ profile: a }, { profile: b }) => byAge(a, b))
      .flatMap(({ routes }) => routes.toSorted((a, b) => compareText(a.route.name, b.route.name)));
    const together = new Map(
      routeSides.flatMap((side) =>
        this.#refusedTogether(inOrder, side).map((route) => [route, side] as const),
      ),
    );
    return changeRoutes(checked, (route) => {
      const side = together.get(route);
      if (side === undefined) return route;
      return this.#refuse(route, { end: 'anywhere', side }, 'with other ranges of the namespace');
    });
  }

  /**
   * The end that an allow rule counts as and that is not allowed, whatever its origin and keyword; `undefined` if it is
   * allowed, or if too little is known to decide. Ranges are judged by themselves, not together with others.
   */
  provenViolation({ direction, pods, rule }: AllowRule): RouteEndName | undefined {
    const side = direction === 'Ingress' ? 'from' : 'to';
    return this.#violationOfRules(side, 'cidr', [rule]) ?? this.#violationOfPods('pods', pods);
  }

  /** The objection to a route by itself, if there is one; a route that can't be resolved is judged by its keywords. */
  objectionTo(resolved: ResolvedRoute): EndProblem | undefined {
    const judged = resolved.kind === 'refused' ? this.#judgeByKeywords(resolved) : this.#checkRoute(resolved);
    return judged?.kind === 'refused' ? judged.problem : undefined;
  }

  #judgeByKeywords(resolved: ResolvedRoute): ResolvedRoute | undefined {
    const outside = routeSides.filter((side) => endOf(resolved.route[side]).end.pods === undefined);
    const violation = outside
      .map((side) => ({ end: nameAt(resolved, side), side }))
      .find(({ end }) => !this.#allows(end, 'anywhere'));
    return violation && this.#refuse(resolved, violation);
  }

  /** As a sentence: which end is not allowed, and which are. */
  describeViolation(violation: RouteEndName): string {
    return `rule \`${this.#rule}\` of the platform profile does not allow \`${violation}\`: it allows ${this.#allowed}`;
  }

  /** A route by itself. */
  #checkRoute(resolved: ResolvedRoute): ResolvedRoute {
    if (resolved.kind === 'refused') return resolved;
    const violation = routeSides
      .map((side) => ({ side, end: this.#violationAt(side, resolved) }))
      .find(isViolation);
    if (violation !== undefined) return this.#refuse(resolved, violation);
    const side = this.#sides[sideOf(resolved)];
    const doubts = side.doubtsAbout(side.unnamedReachOf(rulesOf(resolved)));
    return doubts.fields.length === 0 || resolved.missingFact !== undefined
      ? resolved
      : { ...resolved, missingFact: this.#missingFact(resolved, doubts) };
  }

  /** The end that one side of a route counts as and that is not allowed. */
  #violationAt(side: RouteSide, resolved: OpenRoute): RouteEndName | undefined {
    const end = nameAt(resolved, side);
    if (resolved.kind === 'ingress') {
      const { rule, pods } = resolved.allowRule;
      return side === 'from' ? this.#violationOfRules(side, end, [rule]) : this.#violationOfPods(end, pods);
    }
    return side === 'from' ? this.#violationOfPods(end, resolved.sources) : this.#violationOfEgress(resolved);
  }

  /**
   * The routes whose ranges, together with those before them, cover most of the internet. Older routes stay, whatever newer ones add.
   */
  #refusedTogether(inOrder: readonly ResolvedRoute[], side: RouteSide): readonly ResolvedRoute[] {
    const ranges = inOrder
      .filter((route) => route.kind !== 'refused' && sideOf(route) === side)
      .map((route) => ({ route, rest: addressesIn(this.#sides[side].unnamedReachOf(rulesOf(route)).proven) }))
      .filter(({ rest }) => !addressSets.isEmpty(rest));
    const refused: ResolvedRoute[] = [];
    let staying = noAddresses;
    for (const { route, rest } of ranges) {
      const together = addressSets.union(staying, rest);
      if (isMostOfTheInternet(together)) refused.push(route);
      else staying = together;
    }
    return refused;
  }

  #refuse({ route }: ResolvedRoute, { end, side }: Violation, how?: string): ResolvedRoute {
    const what = how === undefined ? `it reaches \`${end}\`` : `together ${how} it reaches \`${end}\``;
    const message = `${what}, which rule \`${this.#rule}\` of the platform profile does not allow: it allows ${this.#allowed}`;
    // `cidr` in `allow.ends` would allow every range.
    const addition = end === 'cidr' ? 'these addresses to `allow.cidrs`' : `\`${end}\` to \`allow.ends\``;
    const hint = `ask a platform engineer, who would have to add ${addition} of this rule`;
    return {
      route,
      kind: 'refused',
      problem: { state: 'Rejected', reason: 'BeyondGuardrails', message, hint, at: fieldAt(route, side) },
    };
  }

  /** A range may contain unknown addresses: a rule must not be wider because of that. */
  #missingFact(resolved: OpenRoute, { ends, fields }: Doubts): MissingFact {
    const which = ends.length === 0 ? 'what' : `${listWords(ends, 'or')}, which`;
    const unknown = listWords(
      fields.map((field) => `spec.${field}`),
      'and',
    );
    const message = `it may reach ${which} rule \`${this.#rule}\` of the platform profile does not allow: that is unknown until a platform engineer sets ${unknown}; rules that are already enforced stay`;
    const at = fieldAt(resolved.route, sideOf(resolved));
    return {
      problem: { state: 'Pending', reason: 'ClusterRangesUnknown', message, at },
      matchBy: 'SameRule',
    };
  }

  /** An egress route that can't be resolved is judged by its keyword. */
  #violationOfEgress(
    resolved: Extract<ResolvedRoute, { readonly kind: 'egress' }>,
  ): RouteEndName | undefined {
    const end = nameAt(resolved, 'to');
    if (resolved.rules.ok) return this.#violationOfRules('to', end, resolved.rules.value);
    return this.#allows(end, 'anywhere') ? undefined : end;
  }

  #violationOfRules(side: RouteSide, end: RouteEndName, rules: readonly Rule[]): RouteEndName | undefined {
    const checked = this.#sides[side];
    const reached = [
      ...rules.flatMap(({ peers }) =>
        peers.map((peer) => ('ipBlock' in peer ? undefined : this.#violationOfPeer(side, end, peer))),
      ),
      checked.endReachedBy(checked.unnamedReachOf(rules)),
    ].find((each) => each !== undefined);
    // The keyword explains it best if it is not allowed itself; but `cidr` may be any of them.
    return reached === undefined || end === 'cidr' || this.#allows(end) ? reached : end;
  }

  #violationOfPeer(
    side: RouteSide,
    end: RouteEndName,
    peer: Exclude<Peer, { readonly ipBlock: object }>,
  ): RouteEndName | undefined {
    const { namespaceSelector, podSelector = {} } = peer;
    if (this.#allows('cluster', 'anywhere')) return undefined;
    if (namespaceSelector === undefined) return this.#violationOfPods(end, podSelector);
    if (matchesWithoutLabels(namespaceSelector)) return 'cluster';
    if (this.#allows('namespace')) return undefined;
    const { ingressControllers, monitoring, controlPlane, namespace } = this.#context;
    const declared = [
      ...(this.#allows('ingressController') ? ingressControllers.flatMap(({ peers = [] }) => peers) : []),
      ...(this.#allows('monitoring') ? monitoring.flatMap(({ peers = [] }) => peers) : []),
      // The konnectivity pods call in; the API server itself is no pod that could receive connections.
      ...(side === 'from' && this.#allows('kubernetesAPI') ? controlPlane : []),
    ];
    if (arePeersCovered(peer, declared)) return undefined;
    return nameOf(namespaceSelector) === namespace
      ? this.#violationOfPods('namespace', podSelector)
      : 'namespace';
  }

  /** Pods of the own namespace. */
  #violationOfPods(end: RouteEndName, selector: LabelSelector): RouteEndName | undefined {
    if (this.#allows('pods', 'cluster', 'anywhere')) return undefined;
    const { appLabel, services } = this.#context;
    const isApp = requiresLabel(selector, appLabel);
    const isService = [...services.values()].some(
      ({ selector: behind }) => behind !== undefined && asksNoMore({ matchLabels: behind }, selector),
    );
    if ((isApp && this.#allows('app')) || (isService && this.#allows('service'))) return undefined;
    return end;
  }

  get #allowed(): string {
    return listWords([...this.#ends], 'and');
  }

  #allows(...ends: readonly RouteEndName[]): boolean {
    return ends.some((end) => this.#ends.has(end));
  }
}

/** A route that would open something. */
type OpenRoute = Exclude<ResolvedRoute, { readonly kind: 'refused' }>;

/** An end that is not allowed, and where it is reached. */
interface Violation {
  readonly side: RouteSide;
  readonly end: RouteEndName;
}

function isViolation(found: {
  readonly side: RouteSide;
  readonly end: RouteEndName | undefined;
}): found is Violation {
  return found.end !== undefined;
}

function changeRoutes<P extends GuardedProfile>(
  profiles: readonly P[],
  change: (route: ResolvedRoute) => ResolvedRoute,
): readonly P[] {
  return profiles.map((each) => ({ ...each, routes: each.routes.map(change) }));
}

/** The oldest first; a profile that is only in a file is about to be created. */
function byAge(a: GuardedProfile['profile'], b: GuardedProfile['profile']): number {
  const last = '~';
  return compareText(a.created ?? last, b.created ?? last) || compareText(a.name, b.name);
}

/** The side at which a route leaves the namespace. */
function sideOf({ kind }: OpenRoute): RouteSide {
  return kind === 'ingress' ? 'from' : 'to';
}

/** What a route allows at that side, as far as it is known. */
function rulesOf(resolved: ResolvedRoute): readonly Rule[] {
  if (resolved.kind === 'refused') return [];
  if (resolved.kind === 'ingress') return [resolved.allowRule.rule];
  return resolved.rules.ok ? resolved.rules.value : [];
}

function nameAt({ route }: ResolvedRoute, side: RouteSide): RouteEndName {
  return endOf(route[side]).end.name as RouteEndName;
}

/** Whether a namespace needs no label for it: every namespace has a name, and one without a label can't be excluded by it. */
function matchesWithoutLabels({ matchLabels = {}, matchExpressions = [] }: LabelSelector): boolean {
  return (
    Object.keys(matchLabels).length === 0 &&
    matchExpressions.every(
      ({ key, operator }) =>
        operator === 'NotIn' || operator === 'DoesNotExist' || (operator === 'Exists' && key === nameLabel),
    )
  );
}

function requiresLabel({ matchLabels = {}, matchExpressions = [] }: LabelSelector, label: string): boolean {
  return (
    Object.hasOwn(matchLabels, label) ||
    matchExpressions.some(
      ({ key, operator, values = [] }) => key === label && operator === 'In' && values.length === 1,
    )
  );
}
