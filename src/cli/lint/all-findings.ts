// Everything that is found in a snapshot: about profiles, their policies, those of others, and namespaces.
// Must not know how findings are printed.
import type { Compiled } from '../../compile/compile.ts';
import type { Finding } from '../../model/findings.ts';
import { missingPods } from '../snapshot/declared-pods.ts';
import { failureFindings } from '../snapshot/failing-namespaces.ts';
import type { LoadedSnapshot } from '../snapshot/load-snapshot.ts';
import { type LintFinding, profileFindings } from '../snapshot/profile-findings.ts';
import { profilesWithoutRing } from '../snapshot/profiles-without-ring.ts';
import { withoutUndiscovered } from '../snapshot/undiscovered.ts';
import { withoutElsewhere } from './namespaces-elsewhere.ts';
import { policyFindings, withoutGuesses } from './policy-findings.ts';
import { routeIn, routesByName } from './route-parts.ts';

/** The findings about a snapshot. */
export interface AllFindings {
  readonly findings: readonly LintFinding[];
  /** Why some of them are left out, for people. */
  readonly notes: readonly string[];
}

/** All findings. @param compiled what the profiles compile to */
export function allFindings(snapshot: LoadedSnapshot, compiled: Compiled): AllFindings {
  const isLive = snapshot.input === undefined;
  const ofCluster = isLive
    ? [...failureFindings(snapshot.cluster), ...withoutMisspelt(missingPods(snapshot), compiled.findings)]
    : [];
  const ofProfiles = [...ofCluster, ...profileFindings(snapshot, compiled)];
  const ofPolicies = policyFindings(snapshot, ofProfiles, compiled);
  const idle = profilesWithoutRing(snapshot, compiled);
  const findings = withoutGuesses([...withoutEchoes(ofProfiles, ofPolicies), ...idle, ...ofPolicies]);
  if (isLive) return { findings, notes: [] };
  const discovered = withoutUndiscovered(findings, snapshot.cluster);
  if (snapshot.elsewhere === undefined) return withNotes(discovered.findings, discovered.note);
  const here = withoutElsewhere(discovered.findings, snapshot.elsewhere, routesByName(compiled));
  return withNotes(here.findings, discovered.note, here.note);
}

function withNotes(findings: readonly LintFinding[], ...notes: readonly (string | undefined)[]): AllFindings {
  return { findings, notes: notes.filter((note) => note !== undefined) };
}

/** Of a misspelt namespace, the finding about its name says what was meant. */
function withoutMisspelt(found: readonly Finding[], others: readonly Finding[]): readonly Finding[] {
  const misspelt = others.flatMap(({ code, path }) => (code === 'NamespaceMisspelt' ? [path] : []));
  return found.filter(({ path }) => !misspelt.includes(`${path}.namespace`));
}

/** Of a mistaken port, the finding about the policies names the very port. */
function withoutEchoes(
  ofProfiles: readonly LintFinding[],
  ofPolicies: readonly LintFinding[],
): readonly LintFinding[] {
  const keyOf = ({ code, subject, path = '' }: LintFinding) =>
    JSON.stringify([code, subject, routeIn(path)?.route]);
  const known = new Set(ofPolicies.filter(({ code }) => code === 'ServicePortMistaken').map(keyOf));
  return ofProfiles.filter((finding) => !known.has(keyOf(finding)));
}
