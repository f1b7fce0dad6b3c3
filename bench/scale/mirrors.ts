// One profile whose only route lets many namespaces in by a label, and is mirrored into each of them, because their egress is
// restricted. Must not know what is promised.
import { measureBulk } from './bulk-work.ts';
import type { ScenarioResult } from './scenario-result.ts';
import { mirroring, type Stage, someLabels } from './stage.ts';

/** A team creates such a profile. */
export async function measureMirrors(stage: Stage): Promise<ScenarioResult> {
  await stage.createEarly(mirroring);
  await stage.atRest('Enforced');
  const from = { namespace: { selector: { matchLabels: someLabels } } };
  return measureBulk(stage, {
    ...{ scenario: 'mirrors of one profile', verb: 'POST', namespaces: stage.someNamespaces },
    change: () =>
      stage.createProfiles([mirroring], 'hub', [
        { name: 'clients', from, to: { app: 'hub' }, ports: [8080] },
      ]),
  });
}
