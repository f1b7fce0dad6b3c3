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
  readonly dryRun: boolean;
}

const schema = z.strictObject({
  namespace: z.string(),
  dryRun: z.boolean().describe('nothing was deleted'),
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
  data: ({ namespace, ended, dryRun }: ResumeResult) => ({
    namespace,
    dryRun,
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

function linesOf({ namespace, ended, dryRun }: ResumeResult): readonly string[] {
  if (ended.length === 0) return [`\`${namespace}\` has no NetworkPause`];
  const did = dryRun ? 'would delete' : 'deleted';
  const lines = ended.map(({ object, spec, status }) => {
    const expired = status.state === 'Expired' ? ', expired' : '';
    return `${did} NetworkPause \`${object.metadata.name}\` (until ${spec.until}${expired}): \`${spec.reason}\``;
  });
  const see = `the operator now deletes the policy that allowed everything; see: kubectl get networkpolicy ${pauseName} -n ${namespace}`;
  return dryRun || !ended.some(mayBeOpen) ? lines : [...lines, see];
}

/** Whether the policy that allows everything may exist because of it. */
function mayBeOpen({ status: { state } }: FoundPause): boolean {
  return state !== 'NotNeeded' && state !== 'Expired';
}
