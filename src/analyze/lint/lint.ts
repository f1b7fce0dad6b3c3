// The linter of NetworkPolicies: a list of checks, each of which looks for one kind of mistake. Pure.
// It takes policies of any author and must not know profiles.
import type { Finding } from '../../model/findings.ts';
import { compareText } from '../../model/object-key.ts';
import type { AnalysisInput } from '../facts.ts';
import type { LintCheck } from './check.ts';
import { entranceIsClosed } from './closed-entrances.ts';
import { hostNetworkIsNotReached, isolatesByAccident, namespaceIsOpen } from './isolated-pods.ts';
import { type Entrance, LintContext, type LintScope } from './lint-context.ts';
import { directionsAreMixed } from './mixed-directions.ts';
import { partNeverMatches, portIsEmpty, rulesAreIgnored } from './no-effect.ts';
import { cidrIsNotCanonical } from './old-cidrs.ts';
import { otherSideDenies } from './other-side.ts';
import { policyIsRedundant, ruleIsRedundant } from './redundant.ts';
import { labelsSelectEveryPod } from './selects-every-pod.ts';
import { peerSelectsNothing, policySelectsNothing, serviceSelectsNothing } from './selects-nothing.ts';
import { blockIsService } from './service-addresses.ts';
import { portIsNotFollowed } from './unfollowed-ports.ts';
import { portsLeadNowhere } from './unserved-ports.ts';
import { blockCoversPods, emptyPeersMeanEveryone, everyoneIsAllowed } from './wide-peers.ts';

/** Every check. A new one is a function and a line here. */
const checks: readonly LintCheck[] = [
  policySelectsNothing,
  peerSelectsNothing,
  serviceSelectsNothing,
  labelsSelectEveryPod,
  portsLeadNowhere,
  portIsNotFollowed,
  rulesAreIgnored,
  portIsEmpty,
  partNeverMatches,
  cidrIsNotCanonical,
  policyIsRedundant,
  ruleIsRedundant,
  namespaceIsOpen,
  isolatesByAccident,
  hostNetworkIsNotReached,
  emptyPeersMeanEveryone,
  everyoneIsAllowed,
  blockCoversPods,
  blockIsService,
  otherSideDenies,
  directionsAreMixed,
  entranceIsClosed,
];

/** The checks of what a rule names, which matter even if nothing denies its traffic. */
const checksOfEnds: readonly LintCheck[] = [
  policySelectsNothing,
  peerSelectsNothing,
  labelsSelectEveryPod,
  portsLeadNowhere,
];

/** Lints what the rules of policies name, and not their effect. The same order as `lint`. */
export function lintEnds(input: AnalysisInput, scope: LintScope): readonly Finding[] {
  return run(checksOfEnds, new LintContext(input, scope, []));
}

/**
 * Lints policies against the known pods and Services. Ordered by namespace, name, path and code, independent of the order
 * of the input; what is not known (no pod in a namespace, no port on a container) is not checked.
 *
 * @param entrances what leads to Services from outside
 */
export function lint(
  input: AnalysisInput,
  scope: LintScope = 'the cluster',
  entrances: readonly Entrance[] = [],
): readonly Finding[] {
  return run(checks, new LintContext(input, scope, entrances));
}

function run(list: readonly LintCheck[], context: LintContext): readonly Finding[] {
  return list.flatMap((check) => check(context)).sort(compareFindings);
}

function compareFindings(a: Finding, b: Finding): number {
  return (
    compareText(placeOf(a), placeOf(b)) ||
    compareText(a.subject.kind, b.subject.kind) ||
    compareText(a.subject.name, b.subject.name) ||
    compareText(a.path ?? '', b.path ?? '') ||
    compareText(a.code, b.code) ||
    compareText(a.message, b.message)
  );
}

function placeOf({ subject }: Finding): string {
  return subject.namespace ?? subject.name;
}
