// An operator that settles by the canary closes and opens a live namespace while the enforcer of one machine is late: it waits for it, and
// packets tell that nothing is cut.
import { beforeAll, expect, test } from '@jest/globals';
import { conditionOf, transition } from '../../cluster.ts';
import { isFull } from '../../faults/parameters.ts';
import { kubectl } from '../../kubectl.ts';
import { describeOnNode, onNode } from '../on-node.ts';
import type { Switch } from './modes.ts';
import { onWalk } from './on-walk.ts';
import { describeFailures } from './walk.ts';

/** How late the enforcer is, in milliseconds. */
const lateByMs = 20_000;
/** It takes rounds of the canary, and then a marker. */
const timeoutMs = 480_000;

const closing: Switch = { from: 'Off', to: 'Restricted' };
const changes = isFull ? [closing, { from: 'Restricted', to: 'Off' } as const] : [closing];

describeOnNode('an operator that settles by the canary', () => {
  const { node, cluster } = onNode({ nodes: 2, enforcer: 'kube-router' }, async ({ node, cluster }) => {
    await cluster.installCrds();
    await node().loadOperatorImage();
  });
  const { walk, operator } = onWalk({ node, cluster, enforcer: 'kube-router', settle: 'auto' });

  beforeAll(async () => {
    await kubectl(node(), 'apply', '--validate=strict', '-k', 'config/canary');
    const enforced = async () => conditionOf(await cluster.platformProfile(), 'Enforced');
    await cluster.eventually(
      'the canary tries both machines',
      async () => / on 2 of 2 nodes$/.test((await enforced())?.message ?? ''),
      { timeoutMs, instead: async () => JSON.stringify(await enforced()) },
    );
  });

  const isOpened = async () => (await cluster.policyNames('live')).includes(transition);

  test.each(changes)(
    'waits for an enforcer that is late from $from to $to, and nothing is cut',
    async (change) => {
      await node().haltEnforcer('ring-2');
      const changed = walk().change(change);
      try {
        await cluster.eventually('the temporary policy is there', isOpened);
        await new Promise((resolve) => setTimeout(resolve, lateByMs));
        expect(await isOpened()).toBe(true);
      } finally {
        await node().resumeEnforcer('ring-2');
      }
      const resumedAt = performance.now();
      await cluster.eventually('the temporary policy is gone', async () => !(await isOpened()), {
        timeoutMs,
      });
      expect(performance.now() - resumedAt).toBeGreaterThan(5_000);
      expect(describeFailures(await changed)).toEqual([]);
      // It is not the limit of five minutes that ended it.
      const told = operator().lines.map(({ msg }) => msg);
      expect(told).not.toContainEqual(expect.stringContaining('not waiting any longer'));
    },
  );
});
