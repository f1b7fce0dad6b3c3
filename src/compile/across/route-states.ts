// The result of a route: its state and its allow rules, which depend on the egress mode here and on the other side.
// Must not know policies: allow-policies.ts merges rules, consent.ts knows the other side.

import type { Route } from '../../api/route.ts';
import { quoteSome } from '../../model/counted.ts';
import type { FindingCode } from '../../model/findings.ts';
import type { Rule } from '../../model/network-policy.ts';
import type { MatchBy } from '../../model/rule-fingerprints.ts';
import type { LabelSelector, Labels } from '../../model/selectors.ts';
import type { Gap } from '../../routes/route-end.ts';
import type { AllowRule } from '../local/allow-rule.ts';
import { type Egress, isClosed } from '../local/namespace-egress.ts';
import type { MissingFact, ResolvedEgress, ResolvedIngress, ResolvedRoute } from '../local/resolve-routes.ts';
import type { ClosedSources } from './closed-sources.ts';
import type { Consent } from './consent.ts';
import type { IngressRoute } from './mirror-caps.ts';
import { mirrorsWithin } from './mirrors.ts';

/** What the compiler makes of one route. */
export interface CompiledRoute {
  readonly route: Route;
  readonly state: 'Active' | 'NotNeeded' | 'Pending' | 'Rejected';
  readonly reason: FindingCode | 'Active';
  readonly message: string;
  /** The YAML that would fix it, if that is known. */
  readonly suggestion?: string;
  /** Its allow rules, also if it only waits for the other side. */
  readonly allowRules: readonly AllowRule[];
  /** Its allow rules must not be written because a fact is missing: they stay if they are enforced, identified by this. */
  readonly withheld?: MatchBy;
}

/** The consent of the namespaces that a route leads to; `undefined` if none has to consent. */
export type AskConsent = (route: Route, egressRoute: ResolvedEgress) => Consent | undefined;

/** The namespaces that a route lets in and whose egress is closed; `undefined` if there are none. */
export type FindClosedSources = (route: Route, ingressRoute: ResolvedIngress) => ClosedSources | undefined;

/** The missing sources of a route; `undefined` if a source exists. */
export type FindMissing = (route: Route) => string | undefined;

/** Where an ingress rule is not mirrored, because it exceeds the limit there; `undefined` if it is mirrored everywhere. */
export type FindCapped = (ingressRoute: IngressRoute) => string | undefined;

/** The namespace that declares a route. */
export interface DeclaringNamespace {
  readonly namespace: string;
  readonly labels: Labels;
  readonly egress: Egress;
  readonly askConsent: AskConsent;
  readonly findClosedSources: FindClosedSources;
  readonly findMissing: FindMissing;
  readonly findCapped: FindCapped;
}

/** The result of a route that is declared at `place`. */
export function compileRoute(resolved: ResolvedRoute, declaredIn: DeclaringNamespace): CompiledRoute {
  const { route } = resolved;
  if (resolved.kind === 'refused') return { route, ...resolved.problem, allowRules: [] };
  return withheld(compileResolved(resolved, declaredIn), resolved.missingFact);
}

/** A connection that is allowed without the route waits for nothing. */
function withheld(compiled: CompiledRoute, missingFact: MissingFact | undefined): CompiledRoute {
  if (missingFact === undefined || compiled.allowRules.length === 0) return compiled;
  const { route, allowRules } = compiled;
  return { route, ...missingFact.problem, allowRules, withheld: missingFact.matchBy };
}

function compileResolved(
  resolved: Exclude<ResolvedRoute, { readonly kind: 'refused' }>,
  declaredIn: DeclaringNamespace,
): CompiledRoute {
  const { route } = resolved;
  if (resolved.kind === 'ingress') {
    const outcome = {
      ...gapOutcome(resolved.gap),
      ...closedSourcesOutcome(declaredIn.findClosedSources(route, resolved)),
      ...missingSourcesOutcome(declaredIn.findMissing(route)),
      ...cappedOutcome(declaredIn.findCapped(resolved)),
    };
    return { route, ...active, ...outcome, allowRules: ingressAllowRules(resolved, declaredIn) };
  }
  return { route, ...egressOutcome(route, resolved, declaredIn) };
}

type RouteOutcome = Omit<CompiledRoute, 'route'>;

