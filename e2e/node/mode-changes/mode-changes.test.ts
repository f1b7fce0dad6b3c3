// An operator, as a user runs it, takes a live namespace through its modes, and packets tell that no allowed connection is cut and no
// denied one gets through. `make test` walks the short way under kube-router; FAULTS=full makes every change, under both enforcers.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { isFull } from '../../faults/parameters.ts';
import { OperatorProcess } from '../../support/operator-process.ts';
import { workingEnforcers } from '../enforcers.ts';
import { describeOnNode, onNode } from '../on-node.ts';
import { connectInternet, type Internet } from '../worlds/internet.ts';
import { allSwitches, shortWalk, walkOver } from './modes.ts';
import { startScenario } from './scenario.ts';
import { describeFailures, Walk } from './walk.ts';

/** What a user has who sets nothing. */
const defaultSettle = 5;

const enforcers = isFull ? workingEnforcers : (['kube-router'] as const);
const switches = isFull ? walkOver(allSwitches(), 'Off') : shortWalk;

for (const enforcer of enforcers)
  describeOnNode(`while the mode of a live namespace changes under ${enforcer}`, () => {
    const { node, cluster } = onNode({ nodes: 2, enforcer }, async () => await cluster.installCrds());
    let internet: Internet;
    let operator: OperatorProcess;
    let walk: Walk;

    beforeAll(async () => {
      internet = await connectInternet(node(), 'ipv4');
      const connections = await startScenario(node(), cluster);
      operator = await OperatorProcess.start({
        kubeconfig: await cluster.operatorKubeconfig(),
        settle: defaultSettle,
      });
      walk = new Walk({ node: node(), cluster, enforcer, connections });
      await walk.begin('Off');
    });
    afterAll(async () => {
      await operator.stop();
      internet.close();
    });

    test.each(switches)('nothing is cut and nothing leaks from $from to $to', async (change) => {
      expect(describeFailures(await walk.change(change))).toEqual([]);
    });

    test('and nothing at the end', async () => {
      expect(describeFailures(await walk.end())).toEqual([]);
      expect(walk.tried).toBeGreaterThan(0);
    });
  });
