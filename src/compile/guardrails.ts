// Guardrails: whether the routes of a namespace stay within what a rule of the platform profile allows. What counts is what a
// compiled rule reaches, not the word for it. Must not know policies, nor how strict egress is.
import type { NamespaceRule } from '../api/namespace-rule.ts';
import { type AddressSet, addressesOf, countAddresses, uniteAddresses } from '../model/address-set.ts';
import type { Peer } from '../model/network-policy.ts';
import { arePeersCovered } from '../model/rule-cover.ts';
import { asksNoMore } from '../model/selector-order.ts';
import { type LabelSelector, nameLabel, nameOf } from '../model/selectors.ts';
import { endOf, type RouteEndName } from '../routes/index.ts';
import type { Side, Surroundings } from '../routes/route-end.ts';
import { listWords } from '../routes/schema/constraint.ts';
import {
  type Allowance,
  addressesAmong,
  isMostOfTheInternet,
  reachedBy,
  restOf,
  unknownTerritories,
} from './guarded-addresses.ts';
import type { PlainRoute } from './plain-routes.ts';

/** The routes of a namespace, profile by profile, those that reach further than `rule` allows refused. */
export function guarded(
  profiles: readonly (readonly PlainRoute[])[],
  rule: NamespaceRule | undefined,
  around: Surroundings,
): readonly (readonly PlainRoute[])[] {
  if (rule?.allow === undefined) return profiles;
  const { ends, cidrs = [] } = rule.allow;
  const allowance = { ends: new Set(ends), cidrs: addressesOf(cidrs.map((cidr) => ({ cidr }))) };
  const judge = new Judge(rule.name, allowance, around);
  const judged = profiles.map((routes) => routes.map((route) => judge.alone(route)));
  const together = new Set((['from', 'to'] as const).flatMap((side) => judge.together(judged.flat(), side)));
  return judged.map((routes) =>
    routes.map((route) =>
      together.has(route) ? judge.refuse(route, 'anywhere', 'with other ranges of the namespace') : route,
    ),
  );
}

/** Judges by one rule. */
class Judge {
  readonly #rule: string;
  readonly #allowance: Allowance;
  readonly #around: Surroundings;

  constructor(rule: string, allowance: Allowance, around: Surroundings) {
    this.#rule = rule;
    this.#allowance = allowance;
    this.#around = around;
  }

