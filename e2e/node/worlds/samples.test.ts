// The samples of config/samples on two real machines, in every egress mode: packets between all pairs of pods do what `ringfence matrix`
// says of the live cluster. `make test` plays them on IPv4; FAULTS=full in both families, too.
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isFull } from '../../faults/parameters.ts';
import { describeOnNode } from '../on-node.ts';
import { Lab, onBoth, onIpv4 } from './lab.ts';
import { playedFolders, sampleScenes } from './sample-scenes.ts';
import { reportVisit, titleOf, unexplained } from './visit-report.ts';

describe('the samples', () => {
  test('are all played', () => {
    const folders = readdirSync('config/samples', { withFileTypes: true }).filter((each) =>
      each.isDirectory(),
    );
    expect(playedFolders()).toEqual(folders.map(({ name }) => name).sort());
  });
});

for (const options of isFull ? [onIpv4, onBoth] : [onIpv4])
  describeOnNode(`a sample ${titleOf(options)}`, () => {
    let lab: Lab;
    beforeAll(async () => {
      lab = await Lab.start(options);
    });
    afterAll(() => lab?.stop());

    test.each(sampleScenes(['ring-1', 'ring-2']))(
      '$title: packets do what the matrix says',
      async ({ title, troupe, scene }) => {
        await lab.bring(troupe);
        const visit = await lab.visit(scene);
        reportVisit(`${title}, ${titleOf(options)}, ${troupe.pods.length} pods`, visit);
        expect(unexplained(visit, options)).toEqual([]);
        // Nothing of ours meets a known fault of the enforcer.
        expect(visit.differences).toEqual([]);
        expect(visit.reached).toBeGreaterThan(0);
        expect(visit.reached).toBeLessThan(visit.probes);
      },
    );
  });
