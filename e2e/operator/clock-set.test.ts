// A wall clock that jumps by an hour in the middle of a transition: neither is the opening, which allows everything, kept for an
// hour, nor is it removed before a CNI had its time. What is created later is still new.
import { describe, expect, test } from '@jest/globals';
import { transition } from '../cluster.ts';
import { appNamespace, platformSpec, ring } from '../support/expected-policies.ts';
import { onCluster } from '../support/on-cluster.ts';
import { recordDuring } from '../support/policy-recorder.ts';

const settle = 3;
const preload = new URL('../support/shifted-clock.ts', import.meta.url);

const { cluster, startOperator } = onCluster({
  namespaces: ['live'],
  platform: { ...platformSpec, enforcement: 'Off' },
  resetAfterEach: true,
});

describe.each<[string, NodeJS.Signals]>([
  ['back', 'SIGUSR2'],
  ['ahead', 'SIGPIPE'],
])('the wall clock is set %s by an hour', (way, signal) => {
  test('during a transition: it ends after its settle time, and a namespace that is created later is closed at once', async () => {
    const operator = await startOperator({ settle, preload });
    await cluster.platform({ enforcement: 'Off' });
    await cluster.policiesAre('live', []);
    const begun = performance.now();
    await cluster.platform({ enforcement: 'Enforce' });
    await cluster.policiesAre('live', [...ring, transition]);
    operator.signal(signal);
    await cluster.policiesAre('live', ring);
    // From before the first write.
    expect(performance.now() - begun).toBeGreaterThan(settle * 1000);
    await cluster.platformCondition('Ready', 'True', 'Enforced');

    const created = `created-when-set-${way}`;
    const recorder = await recordDuring(cluster.api, created, async () => {
      await cluster.createNamespace(created, appNamespace);
      await cluster.policiesAre(created, ring);
    });
    expect(recorder.sets.some((set) => set.has(transition))).toBe(false);
  });
});
