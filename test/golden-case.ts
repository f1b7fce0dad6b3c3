// One golden folder: what people and the API server wrote (input.yaml), the samples that it shows (samples.yaml, a list of
// paths in config/samples), or both; and the result as texts to compare.
// Objects are read by the reducers that read the API server's. Must not know how texts are compared.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments, stringify } from 'yaml';
import type { CompiledRoute } from '../src/compile/across/route-states.ts';
import { type CompiledNamespace, compile } from '../src/compile/compile.ts';
import { isDecoded, platformAsOwner } from '../src/compile/platform/decoded-platform.ts';
import { formatKey } from '../src/model/object-key.ts';
import { asStored, type WrittenObject } from '../src/objects/as-stored.ts';
import { ClusterFacts } from '../src/objects/cluster-facts.ts';
import type { PolicyChange } from '../src/plan/changes.ts';
import { manifestOf } from '../src/plan/manifest.ts';
import { desiredState, type Plan, plan } from '../src/plan/plan.ts';
import { endOf } from '../src/routes/index.ts';
import type { ClusterView } from '../src/view/cluster-view.ts';

/** The files that a case starts from: at least one is there. */
export const inputFiles = ['samples.yaml', 'input.yaml'] as const;

/** Where samples are. */
export const samplesFolder = join(import.meta.dirname, '../config/samples');

/** The files that a case ends in, by name. */
export type Outcome = Readonly<Record<'policies.yaml' | 'findings.yaml' | 'namespaces.yaml', string>>;

/**
 * The result of the folder's input: every policy that the compiler wants, the state of each namespace with its plan, and the
 * findings of both.
 *
 * @throws if the input is not YAML, or holds an object that nothing reads
 */
export function outcomeOf(folder: string): Outcome {
  const input = readInput(folder);
  const view = input.view();
  const compiled = compile(view);
  const plans = new Map(compiled.namespaces.map((each) => [each.namespace, planOf(each, view, input)]));
  const findings = [
    ...compiled.findings,
    ...[...plans.values()].flatMap((each) => [...each.findings, ...each.transient]),
  ];
  return {
    'policies.yaml': compiled.policies.map((policy) => write(manifestOf(policy))).join('---\n') || '# none\n',
    'findings.yaml': findings.length === 0 ? '# none\n' : write(findings),
    'namespaces.yaml':
      compiled.namespaces.length === 0
        ? '# nothing is compiled\n'
        : write(
            Object.fromEntries(
              compiled.namespaces.map((each) => [each.namespace, formatNamespace(each, plans)]),
            ),
          ),
  };
}

/**
 * What a case shows of routes that are in force, or not needed for all that they say: the egress mode of their namespace, a side
 * and the end that stands there, as in `Restricted from app`.
 */
export function cellsOf(folder: string): readonly string[] {
  return compile(readInput(folder).view()).namespaces.flatMap(({ egress, profiles }) =>
    profiles
      .flatMap(({ routes }) => routes)
      .filter(({ state }) => state === 'Active' || state === 'NotNeeded')
      .flatMap(({ route }) =>
        (['from', 'to'] as const).map((side) => `${egress} ${side} ${endOf(route[side]).end.name}`),
      ),
  );
}

/** The samples that a case shows, as paths in `samplesFolder`. */
export function samplesOf(folder: string): readonly string[] {
  const list = join(folder, inputFiles[0]);
  return existsSync(list) ? (parse(readFileSync(list, 'utf8')) as string[]) : [];
}

function readInput(folder: string): ClusterFacts {
  const own = join(folder, inputFiles[1]);
  const samples = samplesOf(folder).map((path) => join(samplesFolder, path));
  const stores = new ClusterFacts('ringfence-system');
  for (const file of [...samples, ...(existsSync(own) ? [own] : [])]) {
    for (const document of parseAllDocuments(readFileSync(file, 'utf8'))) {
      if (document.errors.length > 0) throw new Error(`${file}: ${document.errors[0]?.message}`);
      const written = document.toJS() as WrittenObject;
      if (!stores.add(asStored(written))) throw new Error(`a case has no place for a ${written.kind}`);
    }
  }
  return stores;
}

/** The plan of an operator that has just started: it keeps nothing isolated. */
function planOf(compiled: CompiledNamespace, { platform }: ClusterView, input: ClusterFacts): Plan {
  if (platform === undefined || !isDecoded(platform)) throw new Error('nothing is planned without a profile');
  return plan({
    namespace: compiled.namespace,
    ...desiredState(compiled),
    actual: input.policiesIn(compiled.namespace),
    transitionOwner: platformAsOwner(platform),
    keptIsolated: [],
    contents: input.contentsIn(compiled.namespace),
  });
}

/** The state of a namespace, the result of its routes, and what its plan does. */
function formatNamespace(compiled: CompiledNamespace, plans: ReadonlyMap<string, Plan>): object {
  const { namespace, outsideReason, enforcement, egress, frozenOwners, frozenMirrors, profiles } = compiled;
  const phases = plans.get(namespace)?.phases ?? [];
  const routes = profiles.flatMap(({ profile, routes: all }) =>
    all.map((compiledRoute) => [`${profile.name}/${compiledRoute.route.name}`, formatRoute(compiledRoute)]),
  );
  return {
    ...(outsideReason === undefined ? { enforcement, egress } : { outside: outsideReason }),
    ...(frozenOwners.size === 0 ? {} : { staysAsItIs: [...frozenOwners].sort() }),
    ...(frozenMirrors.length === 0 ? {} : { mirrorsStayOf: frozenMirrors.map(formatKey) }),
    ...(routes.length === 0 ? {} : { routes: Object.fromEntries(routes) }),
    plan: phases.flatMap(({ purpose, changes }) =>
      changes.map((change) => `${purpose}: ${describe(change)}`),
    ),
  };
}

function formatRoute({ state, reason, message, suggestion }: CompiledRoute): object | string {
  if (reason === 'Active') return state;
  return { state, reason, message, ...(suggestion === undefined ? {} : { suggestion }) };
}

function describe(change: PolicyChange): string {
  return `${change.action} ${change.action === 'delete' ? change.key.name : change.policy.name}`;
}

function write(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}