const active = { state: 'Active', reason: 'Active', message: 'its rule is written' } as const;

/** Within the namespace, an ingress rule is mirrored as an egress rule. */
function ingressAllowRules(
  { allowRule }: ResolvedIngress,
  { namespace, labels, egress }: DeclaringNamespace,
): readonly AllowRule[] {
  const mirrors = egress.mode === 'Restricted' ? mirrorsWithin(allowRule, labels) : [];
  return [allowRule, ...mirrors.filter(({ rule }) => isClosed(egress, rule, namespace))];
}

function gapOutcome(gap: Gap | undefined): Partial<RouteOutcome> {
  return gap === undefined ? {} : { reason: gap.reason, message: `its rule is written, but ${gap.message}` };
}

/** Its rule is written, whatever the other side does. */
function closedSourcesOutcome(closed: ClosedSources | undefined): Partial<RouteOutcome> {
  if (closed === undefined) return {};
  const { why, suggestion } = closed;
  return {
    reason: 'SourceClosed',
    message: `its rule is written, but ${why}`,
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

/** Its rule is written for the time when the sources exist. */
function missingSourcesOutcome(missing: string | undefined): Partial<RouteOutcome> {
  if (missing === undefined) return {};
  return { reason: 'SourceMissing', message: `its rule is written, but ${missing}` };
}

/** Its rule is written here, and the other namespace has to open the other end. */
function cappedOutcome(capped: string | undefined): Partial<RouteOutcome> {
  if (capped === undefined) return {};
  return { reason: 'MirrorsCapped', message: `its rule is written, but ${capped}` };
}

/** A route that leads elsewhere opens only the egress; somebody else has to let it in there. */
function egressOutcome(
  route: Route,
  egressRoute: ResolvedEgress,
  declaredIn: DeclaringNamespace,
): RouteOutcome {
  const { egress, askConsent } = declaredIn;
  const { rules, sources } = egressRoute;
  // If all egress is open, the destination does not need to be known.
  if (egress.mode !== 'Unrestricted' && !rules.ok) return { ...rules.error, allowRules: [] };
  const allowRules = rules.ok ? egressAllowRules(sources, rules.value, declaredIn) : [];
  const written: RouteOutcome =
    allowRules.length > 0
      ? { ...active, ...gapOutcome(egressRoute.gap), allowRules }
      : { ...egressIsOpen(egress), allowRules };
  return { ...written, ...consentOutcome(askConsent(route, egressRoute), written) };
}

function egressAllowRules(
  pods: LabelSelector,
  rules: readonly Rule[],
  { egress, namespace }: DeclaringNamespace,
): readonly AllowRule[] {
  return rules
    .filter((rule) => isClosed(egress, rule, namespace))
    .map((rule) => ({ direction: 'Egress', pods, rule }));
}

function egressIsOpen({ mode }: Egress): Omit<RouteOutcome, 'allowRules'> {
  const where = mode === 'Unrestricted' ? 'egress is not fenced here' : 'the ring allows that here';
  return {
    state: 'NotNeeded',
    reason: 'EgressOpen',
    message: `${where}: the traffic is allowed without this route`,
  };
}

/** The answer of the other side, if it is not yes: the egress is open all the same, so that no two sides wait for each other. */
function consentOutcome(consent: Consent | undefined, written: RouteOutcome): Partial<RouteOutcome> {
  if (consent === undefined) return {};
  const { all, missing, suggestion } = consent;
  if (all.length === 0) {
    const message = 'the namespace that it leads to does not exist yet';
    return { state: 'Pending', reason: 'NamespaceMissing', message };
  }
  if (missing.length === 0) return {};
  const theyDoNot = `${quoteSome(missing, 5)} ${missing.length === 1 ? 'does' : 'do'} not let it in`;
  const suggested = suggestion === undefined ? {} : { suggestion };
  if (missing.length === all.length) {
    const message = `${theyDoNot}: a profile there has to allow it`;
    return { state: 'Pending', reason: 'NotAdmitted', message, ...suggested };
  }
  const count = `${all.length - missing.length} of ${all.length}`;
  const message = `PartlyConsented ${count}: ${theyDoNot}`;
  return { state: written.state, reason: 'PartlyConsented', message, ...suggested };
}
