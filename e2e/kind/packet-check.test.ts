// The steps of `npm run e2e:kind` up to its own tests, on a node: the image, config/default, and packets across two machines.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { defaultTag } from '../../image/build.ts';
import { kubectl } from '../kubectl.ts';
import { describeOnNode } from '../node/on-node.ts';
import { install } from '../support/installation.ts';
import { makers } from './clusters.ts';
import { checkPackets } from './packet-check.ts';
import { namespaces, stages } from './packets.ts';
import type { RealCluster } from './real-cluster.ts';

describeOnNode('the packet check on a node', () => {
  let cluster: RealCluster;

  beforeAll(async () => {
    cluster = await makers.node();
    await cluster.loadOperatorImage();
    await install(cluster);
  });
  afterAll(() => cluster?.stop());

  const said: string[] = [];
  const check = (image: string) => checkPackets(cluster, { image, say: (text) => said.push(text) });

  test('finds in each stage that those reach a pod who should', async () => {
    await check(defaultTag());
    expect(said.map((line) => line.replace(/:.*/, ''))).toEqual(stages.map(({ enforcement }) => enforcement));
  });

  test('leaves nothing behind, so that other tests may follow', async () => {
    const names = await kubectl(cluster, 'get', 'platformnetworkprofiles,namespaces', '--output=name');
    expect(names).not.toContain('platformnetworkprofile');
    for (const namespace of namespaces) expect(names.split('\n')).not.toContain(`namespace/${namespace}`);
  });
});
