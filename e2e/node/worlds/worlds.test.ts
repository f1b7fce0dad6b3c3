// Random worlds on two real machines: packets do what `ringfence matrix` says of the live cluster, but for the known faults of an
// enforcer, each of which still shows. `SEED=` repeats a world.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeOnNode } from '../on-node.ts';
import { castNamespaces, servedBy } from './cast.ts';
import { castDeployments, castPods } from './cast-objects.ts';
import { enforcerFaults } from './enforcer-faults.ts';
import { faultProofs } from './fault-proofs.ts';
import { Lab, type LabOptions, onBoth, onIpv4 } from './lab.ts';
import { worldSeeds } from './parameters.ts';
import { objectsOf, randomWorld } from './random-world.ts';
import { reportVisit, titleOf, unexplained } from './visit-report.ts';

/** A lab with the cast for the tests of a `describe`. */
function onLab(options: LabOptions): () => Lab {
  let started: Lab | undefined;
  beforeAll(async () => {
    started = await Lab.start(options);
    await started.bring({
      namespaces: castNamespaces,
      pods: castPods(started.machines),
      makers: castDeployments(started.machines),
      portsOf: servedBy,
    });
  });
  afterAll(() => started?.stop());
  return () => {
    if (started === undefined) throw new Error('the lab is not there: it is made before the tests');
    return started;
  };
}

function testWorlds(lab: () => Lab, options: LabOptions, seeds: readonly number[]): void {
  const { family } = options;
  const families = family === 'dual' ? (['IPv4', 'IPv6'] as const) : (['IPv4'] as const);
  test.each(seeds)('packets do what the matrix says in the world of SEED=%d', async (seed) => {
    const world = randomWorld(seed, { families });
    const visit = await lab().visit({ ...world, objects: objectsOf(world) });
    reportVisit(`SEED=${seed}, ${titleOf(options)}`, visit);
    expect(unexplained(visit, options)).toEqual([]);
    expect(visit.probes).toBeGreaterThan(500);
    expect(visit.reached).toBeGreaterThan(0);
    expect(visit.reached).toBeLessThan(visit.probes);
  });
}

describeOnNode(titleOf(onIpv4), () => {
  const lab = onLab(onIpv4);
  testWorlds(lab, onIpv4, worldSeeds(20, 3));

  const faults = enforcerFaults.filter(({ enforcer }) => enforcer === onIpv4.enforcer);
  test.each(faults)('the known fault `$name` is still there', async ({ name }) => {
    const proof = faultProofs[name];
    if (proof === undefined) throw new Error(`no proof of ${name}`);
    const visit = await lab().visit({ objects: proof.policies });
    reportVisit(name, visit);
    const to = `${proof.to.namespace}/${proof.to.name}`;
    const shown = visit.differences.filter(
      ({ probe }) =>
        probe.to === to &&
        probe.port.number === proof.port.number &&
        'pod' in probe.from &&
        probe.from.pod.name === proof.from.name &&
        probe.from.pod.namespace === proof.from.namespace,
    );
    expect(shown.map((each) => each.faults)).toEqual([[name]]);
    expect(unexplained(visit, onIpv4)).toEqual([]);
  });
});

describeOnNode(titleOf(onBoth), () => {
  testWorlds(onLab(onBoth), onBoth, worldSeeds(20, 1));
});
