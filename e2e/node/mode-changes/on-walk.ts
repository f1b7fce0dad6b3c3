// For tests with a live namespace on two machines: its scenario, the internet, an operator, and the walk that changes its mode. All is ready
// before the tests, and ended after them. Must not know which changes are made.
import { afterAll, beforeAll } from '@jest/globals';
import type { Cluster } from '../../cluster.ts';
import { OperatorProcess } from '../../support/operator-process.ts';
import type { RingNode } from '../node.ts';
import { connectInternet, type Internet } from '../worlds/internet.ts';
import { startScenario } from './scenario.ts';
import { Walk } from './walk.ts';

/** What is needed. */
interface WalkOptions {
  readonly node: () => RingNode;
  readonly cluster: Cluster;
  readonly enforcer: ConstructorParameters<typeof Walk>[0]['enforcer'];
  /** How the operator settles, as its flag says. */
  readonly settle: number | 'auto';
}

/** Starts it before the tests of this `describe`, with its namespace in the mode `Off`. */
export function onWalk({ node, cluster, enforcer, settle }: WalkOptions) {
  let internet: Internet;
  let operator: OperatorProcess;
  let walk: Walk;

  beforeAll(async () => {
    internet = await connectInternet(node(), 'ipv4');
    const connections = await startScenario(node(), cluster);
    operator = await OperatorProcess.start({ kubeconfig: await cluster.operatorKubeconfig(), settle });
    walk = new Walk({ node: node(), cluster, enforcer, connections });
    await walk.begin('Off');
  });
  afterAll(async () => {
    await operator.stop();
    internet.close();
  });

  return { walk: () => walk, operator: () => operator };
}
