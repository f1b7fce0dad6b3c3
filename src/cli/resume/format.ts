// The output formats of `resume`. Must not know how a pause is ended.
import * as z from 'zod';
import { pauseStates } from '../../api/network-pause.ts';
import { pauseName } from '../../model/policy-names.ts';
import { textAndData } from '../output/formats.ts';
import { direction } from '../output/schemas.ts';
import type { FoundPause } from '../writing/pause-client.ts';

/** The pauses that were deleted. */
export interface ResumeResult {
  readonly namespace: string;
  /** Ordered by name. */
  readonly ended: readonly FoundPause[];
  /** Those of other namespaces, ordered by name. */
  readonly elsewhere: readonly FoundPause[];
  readonly dryRun: boolean;
  /** Whether the policy that allows everything is gone; `undefined` if nobody has looked, or may look. */
  readonly isClosed: boolean | undefined;
}

const schema = z.strictObject({
  namespace: z.string(),
  dryRun: z.boolean().describe('nothing was deleted'),
  closed: z
    .boolean()
    .optional()
    .describe(
      'whether the policy that allows everything is gone; absent if it was not looked for, or may not be read',
    ),
  ended: z.array(
    z.strictObject({
      name: z.string().describe('the name of the NetworkPause'),
      direction: direction.optional().describe('absent: both'),
      until: z.string().optional().describe('RFC 3339'),
      reason: z.string().optional(),
      state: z.enum(pauseStates).optional(),
    }),
  ),
});

/** The formats of `resume`. */
export const resumeFormats = textAndData({
  schema,
  data: ({ namespace, ended, dryRun, isClosed }: ResumeResult) => ({
    namespace,
    dryRun,
    ...(isClosed === undefined ? {} : { closed: isClosed }),
    ended: ended.map(({ object, spec: { direction, until, reason }, status: { state } }) => ({
      name: object.metadata.name,
      ...(direction === undefined ? {} : { direction }),
      ...(until === undefined ? {} : { until }),
      ...(reason === undefined ? {} : { reason }),
      ...(state === undefined ? {} : { state }),
    })),
  }),
  text: (result) => `${linesOf(result).join('\n')}\n`,
});

function linesOf(result: ResumeResult): readonly string[] {
  const { namespace, ended, dryRun } = result;
  if (ended.length === 0)
    return [withoutPause(result), ...(result.isClosed === false ? stillOpen(namespace) : [])];
  const did = dryRun ? 'would delete' : 'deleted';
  const lines = ended.map(({ object, spec, status }) => {
    const expired = status.state === 'Expired' ? ', expired' : '';
    return `${did} NetworkPause \`${object.metadata.name}\` (until ${spec.until}${expired}): \`${spec.reason}\``;
  });
  return dryRun ? lines : [...lines, ...outcome(result)];
}

/** Whoever has paused the wrong namespace looks for the right one. */
function withoutPause({ namespace, elsewhere }: ResumeResult): string {
  const paused = new Set(elsewhere.filter(mayBeOpen).map(({ spec }) => `\`${spec.namespace}\``));
  const others = paused.size === 0 ? '' : `; paused: ${[...paused].toSorted().join(', ')}`;
  return `\`${namespace}\` has no NetworkPause${others}`;
}

function outcome({ namespace, ended, isClosed }: ResumeResult): readonly string[] {
  if (isClosed === false) return stillOpen(namespace);
  if (!ended.some(mayBeOpen)) return [];
  if (isClosed) return [`\`${namespace}\` is no longer paused: only what its policies allow is allowed`];
  return [`the operator now deletes the policy that allowed everything; ${seePolicy(namespace)}`];
}

function stillOpen(namespace: string): readonly string[] {
  return [
    `\`${namespace}\` is still open, because the policy that allows everything is still there: is an operator running? ${seePolicy(namespace)}`,
    `to close it without an operator: kubectl delete networkpolicy ${pauseName} -n ${namespace}`,
  ];
}

function seePolicy(namespace: string): string {
  return `see: kubectl get networkpolicy ${pauseName} -n ${namespace}`;
}

/** Whether the policy that allows everything may exist because of it. */
function mayBeOpen({ status: { state } }: FoundPause): boolean {
  return state !== 'NotNeeded' && state !== 'Expired';
}
