// The node of a test file, or of a `describe`: started before the first test and stopped after the last one. Where no node can run,
// the tests are skipped under a name that says why; with NODE_REQUIRED=1 they fail instead. Must not know what is right.
import { afterAll, beforeAll, describe, test } from '@jest/globals';
import { Cluster } from '../cluster.ts';
import { type NodeOptions, type RingNode, startNode } from './node.ts';
import { whyNotHere } from './requirements.ts';

const whyNot = await whyNotHere();

/** `describe` for tests that need a node. */
export function describeOnNode(name: string, tests: () => void): void {
  if (whyNot === undefined) describe(name, tests);
  else if (!process.env.NODE_REQUIRED) describe.skip(`${name} (skipped: ${whyNot})`, tests);
  else
    describe(name, () => {
      test('have a node, as NODE_REQUIRED asks', () => {
        throw new Error(whyNot);
      });
    });
}

/** What tests on a node work with, as soon as it has started. */
export interface OnNode {
  readonly node: () => RingNode;
  /** The same, in the words of the tests that need no node. */
  readonly cluster: Cluster;
}

/** Runs the tests of a `describeOnNode` on a node of their own. @param prepare makes what must be there before the first test */
export function onNode(options: NodeOptions, prepare?: (on: OnNode) => Promise<unknown>): OnNode {
  let started: RingNode | undefined;
  const node = () => {
    if (started === undefined) throw new Error('the node is not there: it is made before the tests');
    return started;
  };
  const on = { node, cluster: new Cluster(() => node().controlPlane) };
  beforeAll(async () => {
    started = await startNode(options);
    await prepare?.(on);
  });
  afterAll(() => started?.stop());
  return on;
}
