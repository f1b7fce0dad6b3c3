// The test bed of the tests of a file: all faults and all operators end after each of them. Must not know what is tested.
import { afterAll, beforeEach } from '@jest/globals';
import { type ClusterOptions, onCluster } from '../support/on-cluster.ts';
import { settled } from './oracle.ts';
import { testbedPlatform } from './shop.ts';
import { Testbed } from './testbed.ts';

/** What is special about the test bed of a file. */
interface TestbedOptions extends Pick<ClusterOptions, 'controllerManager'> {
  /** Namespaces that have the profile `team`. */
  readonly teams?: readonly string[];
  /** Makes what else must be there before the first test. */
  readonly prepare?: (testbed: Testbed) => Promise<unknown>;
  /** Whether an operator is started, and has come to rest, before each test. */
  readonly operator?: boolean;
}

/** Runs the tests of a file on a test bed of their own. */
export function onTestbed(options: TestbedOptions): Testbed {
  const { controllerManager = false, teams = [], prepare, operator = false } = options;
  afterAll(() => testbed[Symbol.dispose]());
  const on = onCluster({
    controllerManager,
    proxy: true,
    platform: testbedPlatform(),
    beforeOperator: async () => {
      await testbed.prepare();
      await testbed.createTeams(...teams);
      await prepare?.(testbed);
    },
    resetAfterEach: true,
  });
  const testbed = new Testbed(on);
  beforeEach(async () => {
    if (!operator) return;
    const started = await testbed.startOperator();
    // What an earlier operator left looks settled, and a kind that is refused before its first list is waited for.
    await started.logged('caches synced');
    await settled(testbed);
  });
  return testbed;
}
