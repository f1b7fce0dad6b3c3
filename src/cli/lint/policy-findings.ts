// What the analysis finds wrong with policies. A finding about a policy of ours becomes one about the routes that ask for it,
// because nobody edits ours. Must not know how findings are printed, nor how a mistake is found.
import type { PolicyFacts } from '../../analyze/facts.ts';
import { lint, lintEnds } from '../../analyze/lint/lint.ts';
import type { Compiled } from '../../compile/compile.ts';
import type { Finding, FindingCode } from '../../model/findings.ts';
import { allowing } from '../../model/network-policy.ts';
import { formatKey } from '../../model/object-key.ts';
import type { PlatformFacts } from '../../view/cluster-view.ts';
import type { ClusterSnapshot } from '../snapshot/cluster-snapshot.ts';
import { inForce } from '../snapshot/in-force.ts';
import type { LoadedSnapshot } from '../snapshot/load-snapshot.ts';
import type { LintFinding } from '../snapshot/profile-findings.ts';
import { entrancesWithoutRing } from './entrances.ts';
import { findingsOfRoutes, isAboutPart, routeIn, routesByName } from './route-parts.ts';

/** Which other findings report the same mistake in better words. */
const sameMistake: Readonly<Partial<Record<FindingCode, readonly FindingCode[]>>> = {
  SelectsNoPods: ['NeverMatches'],
  PeerSelectsNothing: [
    'NeverMatches',
    'SelectsNoPods',
    'HostNetworkSelected',
    'HostNetworkAmongSelected',
    'NamespaceMissing',
    'SourceMissing',
    'NamespaceMisspelt',
  ],
  OtherSideDenies: ['NotAdmitted', 'PartlyConsented', 'SourceClosed'],
  AllowsEveryone: ['ForeignAllowAll'],
  BlockCoversPods: ['ClusterAddress'],
};

/**
 * The findings about policies that are in force, with DryRun as if it were enforced, and about namespaces that none isolates.
 *
 * @param others the other findings about the snapshot
 * @param compiled what its profiles compile to
 */
export function policyFindings(
  snapshot: LoadedSnapshot,
  others: readonly LintFinding[],
  compiled: Compiled,
): readonly LintFinding[] {
  const { facts } = inForce(snapshot, 'DryRunToo', compiled);
  const policies = new Map(facts.policies.map((policy) => [formatKey(policy), policy]));
  const judge = judgedByPlatform(snapshot, compiled);
  const routes = routesByName(compiled);
  const entrances = entrancesWithoutRing(snapshot.cluster.view(), compiled);
  const scope = snapshot.input ?? 'the cluster';
  const ofPolicies = lint(facts, scope, entrances).flatMap((finding) => {
    const { kind, namespace = '', name } = finding.subject;
    const policy = kind === 'NetworkPolicy' ? policies.get(formatKey({ namespace, name })) : undefined;
    return policy?.owner === undefined ? judge(finding) : findingsOfRoutes(finding, policy, routes);
  });
  const unneeded = new Map(unneededPolicies(compiled).map((policy) => [formatKey(policy), policy]));
  const ofUnneeded = lintEnds({ ...facts, policies: [...unneeded.values()] }, scope).flatMap((finding) => {
    const { namespace = '', name } = finding.subject;
    const policy = unneeded.get(formatKey({ namespace, name }));
    return policy === undefined ? [] : findingsOfRoutes(finding, policy, routes);
  });
  const found = [...ofPolicies, ...ofUnneeded];
  const isEcho = echoesOf([...others, ...found]);
  return once(found.filter((finding) => !isEcho(finding)));
}

/** The rules of routes that no policy needs, as policies: the names in them may be misspelt all the same. */
function unneededPolicies({ namespaces }: Compiled): readonly PolicyFacts[] {
  return namespaces.flatMap(({ namespace, profiles }) =>
    profiles.flatMap(({ profile: { name }, routes }) =>
      routes.flatMap(({ route, unneededRules = [] }) =>
        unneededRules.map((rule, index) => ({
          namespace,
          name: `${name}/${route.name}/${index}`,
          owner: { kind: 'AppNetworkProfile' as const, name },
          origins: [[route.name]],
          spec: allowing(rule.pods, rule.direction, [rule.rule]),
        })),
      ),
    ),
  );
}

