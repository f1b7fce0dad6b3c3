// The samples of config/samples on two real machines, in every egress mode: packets between all pairs of pods do what `ringfence matrix`
// says of the live cluster.
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { describeOnNode } from '../on-node.ts';
import { tellDifference } from './comparison.ts';
import { Lab } from './lab.ts';
import { playedFolders, sampleScenes } from './sample-scenes.ts';

describe('the samples', () => {
  test('are all played', () => {
    const folders = readdirSync('config/samples', { withFileTypes: true }).filter((each) =>
      each.isDirectory(),
    );
    expect(playedFolders()).toEqual(folders.map(({ name }) => name).sort());
  });
});

describeOnNode('a sample under kube-router', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.start({ enforcer: 'kube-router', family: 'ipv4' });
  });
  afterAll(() => lab?.stop());

  test.each(sampleScenes(['ring-1', 'ring-2']))(
    '$title: packets do what the matrix says',
    async ({ title, troupe, scene }) => {
      await lab.bring(troupe);
      const { differences, late, probes, reached, took } = await lab.visit(scene);
      for (const each of late.slice(0, 5)) process.stderr.write(`  late: ${tellDifference(each)}\n`);
      process.stderr.write(
        `${title}: ${troupe.pods.length} pods, ${probes} connections, ${reached} got through, ${late.length} late, ${JSON.stringify(took)}\n`,
      );
      // Nothing of ours meets a known fault of the enforcer, and what is denied is denied at once.
      const leaks = late.filter(({ expected }) => expected === 'denied');
      expect([...differences, ...leaks].map(tellDifference)).toEqual([]);
      expect(reached).toBeGreaterThan(0);
      expect(reached).toBeLessThan(probes);
    },
  );
});
