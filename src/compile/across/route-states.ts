// The routes of a namespace, each with its result: its state and its allow rules, which depend on the egress mode here and on the
// other side. Must not know policies: allow-policies.ts merges rules, consent.ts knows the other side.

import type { Enforcement } from '../../api/egress.ts';
import type { Route } from '../../api/route.ts';
import { nameSome, quoteSome } from '../../model/counted.ts';
import type { RouteReason } from '../../model/findings.ts';
import type { MatchBy } from '../../model/rule-fingerprints.ts';
import { formatSelector } from '../../model/selector-texts.ts';
import type { ProfileFacts } from '../../view/cluster-view.ts';
import type { AllowRule } from '../local/allow-rule.ts';
import type { LocalNamespace } from '../local/local-namespace.ts';
import { type Egress, isClosed } from '../local/namespace-egress.ts';
import { type EgressRoute, fieldAt, type IngressRoute, type ResolvedRoute } from '../local/resolve-routes.ts';
import { portsUnclear } from '../platform/membership.ts';
import { cappedMirrors } from './capped-mirrors.ts';
import { type ClosedSources, closedSources } from './closed-sources.ts';
import type { Compilation } from './compilation.ts';
import { askConsent, type Consent } from './consent.ts';
import { mirrorsWithin } from './mirrors.ts';
import { missingSources, whyMissing } from './missing-sources.ts';
import { describeMistake, type MistakenPort, mistakenPorts } from './mistaken-ports.ts';
import { hintForRoute } from './route-hints.ts';

/** What the compiler makes of one route. */
export interface CompiledRoute {
  readonly route: Route;
  readonly state: 'Active' | 'NotNeeded' | 'Pending' | 'Rejected';
  readonly reason: RouteReason | 'Active';
  readonly message: string;
  /** What to do next; if there is a suggestion, it follows the hint. Absent if nothing has to be done. */
  readonly hint?: string;
  /** The YAML that would fix it, if that is known. */
  readonly suggestion?: string;
  /** The field of the route that its state is about, as in `to.service`, `ports[1]`; absent: the whole route. */
  readonly at?: string;
  /** The namespaces whose consent is missing. */
  readonly waitsFor?: readonly string[];
  /** Its allow rules, also if it only waits for the other side. */
  readonly allowRules: readonly AllowRule[];
  /** The allow rules that no policy needs, because the ring allows their traffic anyway. */
  readonly unneededRules?: readonly AllowRule[];
  /** Its allow rules must not be written because a fact is missing: they stay if they are enforced, identified by this. */
  readonly withheld?: MatchBy;
}

/** The routes of one profile with their states; none if it doesn't decode. */
export interface ProfileRoutes {
  readonly profile: ProfileFacts;
  readonly routes: readonly CompiledRoute[];
}

/** What the state of a route depends on, besides the route. */
interface Declared {
  readonly run: Compilation;
  /** The namespace that declares the route. */
  readonly here: LocalNamespace;
  /** For each ingress rule that is not mirrored everywhere, where not. */
  readonly capped: ReadonlyMap<IngressRoute, string>;
}

/** The message of a route, and what to do next, unless that only leads over to its suggestion. */
export function messageWithHint({
  message,
  hint,
  suggestion,
}: Pick<CompiledRoute, 'message' | 'hint' | 'suggestion'>): string {
  return hint === undefined || suggestion !== undefined ? message : `${message}; ${hint}`;
}

/** Compiles the routes of a namespace; there are none if nothing is compiled. */
export function compileRoutes(run: Compilation, here: LocalNamespace): readonly ProfileRoutes[] {
  const declared = { run, here, capped: cappedMirrors(run, here) };
  return here.profiles.map(({ profile, routes }) => ({
    profile,
    routes: routes.map((route) => compileRoute(route, declared)),
  }));
}

function compileRoute(resolved: ResolvedRoute, declared: Declared): CompiledRoute {
  const compiled = settle(resolved, declared);
  const { view } = declared.run;
  const hint = compiled.hint ?? hintForRoute({ compiled, namespace: declared.here.facts.name, view });
  return hint === undefined ? compiled : { ...compiled, hint };
}

