// What the analysis finds wrong with policies. A finding about a policy of ours becomes one about the routes that ask for it,
// because nobody edits ours. Must not know how findings are printed, nor how a mistake is found.
import type { PolicyFacts } from '../../analyze/facts.ts';
import { lint, lintEnds } from '../../analyze/lint/lint.ts';
import { isolationOf } from '../../analyze/rules.ts';
import type { Compiled } from '../../compile/compile.ts';
import type { Finding, FindingCode } from '../../model/findings.ts';
import { allowing } from '../../model/network-policy.ts';
import { formatKey } from '../../model/object-key.ts';
import type { ClusterSnapshot } from '../snapshot/cluster-snapshot.ts';
import { inForce } from '../snapshot/in-force.ts';
import type { LoadedSnapshot } from '../snapshot/load-snapshot.ts';
import type { LintFinding } from '../snapshot/profile-findings.ts';
import { entrancesWithoutRing } from './entrances.ts';

/** Findings that a route can cause, and which part of it. The operator itself reports routes that repeat others or open much. */
const ofRoutes: Readonly<Partial<Record<FindingCode, 'own end' | 'other end' | 'ports' | 'all of it'>>> = {
  SelectsNoPods: 'own end',
  HostNetworkSelected: 'own end',
  PeerSelectsNothing: 'other end',
  PortNotDeclared: 'ports',
  ServicePortMistaken: 'ports',
  OtherSideDenies: 'all of it',
};

/** Which other findings report the same mistake in better words. */
const sameMistake: Readonly<Partial<Record<FindingCode, readonly FindingCode[]>>> = {
  SelectsNoPods: ['NeverMatches'],
  PeerSelectsNothing: [
    'NeverMatches',
    'SelectsNoPods',
    'HostNetworkSelected',
    'NamespaceMissing',
    'SourceMissing',
    'NamespaceMisspelt',
  ],
  OtherSideDenies: ['NotAdmitted', 'PartlyConsented', 'SourceClosed'],
  AllowsEveryone: ['ForeignAllowAll'],
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
  const entrances = entrancesWithoutRing(snapshot.cluster.view(), compiled);
  const scope = snapshot.input ?? 'the cluster';
  const ofPolicies = lint(facts, scope, entrances).flatMap((finding) => {
    const { kind, namespace = '', name } = finding.subject;
    const policy = kind === 'NetworkPolicy' ? policies.get(formatKey({ namespace, name })) : undefined;
    return policy?.owner === undefined ? judge(finding) : findingsOfRoutes(finding, policy);
  });
  const unneeded = new Map(unneededPolicies(compiled).map((policy) => [formatKey(policy), policy]));
  const ofUnneeded = lintEnds({ ...facts, policies: [...unneeded.values()] }, scope).flatMap((finding) => {
    const { namespace = '', name } = finding.subject;
    const policy = unneeded.get(formatKey({ namespace, name }));
    return policy === undefined ? [] : findingsOfRoutes(finding, policy);
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
  return (finding) => {
    const { code, subject, hint } = finding;
    if (!notIsolated.includes(code)) return [finding];
    if (platform === undefined) return profiles.has(subject.name) ? [] : [finding];
    const { outsideReason, enforcement = 'Off' } = compiled.get(subject.name) ?? {};
    if (leftOpen.includes(outsideReason)) return [];
    if (enforcement !== 'Off' && code === 'EgressNotIsolated') return [];
    if (outsideReason !== 'NotSelected') return [finding];
    return [{ ...finding, hint: `select it in \`spec.namespaces\` of the platform profile, or ${hint}` }];
  };
}

/** A finding about one of our policies, as one about each route that asks for the rule. */
function findingsOfRoutes(finding: Finding, policy: PolicyFacts): readonly LintFinding[] {
  const { owner, origins = [] } = policy;
  const where = ofRoutes[finding.code];
  if (owner?.kind !== 'AppNetworkProfile' || where === undefined) return [];
  const [, direction, rule] = /^spec\.(in|e)gress\[(\d+)\]/.exec(finding.path ?? '') ?? [];
  const blamed = rule === undefined ? origins.flat() : (origins[Number(rule)] ?? []);
  const isIngress =
    direction === undefined ? isolationOf(policy.spec).includes('Ingress') : direction === 'in';
  const part = {
    'own end': isIngress ? '.to' : '.from',
    'other end': isIngress ? '.from' : '.to',
    ports: '.ports',
    'all of it': '',
  }[where];
  return [...new Set(blamed)].map((route) => ({
    ...finding,
    subject: { kind: 'AppNetworkProfile', namespace: policy.namespace, name: owner.name },
    path: `spec.routes[${route}]${part}`,
    message: `route \`${route}\`: ${finding.message}`,
  }));
}

/** Whether a better finding reports the same mistake in the same object. */
function echoesOf(findings: readonly LintFinding[]): (finding: LintFinding) => boolean {
  const bySubject = Map.groupBy(findings, ({ subject }) => JSON.stringify(subject));
  return ({ code, subject, path = '' }) => {
    const better = sameMistake[code] ?? [];
    if (better.length === 0) return false;
    const others = bySubject.get(JSON.stringify(subject)) ?? [];
    return others.some((other) => better.includes(other.code) && path.startsWith(other.path ?? ''));
  };
}

const consentMissing: readonly FindingCode[] = ['NotAdmitted', 'PartlyConsented'];

/**
 * The findings without a missing consent for pods that don't exist, and without what to add there for a port that is a mistake: that is
 * not known before the labels and the port are.
 */
export function withoutGuesses(findings: readonly LintFinding[]): readonly LintFinding[] {
  const keyOf = ({ subject }: LintFinding, path = '') => JSON.stringify([subject, path]);
  const wrongEnds = new Set(
    findings
      .filter(({ code }) => code === 'PeerSelectsNothing')
      .map((finding) => keyOf(finding, finding.path?.replace(/[.]to$/, ''))),
  );
  const wrongPorts = new Map(
    findings
      .filter(({ code }) => code === 'ServicePortMistaken')
      .map((finding) => [keyOf(finding, finding.path?.replace(/[.]ports$/, '')), finding]),
  );
  return findings.flatMap((finding) => {
    if (!consentMissing.includes(finding.code)) return [finding];
    const key = keyOf(finding, finding.path);
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
