// An edit of the platform profile that writes policies in every namespace: the first enforcement, and a change of one policy of
// each. Must not know what is promised.
import { measureBulk } from './bulk-work.ts';
import type { ScenarioResult } from './scenario-result.ts';
import type { Stage } from './stage.ts';

/** Every namespace exists, and becomes enforced. */
export async function measureFirstEnforcement(stage: Stage): Promise<ScenarioResult> {
  return measureBulk(stage, {
    ...{ scenario: 'first enforcement', verb: 'POST', namespaces: stage.namespaces },
    names: stage.namesOfBulk,
    change: () => stage.ours.cluster.platform({ enforcement: 'Enforce' }),
  });
}

/** The pods of DNS listen on another port: one policy of each namespace changes. */
export async function measurePlatformChange(stage: Stage): Promise<ScenarioResult> {
  return measureBulk(stage, {
    ...{ scenario: 'platform-wide change', verb: 'PUT', namespaces: stage.namespaces },
    names: ['ringfence-dns'],
    change: () => stage.ours.cluster.platform({ dns: { ports: [5353] } }),
  });
}