function settle(resolved: ResolvedRoute, declared: Declared): CompiledRoute {
  const { route } = resolved;
  if (resolved.kind === 'refused') return { route, ...resolved.problem, allowRules: [] };
  const outcome =
    resolved.kind === 'ingress' ? ingressOutcome(resolved, declared) : egressOutcome(resolved, declared);
  const { missingFact } = resolved;
  // A connection that is allowed without the route waits for nothing.
  if (missingFact === undefined || outcome.allowRules.length === 0) return { route, ...outcome };
  return { route, ...missingFact.problem, allowRules: outcome.allowRules, withheld: missingFact.matchBy };
}

type RouteOutcome = Omit<CompiledRoute, 'route'>;

/** Whether the rule of an Active route is written, for people. */
export function writtenIn(enforcement: Enforcement | undefined): string {
  return enforcement === 'DryRun' ? 'its rule would be written' : 'its rule is written';
}

/** What a person should know about a route whose rule is written. */
interface Remark {
  readonly reason: RouteReason;
  readonly text: string | undefined;
  readonly at?: string | undefined;
  readonly hint?: string;
  readonly suggestion?: string;
}

/** The state of a route whose rule is written. @param but of these remarks, the last one counts */
function active(
  { membership: { enforcement } }: LocalNamespace,
  ...but: readonly Remark[]
): Omit<RouteOutcome, 'allowRules'> {
  const written = writtenIn(enforcement);
  const remark = but.findLast(({ text }) => text !== undefined);
  if (remark === undefined) {
    const message = enforcement === 'DryRun' ? `${written}; this is a dry run` : written;
    return { state: 'Active', reason: 'Active', message };
  }
  const { reason, text, at, ...advice } = remark;
  const message = `${written}, but ${text}`;
  return { state: 'Active', reason, message, ...advice, ...(at === undefined ? {} : { at }) };
}

/** Its rule is written, whatever the other side does: of several reasons why it has no effect, the last one counts. */
function ingressOutcome(ingressRoute: IngressRoute, { run, here, capped }: Declared): RouteOutcome {
  const { allowRule, route } = ingressRoute;
  const closed = closedSources(run, here, ingressRoute);
  const from = fieldAt(route, 'from');
  const { pods, rule } = allowRule;
  return {
    ...active(
      here,
      ...gapIn(ingressRoute),
      ...(closed === undefined ? [] : [remarkOn(closed, from)]),
      ...listed(missingSources(run.view, route)).map((missing) => ({ ...missing, at: from })),
      { reason: 'MirrorsCapped', text: capped.get(ingressRoute) },
      // What else is missing depends on the port.
      ...('service' in route.to ? [] : remarksOn(mistakenPorts(run.view, here.facts.name, pods, rule.ports))),
    ),
    allowRules: [allowRule, ...mirrorsOf(allowRule, here)],
  };
}

function listed<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value];
}

function remarkOn({ why, obstacle, advice }: ClosedSources, from: string): Remark {
  const at = obstacle === 'PortsUnclear' ? 'ports' : from;
  return { reason: sourceReasons[obstacle], text: why, at, ...advice };
}

function remarksOn([mistaken]: readonly MistakenPort[]): readonly Remark[] {
  return mistaken?.isCertain !== true
    ? []
    : [
        {
          reason: 'ServicePortMistaken',
          at: 'ports',
          text: `${describeMistake(mistaken)}: policies apply to the pods' ports`,
          hint: `write \`${mistaken.target}\``,
        },
      ];
}

const sourceReasons = {
  Now: 'SourceClosed',
  OnceEnforced: 'ClosedOnceEnforced',
  PortsUnclear: 'PortsUnclear',
} as const;

function gapIn({ gap }: IngressRoute | EgressRoute): readonly Remark[] {
  return gap === undefined ? [] : [{ reason: gap.reason, text: gap.message, at: gap.at }];
}

/** Within the namespace, an ingress rule is mirrored as an egress rule. */
function mirrorsOf(allowRule: AllowRule, { facts, egress }: LocalNamespace): readonly AllowRule[] {
  if (egress.mode !== 'Restricted') return [];
  return mirrorsWithin(allowRule, facts.labels).filter(({ rule }) => isClosed(egress, rule, facts.name));
}

