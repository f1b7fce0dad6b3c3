// The output formats of `pause`. Must not know how a pause is written.
import * as z from 'zod';
import { pauseStates } from '../../api/network-pause.ts';
import { textAndData } from '../output/formats.ts';
import { direction } from '../output/schemas.ts';
import type { AskedPause, FoundPause } from '../writing/pause-client.ts';

/** What was written, and what the operator reports about it. */
export interface PauseResult {
  readonly namespace: string;
  readonly asked: AskedPause;
  readonly pause: FoundPause;
  /** The spec that was there before. */
  readonly replaced: Partial<AskedPause> | undefined;
  readonly dryRun: boolean;
  /** Whether the operator was waited for. */
  readonly isWaiting: boolean;
  /** Whether Ringfence has any policy in the namespace, where nobody waits for the operator to say so; absent if that is not known. */
  readonly isFenced: boolean | undefined;
  /** Whether it was deleted again, because there is nothing to open. */
  readonly isWithdrawn: boolean;
}

const schema = z.strictObject({
  name: z.string().describe('the name of the NetworkPause'),
  action: z
    .enum(['created', 'replaced', 'withdrawn'])
    .describe('`withdrawn`: deleted again, because there is nothing to open'),
  dryRun: z.boolean().describe('nothing was written'),
  namespace: z.string(),
  direction: direction.optional().describe('absent: both'),
  until: z.string().describe('RFC 3339'),
  reason: z.string(),
  state: z.enum(pauseStates).optional().describe('absent while the operator has not reported'),
  message: z.string().optional().describe('why it has this state'),
});

/** The formats of `pause`. */
export const pauseFormats = textAndData({
  schema,
  data: ({ namespace, asked, pause, replaced, dryRun, isWithdrawn }: PauseResult) => {
    const written = replaced === undefined ? ('created' as const) : ('replaced' as const);
    const { state, message } = pause.status;
    return {
      name: pause.object.metadata.name,
      action: isWithdrawn ? ('withdrawn' as const) : written,
      dryRun,
      ...asked,
      namespace,
      ...(state === undefined ? {} : { state }),
      ...(message === undefined ? {} : { message }),
    };
  },
  text: (result) => `${linesOf(result).join('\n')}\n`,
});

function linesOf(result: PauseResult): readonly string[] {
  const { namespace, asked, pause, replaced, dryRun, isWaiting, isWithdrawn, isFenced } = result;
  const { name } = pause.object.metadata;
  const before =
    replaced === undefined
      ? []
      : [
          `it replaces: until ${replaced.until}, ${replaced.direction ?? 'both directions'}, \`${replaced.reason}\``,
        ];
  const open =
    isFenced === false
      ? [`Ringfence has no policy in \`${namespace}\`, so there is nothing that a pause would open now`]
      : [];
  if (dryRun)
    return [`\`${namespace}\` would be paused until ${asked.until}; nothing was written`, ...open, ...before];
  const { state, message = '' } = pause.status;
  const see = `see: kubectl get networkpause ${name} -o wide`;
  const withdraw = `to withdraw it: ringfence resume ${namespace}`;
  if (!isWaiting)
    return [`NetworkPause \`${name}\` is written, until ${asked.until}`, ...open, ...before, see, withdraw];
  if (state === undefined)
    return [
      `NetworkPause \`${name}\` is written, but no operator has reported about it: is one running?`,
      ...before,
      see,
      withdraw,
    ];
  if (isWithdrawn)
    return [
      `\`${namespace}\` is not paused, and no NetworkPause is left: ${message}`,
      'to leave one for later, for example before a dry run ends, use `--no-wait`',
    ];
  if (state !== 'Active')
    return [
      `NetworkPause \`${name}\` is written, but not in force (${state}): ${message}`,
      ...before,
      withdraw,
    ];
  return [
    `\`${namespace}\` is paused until ${asked.until}: ${message}`,
    ...before,
    `to end it earlier: ringfence resume ${namespace}`,
  ];
}
