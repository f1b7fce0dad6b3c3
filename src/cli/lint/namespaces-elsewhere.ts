// Findings about files that the cluster contradicts: a namespace is missing in the files alone, and the platform profile is not theirs.
// Must not know how a mistake is found, nor how it is printed.
import { quoteSome } from '../../model/counted.ts';
import { nearest } from '../../model/did-you-mean.ts';
import type { FindingCode } from '../../model/findings.ts';
import { compareText, formatKey } from '../../model/object-key.ts';
import { selects } from '../../model/selectors.ts';
import { namespaceScopeOf } from '../../routes/index.ts';
import type { NamespaceElsewhere } from '../snapshot/platform-from-cluster.ts';
import type { LintFinding } from '../snapshot/profile-findings.ts';
import { type RoutesByName, routeIn } from './route-parts.ts';

/** The findings that stay, and why others are left out, for people. */
export interface WithoutElsewhere {
  readonly findings: readonly LintFinding[];
  readonly note: string | undefined;
}

const aboutMissing: readonly FindingCode[] = ['NamespaceMissing', 'SourceMissing', 'NamespaceMisspelt'];

/** More names would hide the note. */
const maxNamed = 5;

/** Leaves out what is missing only in the files, and findings about the platform profile of the cluster. */
export function withoutElsewhere(
  findings: readonly LintFinding[],
  elsewhere: readonly NamespaceElsewhere[],
  routes: RoutesByName,
): WithoutElsewhere {
  const names = elsewhere.map(({ name }) => name);
  const judged = findings
    .filter(({ subject }) => subject.kind !== 'PlatformNetworkProfile')
    .map((finding) => {
      const scope = aboutMissing.includes(finding.code) ? scopeOf(finding, routes) : undefined;
      const found = elsewhere.filter((each) => scope !== undefined && isIn(scope, each));
      return { finding: withNameMeant(finding, scope, names), found: found.map(({ name }) => name) };
    });
  const found = [...new Set(judged.flatMap((each) => each.found))].sort(compareText);
  return {
    findings: judged.filter((each) => each.found.length === 0).map(({ finding }) => finding),
    note: found.length === 0 ? undefined : noteOn(found),
  };
}

/** The namespaces of the end that the finding is about. */
type Scope = Exclude<ReturnType<typeof namespaceScopeOf>, 'declared' | undefined>;

function scopeOf({ subject, path = '' }: LintFinding, routes: RoutesByName): Scope | undefined {
  const { namespace = '', name } = subject;
  const { route: routeName = '', part } = routeIn(path) ?? {};
  const route = routes(formatKey({ namespace, name }), routeName);
  if (route === undefined || (part !== 'from' && part !== 'to')) return undefined;
  const scope = namespaceScopeOf(route[part]);
  return scope === 'declared' ? undefined : scope;
}

function isIn(scope: Scope, { name, labels }: NamespaceElsewhere): boolean {
  return 'name' in scope ? scope.name === name : selects(scope.selector, labels);
}

/** The hint of the files alone is to compare the name with those of the cluster. */
function withNameMeant(
  finding: LintFinding,
  scope: Scope | undefined,
  names: readonly string[],
): LintFinding {
  if (scope === undefined || !('name' in scope) || finding.code === 'NamespaceMisspelt') return finding;
  const meant = nearest(scope.name, names);
  return meant === undefined ? finding : { ...finding, hint: `did you mean \`${meant}\`?` };
}

function noteOn(found: readonly string[]): string {
  const [are, their] = found.length === 1 ? ['is', 'its'] : ['are', 'their'];
  return `${quoteSome(found, maxNamed)} ${are} in the cluster and not in the input: what ${their} profiles allow is not checked; \`ringfence plan\` with the same \`-f\` compares with the whole cluster`;
}