  /** A route by itself. */
  alone(plain: PlainRoute): PlainRoute {
    if (plain.kind === 'refused') return plain;
    const beyond =
      plain.kind === 'in'
        ? (this.#peers('from', nameAt(plain, 'from'), plain.opening.rule.peers) ??
          this.#pods(nameAt(plain, 'to'), plain.opening.pods))
        : (this.#pods(nameAt(plain, 'from'), plain.sources) ?? this.#wayOut(plain));
    if (beyond !== undefined) return this.refuse(plain, beyond);
    const side = plain.kind === 'in' ? 'from' : 'to';
    const unknown = unknownTerritories(side, this.#allowance, this.#around);
    return unknown.length === 0 || this.#rest(plain, side).length === 0 ? plain : this.#wait(plain, unknown);
  }

  /**
   * Routes whose ranges come to most of the internet together: the widest of them, until the others don't. Which these are does
   * not hang on their order, nor on the profiles that they stand in.
   */
  together(routes: readonly PlainRoute[], side: Side): readonly PlainRoute[] {
    if (this.#allowance.ends.has('anywhere')) return [];
    const ranges = routes
      .map((route) => ({ route, rest: this.#rest(route, side) }))
      .filter(({ rest }) => rest.length > 0);
    const widths = [...new Set(ranges.map(({ rest }) => width(rest)))].sort((a, b) => (a > b ? -1 : 1));
    for (const narrowest of [undefined, ...widths]) {
      const staying = ranges.filter(({ rest }) => narrowest === undefined || width(rest) < narrowest);
      if (!isMostOfTheInternet(uniteAddresses(...staying.map(({ rest }) => rest)))) {
        return ranges.filter((each) => !staying.includes(each)).map(({ route }) => route);
      }
    }
    return [];
  }

  refuse({ route }: PlainRoute, beyond: RouteEndName, how?: string): PlainRoute {
    const what = how === undefined ? `it reaches \`${beyond}\`` : `together ${how} it reaches \`${beyond}\``;
    const allowed = listWords([...this.#allowance.ends], 'and');
    const message = `${what}, which rule \`${this.#rule}\` of the platform profile does not allow: it allows ${allowed}`;
    return { route, kind: 'refused', problem: { state: 'Rejected', reason: 'BeyondGuardrails', message } };
  }

  /** A range may hold what is not known: a rule must not be wider because of that. */
  #wait({ route }: PlainRoute, unknown: readonly string[]): PlainRoute {
    const fields = listWords(
      unknown.map((field) => `spec.${field}`),
      'and',
    );
    const message = `whether it reaches what rule \`${this.#rule}\` of the platform profile does not allow is not known before this is set by a platform engineer: ${fields}`;
    return { route, kind: 'refused', problem: { state: 'Pending', reason: 'ClusterRangesUnknown', message } };
  }

  /** What is not known is judged by its word. */
  #wayOut(plain: Extract<PlainRoute, { readonly kind: 'out' }>): RouteEndName | undefined {
    const end = nameAt(plain, 'to');
    if (plain.rules.ok)
      return this.#peers(
        'to',
        end,
        plain.rules.value.flatMap(({ peers }) => peers),
      );
    return this.#allows(end, 'anywhere') ? undefined : end;
  }

  #peers(side: Side, end: RouteEndName, peers: readonly Peer[]): RouteEndName | undefined {
    const rest = restOf(addressesAmong(peers), side, this.#allowance, this.#around);
    const reached = [
      ...peers.map((peer) => ('ipBlock' in peer ? undefined : this.#pod(end, peer))),
      reachedBy(rest, side, this.#allowance, this.#around),
    ].find((each) => each !== undefined);
    // The word says it best where it is not allowed itself; but `cidr` may be any of them.
    return reached === undefined || end === 'cidr' || this.#allows(end) ? reached : end;
  }

  #pod(end: RouteEndName, peer: Exclude<Peer, { readonly ipBlock: object }>): RouteEndName | undefined {
    const { namespaceSelector, podSelector = {} } = peer;
    if (this.#allows('cluster', 'anywhere')) return undefined;
    if (namespaceSelector === undefined) return this.#pods(end, podSelector);
    if (isEverybody(namespaceSelector)) return 'cluster';
    if (this.#allows('namespace')) return undefined;
    const { ingressControllers, monitoring, controlPlane, namespace } = this.#around;
    const declared = [
      ...(this.#allows('ingressController') ? ingressControllers.flatMap(({ peers = [] }) => peers) : []),
      ...(this.#allows('monitoring') ? monitoring.flatMap(({ peers = [] }) => peers) : []),
      ...(this.#allows('kubernetesAPI') ? controlPlane : []),
    ];
    if (arePeersCovered(peer, declared)) return undefined;
    return nameOf(namespaceSelector) === namespace ? this.#pods('namespace', podSelector) : 'namespace';
  }

  /** Pods of the own namespace. */
  #pods(end: RouteEndName, selector: LabelSelector): RouteEndName | undefined {
    if (this.#allows('pods', 'cluster', 'anywhere')) return undefined;
    const { appLabel, services } = this.#around;
    const isApp = requiresLabel(selector, appLabel);
    const isService = [...services.values()].some(
      ({ selector: behind }) => behind !== undefined && asksNoMore({ matchLabels: behind }, selector),
    );
    if ((isApp && this.#allows('app')) || (isService && this.#allows('service'))) return undefined;
    return end;
  }

  /** The addresses of a route that only `cidr` allows. */
  #rest(route: PlainRoute, side: Side): AddressSet {
    if (route.kind === 'refused') return [];
    const peers =
      route.kind === 'in' && side === 'from'
        ? route.opening.rule.peers
        : route.kind === 'out' && side === 'to' && route.rules.ok
          ? route.rules.value.flatMap((rule) => rule.peers)
          : [];
    return restOf(addressesAmong(peers), side, this.#allowance, this.#around);
  }

  #allows(...ends: readonly RouteEndName[]): boolean {
    return ends.some((end) => this.#allowance.ends.has(end));
  }
}

function nameAt({ route }: PlainRoute, side: Side): RouteEndName {
  return endOf(route[side]).end.name as RouteEndName;
}

/** Whether no namespace needs a label for it: every one has a name, and who lacks a label has none to be left out by. */
function isEverybody({ matchLabels = {}, matchExpressions = [] }: LabelSelector): boolean {
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

function width(addresses: AddressSet): bigint {
  // A share of IPv6 counts as much as the same share of IPv4.
  return countAddresses(addresses, 4) * 2n ** 96n + countAddresses(addresses, 6);
}
