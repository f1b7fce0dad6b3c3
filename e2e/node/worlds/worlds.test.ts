// Random worlds on two real machines: packets do what `ringfence matrix` says of the live cluster, but for the known faults of an
// enforcer, each of which still shows. `SEED=` repeats a world.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeOnNode } from '../on-node.ts';
import { castNamespaces, servedBy } from './cast.ts';
import { castDeployments, castPods } from './cast-objects.ts';
import { type Difference, tellDifference } from './comparison.ts';
import { enforcerFaults } from './enforcer-faults.ts';
import { faultProofs } from './fault-proofs.ts';
import { Lab, type LabOptions, type Visit } from './lab.ts';
import { worldSeeds } from './parameters.ts';
import { objectsOf, randomWorld } from './random-world.ts';

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

/** The differences that no known fault explains, for people. */
const unexplained = (differences: readonly Difference[]) =>
  differences.filter(({ faults }) => faults.length === 0).map(tellDifference);

/** How many differences each known fault explains. */
function excuses({ differences }: Visit): string {
  const counts = Map.groupBy(differences, ({ faults }) => faults.join(' + '));
  return [...counts].map(([faults, all]) => `${all.length} for ${faults}`).join(', ');
}

function report(title: string, visit: Visit): void {
  const { probes, reached, late, took } = visit;
  const seconds = Object.entries(took).map(([what, ms]) => `${what} ${(ms / 1000).toFixed(1)} s`);
  const excused = visit.differences.length === 0 ? '' : `; known faults: ${excuses(visit)}`;
  process.stderr.write(
    `${title}: ${probes} connections, ${reached} got through, ${late.length} late${excused} (${seconds.join(', ')})\n`,
  );
}

function testWorlds(lab: () => Lab, { enforcer, family }: LabOptions, seeds: readonly number[]): void {
  const families = family === 'dual' ? (['IPv4', 'IPv6'] as const) : (['IPv4'] as const);
  test.each(seeds)('packets do what the matrix says in the world of SEED=%d', async (seed) => {
    const world = randomWorld(seed, { families });
    const visit = await lab().visit({ ...world, objects: objectsOf(world) });
    report(`SEED=${seed}, ${enforcer}, ${family}`, visit);
    expect(unexplained(visit.differences)).toEqual([]);
    // What is denied must be denied at once, but for the other enforcer, which lets pass what its queue has no place for.
    const leaks = visit.late.filter(({ expected }) => expected === 'denied');
    if (enforcer === 'kube-router') expect(unexplained(leaks)).toEqual([]);
    expect(visit.probes).toBeGreaterThan(500);
    expect(visit.reached).toBeGreaterThan(0);
    expect(visit.reached).toBeLessThan(visit.probes);
  });
}

describeOnNode('on IPv4 under kube-router', () => {
  const options = { enforcer: 'kube-router', family: 'ipv4' } as const;
  const lab = onLab(options);
  testWorlds(lab, options, worldSeeds(20, 3));

  const faults = enforcerFaults.filter(({ enforcer }) => enforcer === options.enforcer);
  test.each(faults)('the known fault `$name` is still there', async ({ name }) => {
    const proof = faultProofs[name];
    if (proof === undefined) throw new Error(`no proof of ${name}`);
    const visit = await lab().visit({ objects: proof.policies });
    report(name, visit);
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
    expect(unexplained(visit.differences)).toEqual([]);
  });
});

describeOnNode('on IPv4 and IPv6 under kube-network-policies', () => {
  const options = { enforcer: 'kube-network-policies', family: 'dual' } as const;
  testWorlds(onLab(options), options, worldSeeds(20, 1));
});
