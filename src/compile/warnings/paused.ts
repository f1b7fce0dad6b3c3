// The pauses of a namespace: a person who looks at it should know that it is open, until when and why.
// Must not know what time it is.
import type { Finding } from '../../model/findings.ts';
import type { PauseFacts } from '../../view/cluster-view.ts';
import { type ActivePause, activePauses, inWords } from '../policies/pause-policy.ts';
import type { CheckedNamespace } from './warning-check.ts';

/** `Paused`, `LongPause` */
export function paused({ run, local }: CheckedNamespace): readonly Finding[] {
  const isDryRun = local.membership.enforcement === 'DryRun';
  return activePauses(run.view, local).flatMap((active) => [
    pausedBy(active, isDryRun),
    ...(active.pause.isLong ? [longPause(active)] : []),
  ]);
}

/** `InvalidPause`: in every namespace, ringed or not. */
export function invalidPause({ run, local }: CheckedNamespace): readonly Finding[] {
  const pauses = run.view.pauses.get(local.facts.name) ?? [];
  return pauses.flatMap((pause) =>
    pause.decoded.ok
      ? []
      : pause.decoded.error.map(
          ({ path, message }): Finding => ({
            code: 'InvalidPause',
            ...aboutPause(pause),
            path,
            message: `${message}; the pause opens nothing`,
            hint: 'fix the field, and install the CRDs of this version with `kubectl apply -k config/crd`',
          }),
        ),
  );
}

function pausedBy({ pause, until, reason, directions }: ActivePause, isDryRun: boolean): Finding {
  const isPaused = isDryRun ? 'is in a dry run, and once it is enforced, it is paused' : 'is paused';
  const author = pause.by === undefined ? '' : ` by \`${pause.by}\``;
  return {
    code: 'Paused',
    ...aboutPause(pause),
    message: `\`${pause.paused}\` ${isPaused} until ${until}${author}: everything is allowed ${inWords(directions)} its pods; the reason is \`${reason}\``,
    hint: `to end it earlier: \`ringfence resume ${pause.paused}\`, or delete the NetworkPause \`${pause.name}\``,
  };
}

function longPause({ pause, until }: ActivePause): Finding {
  return {
    code: 'LongPause',
    ...aboutPause(pause),
    path: 'spec.until',
    message: `the pause of \`${pause.paused}\` ends at ${until}, more than a week after it was created`,
    hint: 'allow what is needed with routes, and end the pause',
  };
}

function aboutPause({ name, paused }: PauseFacts): Pick<Finding, 'subject' | 'about'> {
  return { subject: { kind: 'NetworkPause', name }, about: paused };
}
