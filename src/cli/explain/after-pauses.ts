// The answer to a question once the pauses that open its ends have ended, and the state in which it is then.
// Must not know how the answer is printed.
import type { RuleReason } from '../../analyze/explain.ts';
import type { AnalysisInput } from '../../analyze/facts.ts';
import { groupsBy } from '../../model/groups.ts';
import { type ClusterSnapshot, snapshotOf } from '../snapshot/cluster-snapshot.ts';
import { isOfPause, type PauseBehind, pausesBehind } from '../snapshot/pauses-behind.ts';
import type { Answer } from './answer.ts';
import { type Asked, ask, type LaterAnswer, laterAnswer, type Words } from './ask.ts';

/** What is known of the pauses, and the later answer. */
export interface AfterPauses extends LaterAnswer {
  /** Those of the namespaces of both ends. */
  readonly pauses: readonly PauseBehind[];
  readonly asked: Asked;
  /** What is known of the cluster, without pauses. */
  readonly snapshot: ClusterSnapshot;
  /** For people, one line for each namespace. */
  readonly messages: readonly string[];
}

/** Asks again; `undefined` if no pause opens an end. @param now the answer as it is */
export function afterPauses(
  words: Words,
  now: Answer,
  facts: AnalysisInput,
  snapshot: ClusterSnapshot,
  operatorNamespace: string,
): AfterPauses | undefined {
  const rules = pauseRules(now);
  if (rules.length === 0) return undefined;
  const asked = ask(words, { ...facts, policies: facts.policies.filter((policy) => !isOfPause(policy)) });
  const later = laterAnswer(now, asked.found, words.port);
  const behind = pausesBehind(snapshot);
  const unpaused = snapshot.objects.filter(({ kind }) => kind !== 'NetworkPause');
  return {
    ...later,
    pauses: rules.flatMap(behind),
    asked,
    snapshot: snapshotOf(unpaused, operatorNamespace),
    messages: rules.map((rule) => describe(rule, behind(rule), later)),
  };
}

/** One rule for each paused namespace. */
function pauseRules({ parts }: Answer): readonly RuleReason[] {
  const rules = parts.flatMap(({ egress, ingress }) => [...egress.rules, ...ingress.rules]);
  return groupsBy(
    rules.filter(({ policy }) => isOfPause(policy)),
    ({ policy }) => policy.namespace,
  ).map(([rule]) => rule);
}

function describe(
  { policy: { namespace } }: RuleReason,
  pauses: readonly PauseBehind[],
  { then }: LaterAnswer,
): string {
  if (pauses.length === 0)
    return `\`${namespace}\` is still open by a pause that is gone: is an operator running? once it has ended, ${then}`;
  const each = pauses.map(({ name, until, reason, by }) => {
    const author = by === undefined ? '' : `, written by \`${by}\``;
    return `until ${until} by NetworkPause \`${name}\`${author}, because of \`${reason}\``;
  });
  if (pauses.every(({ isOver }) => isOver))
    return `\`${namespace}\` is still open, although it was paused only ${each.join(', and ')}: is an operator running? once it is closed, ${then}`;
  return `\`${namespace}\` is paused ${each.join(', and ')}: once ${pauses.length === 1 ? 'it ends' : 'they end'}, ${then}`;
}
