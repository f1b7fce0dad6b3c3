// Resolves `--from` and `--to`: the ends that `explain` takes, a namespace, or `*` for everything.
// Must not know what is allowed between them.
import { type ConnectionGroup, groupsOfNamespaces } from '../../analyze/connections.ts';
import { type Endpoint, isSameWorkload, isWorkload, readRange } from '../../analyze/endpoints.ts';
import { contains } from '../../model/ip-ranges.ts';
import { type NamedSources, type NamedTargets, sourcesNamed, targetsNamed } from '../explain/answer.ts';
import { destinationWithPort, readPort, sourceWithoutPort } from '../explain/end-with-port.ts';
import { findEnd } from '../explain/find-end.ts';
import type { Names } from '../explain/name-context.ts';

/** The two ends in question; absent: everything. */
export interface AskedEnds {
  readonly from: NamedSources | undefined;
  readonly to: NamedTargets | undefined;
  /** The namespace that one of the ends must be in. */
  readonly namespace: string | undefined;
}

/**
 * Finds the ends that two words name; those of a Service are its pods, at their own ports.
 *
 * @param names called only if there is a name to look up
 * @throws ToolError if nothing has that name
 */
export function askedEnds(
  { from = '*', to = '*' }: { readonly from?: string | undefined; readonly to?: string | undefined },
  names: () => Names,
): Pick<AskedEnds, 'from' | 'to'> {
  if (from === '*' && to === '*') return { from: undefined, to: undefined };
  const known = names();
  return {
    from: from === '*' ? undefined : sourcesNamed(known.analysis, findEnd(sourceWithoutPort(from), known)),
    to: to === '*' ? undefined : targetsNamedBy(to, known),
  };
}

function targetsNamedBy(word: string, known: Names): NamedTargets {
  const { end, port } = destinationWithPort(word);
  return targetsNamed(known.analysis, findEnd(end, known), port === undefined ? undefined : readPort(port));
}

/** The groups with only those connections that are asked about. */
export function groupsAsked(
  groups: readonly ConnectionGroup[],
  { from, to, namespace }: AskedEnds,
): readonly ConnectionGroup[] {
  const sources = from?.ends;
  const targets = to?.targets.map(({ end }) => end);
  return groupsOfNamespaces(groups, namespace === undefined ? [] : [namespace])
    .map((group) => ({ ...group, from: among(group.from, sources), to: among(group.to, targets) }))
    .filter((group) => group.from.length * group.to.length > 0);
}

function among(ends: readonly Endpoint[], asked: readonly Endpoint[] | undefined): readonly Endpoint[] {
  return asked === undefined ? ends : ends.filter((end) => asked.some((other) => haveInCommon(end, other)));
}

function haveInCommon(a: Endpoint, b: Endpoint): boolean {
  if (isWorkload(a) || isWorkload(b)) return isWorkload(a) && isWorkload(b) && isSameWorkload(a, b);
  const [left, right] = [readRange(a.cidr), readRange(b.cidr)];
  return contains(left, right) || contains(right, left);
}
