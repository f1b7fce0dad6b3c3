// An operator, as a user runs it, takes a live namespace through its modes, and packets tell that no allowed connection is cut and no
// denied one gets through. `make test` walks the short way under kube-router; FAULTS=full makes every change, under both enforcers.
import { expect, test } from '@jest/globals';
import { isFull } from '../../faults/parameters.ts';
import { workingEnforcers } from '../enforcers.ts';
import { describeOnNode, onNode } from '../on-node.ts';
import { allSwitches, shortWalk, walkOver } from './modes.ts';
import { onWalk } from './on-walk.ts';
import { describeFailures } from './walk.ts';

/** What a user has who sets nothing. */
const defaultSettle = 5;

const enforcers = isFull ? workingEnforcers : (['kube-router'] as const);
const switches = isFull ? walkOver(allSwitches(), 'Off') : shortWalk;

for (const enforcer of enforcers)
  describeOnNode(`while the mode of a live namespace changes under ${enforcer}`, () => {
    const { node, cluster } = onNode({ nodes: 2, enforcer }, async () => await cluster.installCrds());
    const { walk } = onWalk({ node, cluster, enforcer, settle: defaultSettle });

    test.each(switches)('nothing is cut and nothing leaks from $from to $to', async (change) => {
      expect(describeFailures(await walk().change(change))).toEqual([]);
    });

    test('and nothing at the end', async () => {
      expect(describeFailures(await walk().end())).toEqual([]);
      expect(walk().tried).toBeGreaterThan(0);
    });
  });
