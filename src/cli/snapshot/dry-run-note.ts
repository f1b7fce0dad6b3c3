// Says which namespaces of a cluster are in a dry run, and what is different once they are enforced.
// Must not know the question.
import { compare } from '../../analyze/compare.ts';
import type { ConnectionGroup } from '../../analyze/connections.ts';
import { withoutStandIns } from '../../analyze/stand-ins.ts';
import { count, quoteSome } from '../../model/counted.ts';
import type { CommandContext } from '../command-context.ts';
import { pairsIn } from '../output/end-names.ts';
import type { EffectiveFacts } from './in-force.ts';

/** As in `namespace `shop` is in a dry run: once it is enforced, this is denied`. */
export function formatOnceEnforced(namespaces: readonly string[], then: string): string {
  const [some, are] = namespaces.length === 1 ? ['namespace', 'is'] : ['namespaces', 'are'];
  const they = namespaces.length === 1 ? 'it is' : 'they are';
  return `${some} ${quoteSome(namespaces, 5)} ${are} in a dry run: once ${they} enforced, ${then}`;
}

/**
 * Notes how many connections change once the dry runs are enforced; nothing if there are none.
 *
 * @param asked those of some connections that the answer is about
 */
export function noteDryRun(
  { facts, planned }: EffectiveFacts,
  asked: (groups: readonly ConnectionGroup[]) => readonly ConnectionGroup[],
  { note }: CommandContext,
): void {
  if (planned === undefined) return;
  const { lost, gained } = compare(withoutStandIns(facts), withoutStandIns(planned.facts));
  const changes = [
    { number: countIn(asked(lost)), verb: 'denied, wholly or on some ports' },
    { number: countIn(asked(gained)), verb: 'allowed in addition' },
  ].filter(({ number }) => number > 0);
  const then = changes.map(
    ({ number, verb }) => `${count(number, 'connection')} ${number === 1 ? 'is' : 'are'} ${verb}`,
  );
  note(
    formatOnceEnforced(
      planned.dryRun,
      then.length === 0 ? 'the answer is the same' : `${then.join(', and ')}; \`--enforce\` shows that state`,
    ),
  );
}

function countIn(groups: readonly ConnectionGroup[]): number {
  return groups.reduce((sum, group) => sum + pairsIn(group), 0);
}
