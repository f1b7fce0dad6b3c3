// Sources whose egress is closed and for which nothing is suggested, because a route at the destination opens it, too.
// Must not know how mirrors are made: the suggestion was tried.
import { isWorkload } from '../../analyze/endpoints.ts';
import type { Explanation } from '../../analyze/explain.ts';
import { quoteSome } from '../../model/counted.ts';
import { objectKey } from '../snapshot/cluster-snapshot.ts';
import type { Fix } from './suggest-fix.ts';

/** More names would hide the note. */
const maxNamed = 3;

/** A note for people who see that both sides deny, and a suggestion for one of them; none if that is not so. */
export function mirroredEgress(parts: readonly Explanation[], { changes, effects }: Fix): readonly string[] {
  if (effects === undefined) return [];
  const changed = new Set(changes.map(({ object }) => objectKey(object).namespace));
  const sources = parts.flatMap(({ from, egress, allowed }) => {
    const isOpened = isWorkload(from) && !allowed && !egress.allows && !changed.has(from.workload.namespace);
    return isOpened ? [from.workload.namespace] : [];
  });
  if (sources.length === 0) return [];
  const [there, here] = [[...changed], [...new Set(sources)]].map((names) => quoteSome(names, maxNamed));
  return [`nothing has to be added in ${here}: a route in ${there} opens the egress that leads there, too`];
}
