// In which policies, workloads and namespaces two inputs differ, as far as it matters to who reaches whom.
// Must not know what follows from a change.
import { endpointKey } from './endpoints.ts';
import type { AnalysisInput, PolicyFacts } from './facts.ts';

/** Items that are only in one of two lists, or have other content there. */
export interface Changed<T> {
  readonly before: readonly T[];
  readonly after: readonly T[];
}

/** How two inputs differ. */
export interface InputChanges {
  readonly policies: Changed<PolicyFacts>;
  /** Workloads and namespaces are the same. */
  readonly onlyPolicies: boolean;
}

/** Finds how two inputs differ; what is one object in both costs almost nothing. */
export function inputChanges(before: AnalysisInput, after: AnalysisInput): InputChanges {
  const workloads = changed(before.workloads, after.workloads, workloadKey, ({ pods }) => pods);
  const namespaces = changed(
    before.namespaces,
    after.namespaces,
    ({ name }) => name,
    ({ labels }) => labels,
  );
  return {
    policies: changed(before.policies, after.policies, policyKey, ({ spec }) => spec),
    onlyPolicies: isNothing(workloads) && isNothing(namespaces),
  };
}

/** @param contentOf the content that matters; it is compared as JSON, in which another order of members counts as a change */
function changed<T extends object>(
  before: readonly T[],
  after: readonly T[],
  keyOf: (item: T) => string,
  contentOf: (item: T) => unknown,
): Changed<T> {
  const { was, is } = notShared(before, after);
  const known = new Map(was.map((item) => [keyOf(item), item]));
  const same = new Set<T>();
  for (const item of is) {
    const old = known.get(keyOf(item));
    if (old !== undefined && JSON.stringify(contentOf(old)) === JSON.stringify(contentOf(item))) {
      same.add(old).add(item);
    }
  }
  const others = (items: readonly T[]) => items.filter((item) => !same.has(item));
  return { before: others(was), after: others(is) };
}

/** The items that are not one object in both lists. */
function notShared<T extends object>(before: readonly T[], after: readonly T[]) {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < most - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const [left, right] = [before, after].map((all) => all.slice(start, all.length - end));
  const [lefts, rights] = [new Set(left), new Set(right)];
  return { was: [...lefts.difference(rights)], is: [...rights.difference(lefts)] };
}

function isNothing({ before, after }: Changed<unknown>): boolean {
  return before.length + after.length === 0;
}

function workloadKey(workload: AnalysisInput['workloads'][number]): string {
  return endpointKey({ workload });
}

function policyKey({ namespace, name }: PolicyFacts): string {
  return `${namespace}/${name}`;
}