const notIsolated: readonly FindingCode[] = ['IngressNotIsolated', 'EgressNotIsolated'];

function selectIt(hint: string): Pick<Finding, 'hint'> {
  return { hint: `select it in \`spec.namespaces\` of the platform profile, or ${hint}` };
}

/** To select a namespace changes nothing while the platform profile is Off. */
function isEnforcedAnywhere(platform: PlatformFacts | undefined): boolean {
  return platform?.decoded.ok === true && platform.decoded.value.spec.enforcement !== 'Off';
}

/** Namespaces that nothing isolates on purpose. */
const leftOpen: readonly (string | undefined)[] = ['Excluded', 'OperatorNamespace'];

/**
 * Judges a finding about a namespace that nothing isolates. Without a platform profile, a namespace with profiles may be ringed
 * elsewhere.
 */
function judgedByPlatform(
  { cluster }: ClusterSnapshot,
  { namespaces }: Compiled,
): (finding: Finding) => readonly Finding[] {
  const { platform, profiles } = cluster.view();
  const compiled = new Map(namespaces.map((each) => [each.namespace, each]));
  const isSelectable = isEnforcedAnywhere(platform);
  return (finding) => {
    const { code, subject, hint } = finding;
    if (!notIsolated.includes(code)) return [finding];
    if (platform === undefined) return profiles.has(subject.name) ? [] : [finding];
    const { outsideReason, enforcement = 'Off' } = compiled.get(subject.name) ?? {};
    if (leftOpen.includes(outsideReason)) return [];
    if (enforcement !== 'Off' && code === 'EgressNotIsolated') return [];
    return [{ ...finding, ...(outsideReason === 'NotSelected' && isSelectable && selectIt(hint)) }];
  };
}

/** Whether a better finding reports the same mistake in the same object. */
function echoesOf(findings: readonly LintFinding[]): (finding: LintFinding) => boolean {
  const bySubject = Map.groupBy(findings, ({ subject }) => JSON.stringify(subject));
  return ({ code, subject, path = '' }) => {
    const better = sameMistake[code] ?? [];
    if (better.length === 0) return false;
    const others = bySubject.get(JSON.stringify(subject)) ?? [];
    return others.some((other) => better.includes(other.code) && isAboutPart(path, other.path ?? ''));
  };
}

const consentMissing: readonly FindingCode[] = ['NotAdmitted', 'PartlyConsented'];

/**
 * The findings without a missing consent for pods that don't exist, and without what to add there for a port that is a mistake: that is
 * not known before the labels and the port are.
 */
export function withoutGuesses(findings: readonly LintFinding[]): readonly LintFinding[] {
  const keyOf = ({ subject, path = '' }: LintFinding) => JSON.stringify([subject, routeIn(path)?.route]);
  const wrongEnds = new Set(
    findings
      .filter(({ code, path = '' }) => code === 'PeerSelectsNothing' && routeIn(path)?.part === 'to')
      .map(keyOf),
  );
  const wrongPorts = new Map(
    findings.filter(({ code }) => code === 'ServicePortMistaken').map((finding) => [keyOf(finding), finding]),
  );
  return findings.flatMap((finding) => {
    if (!consentMissing.includes(finding.code)) return [finding];
    const key = keyOf(finding);
    if (wrongEnds.has(key)) return [];
    const wrongPort = wrongPorts.get(key);
    if (wrongPort === undefined) return [finding];
    const { suggestion: _, ...rest } = finding;
    return [{ ...rest, hint: `first mend the port, see ${wrongPort.code}: ${wrongPort.hint}` }];
  });
}

/** Each finding once: one route may lead to several rules, and the policies of both sides name its ends. */
function once(findings: readonly LintFinding[]): readonly LintFinding[] {
  const keyOf = ({ subject, path = '', message }: LintFinding) => JSON.stringify([subject, path, message]);
  return [...new Map(findings.toReversed().map((finding) => [keyOf(finding), finding])).values()].reverse();
}