/** A route that leads elsewhere opens only the egress; somebody else has to let it in there. */
function egressOutcome(egressRoute: EgressRoute, { run, here }: Declared): RouteOutcome {
  const { rules, sources } = egressRoute;
  const { egress, facts } = here;
  // If all egress is open, the destination does not need to be known.
  if (egress.mode !== 'Unrestricted' && !rules.ok) return { ...rules.error, allowRules: [] };
  const { closed: allowRules = [], open: unneededRules = [] } = Object.groupBy(
    (rules.ok ? rules.value : []).map((rule): AllowRule => ({ direction: 'Egress', pods: sources, rule })),
    ({ rule }) => (isClosed(egress, rule, facts.name) ? 'closed' : 'open'),
  );
  const state =
    allowRules.length > 0
      ? active(here, ...gapIn(egressRoute), ...remarksOn(mistakenThere(run, egressRoute)))
      : egressIsOpen(egress);
  const written: RouteOutcome = { ...state, allowRules, unneededRules };
  return { ...written, ...consentOutcome(askConsent(run, here, egressRoute), egressRoute, written) };
}

/** Ports of a namespace that the route names. */
function mistakenThere(
  { view }: Compilation,
  { route: { to }, rules }: EgressRoute,
): readonly MistakenPort[] {
  const { name, pods } = 'namespace' in to ? to.namespace : {};
  if (name === undefined || !rules.ok) return [];
  return mistakenPorts(view, name, pods, rules.value[0].ports);
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
function consentOutcome(
  consent: Consent | undefined,
  { route }: EgressRoute,
  written: RouteOutcome,
): Partial<RouteOutcome> {
  if (consent === undefined) return {};
  const { all, missing, obstacle } = consent;
  const { remark = '', ...advice } = consent.advice;
  const at = fieldAt(route, 'to');
  if (all.length === 0) {
    const message = whyMissing('namespace' in route.to ? route.to.namespace.name : undefined);
    return { state: 'Pending', reason: 'NamespaceMissing', message, at };
  }
  if (missing.length === 0) return {};
  const names = quoteSome(missing, 5);
  if (obstacle === 'PortsUnclear') {
    const message = `${written.message}; whether ${names} ${missing.length === 1 ? 'lets' : 'let'} it in ${portsUnclear}`;
    return { reason: 'PortsUnclear', message, at: 'ports' };
  }
  const suggested = { waitsFor: missing, ...advice, at: consent.otherPorts === undefined ? at : 'ports' };
  if (obstacle === 'OnceEnforced') {
    const then = missing.length === 1 ? 'is enforced, it' : 'are enforced, they';
    const only = onlyWhere(consent);
    const how = only === undefined ? 'will not let it in' : `will let it in only ${only}`;
    const message = `${written.message}; once ${names} ${then} ${how}: a profile there has to allow it${remark}`;
    return { reason: 'ClosedOnceEnforced', message, ...suggested };
  }
  const theyDoNot = describeRefusal(names, consent);
  if (missing.length === all.length) {
    const message = `${theyDoNot}: a profile there has to allow it${alternativeTo(consent)}${remark}`;
    return { state: 'Pending', reason: 'NotAdmitted', message, ...suggested };
  }
  const count = `${all.length - missing.length} of ${all.length}`;
  const message = `PartlyConsented ${count}: ${theyDoNot}${remark}`;
  return { state: written.state, reason: 'PartlyConsented', message, ...suggested };
}

/** What the route itself can change. */
function alternativeTo({ otherPorts, fewerPods }: Consent): string {
  if (otherPorts !== undefined) return ', or this route has to name other ports';
  return fewerPods === undefined ? '' : ', or this route has to name these pods';
}

/** As in `to pods with the labels `app=api``; `undefined` if no part of the route is let in. */
function onlyWhere({ fewerPods }: Consent): string | undefined {
  if (fewerPods === undefined) return undefined;
  const { sources, destinations = {}, sides } = fewerPods;
  const pods = { from: sources, to: destinations };
  return sides.map((side) => `${side} pods with the labels ${formatSelector(pods[side])}`).join(' and ');
}

/** As in `pay` does not let it in`, `pay` lets it in on 9000, not on 80`. */
function describeRefusal(names: string, consent: Consent): string {
  const only = onlyWhere(consent);
  if (only !== undefined) return `${names} lets it in only ${only}`;
  const { missing, otherPorts } = consent;
  if (otherPorts === undefined) return `${names} ${missing.length === 1 ? 'does' : 'do'} not let it in`;
  const { admitted, missing: asked = ['every port'] } = otherPorts;
  return `${names} lets it in on ${nameSome(admitted.map(String), 5)}, not on ${nameSome(asked.map(String), 5)}`;
}
