// The command that explains one of the connections that a plan cuts, for a person who does not understand why.
// Must not know how the plan is printed.

import { isWorkload } from '../../analyze/endpoints.ts';
import { formatKey } from '../../model/object-key.ts';
import { portTexts } from '../../model/port-texts.ts';
import { type Changes, type ConnectionChange, isLikelyUsed } from './difference.ts';
import type { PlanFlags } from './load-comparison.ts';

/**
 * A note with the command. `undefined` if nothing is lost between workloads that both stay, or if `explain` can't see what would be in
 * force: it never applies files to a cluster.
 */
export function howToExplain({ connections }: Changes, flags: PlanFlags): string | undefined {
  const { filename = [], kustomize = [], recursive, context, enforce, against } = flags;
  const isOfFiles = against !== undefined;
  if (!isOfFiles && !enforce) return undefined;
  const question = connections.map(questionOf).find((each) => each !== undefined);
  if (question === undefined) return undefined;
  const input = [
    ...filename.map((path) => `-f ${path}`),
    ...kustomize.map((path) => `-k ${path}`),
    ...(recursive ? ['-R'] : []),
  ];
  const words = [
    `ringfence explain ${question}`,
    ...(isOfFiles ? input : []),
    ...(!isOfFiles && context !== undefined ? [`--context ${context}`] : []),
    ...(enforce ? ['--enforce'] : []),
  ];
  const when = isOfFiles || input.length === 0 ? '' : ', once the files are applied';
  return `to see why one is lost${when}: \`${words.join(' ')}\``;
}

function questionOf(connection: ConnectionChange): string | undefined {
  const { change, from, to, ports, offered = ports, because } = connection;
  if (change !== 'lost' || because !== 'Policies' || !isLikelyUsed(connection)) return undefined;
  const [source, target] = [from.find(isWorkload), to.find(isWorkload)];
  const [port] = portTexts(offered);
  if (source === undefined || target === undefined || port === undefined) return undefined;
  const asked = port === 'all' ? '' : ` ${port}`;
  return `${formatKey(source.workload)} ${formatKey(target.workload)}${asked}`;
}
