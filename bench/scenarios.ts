// What is measured: a namespace created, a policy deleted, a burst of namespaces.
// Contenders take turns, one sample each, in an order that turns round each time, so that noise and neighbours are the
// same for all. Times count from the answer to what the benchmark did. Must not know what is promised.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Contender } from './contenders.ts';
import type { Order } from './raw-requests.ts';
import { numbered, type Ring } from './ring.ts';

/** Samples by contender, in the order in which they were taken. */
export type Samples = ReadonlyMap<Contender, readonly number[]>;

/** Lets the one before finish what it does after its policies are there: answers, logs, statuses. */
const restMs = 25;
/** As much, after a burst. */
const quietMs = 1_000;

/** Milliseconds from a namespace's creation to all of its policies being seen. */
export async function measureCreation(
  contenders: readonly Contender[],
  family: string,
  samples: number,
): Promise<Samples> {
  return takeTurns(contenders, samples, async ({ arena, policies }, turn) => {
    const namespace = `${family}-${turn}`;
    await arena.createNamespace(namespace);
    const begun = performance.now();
    return (await arena.witness.complete(namespace, policies)) - begun;
  });
}

/**
 * Milliseconds from a policy's deletion to its being seen again, in the namespaces that `measureCreation` made. Each time
 * in another namespace: Ringfence takes a policy that is undone again and again for contested, and pauses.
 */
export async function measureHealing(
  contenders: readonly Contender[],
  family: string,
  samples: number,
): Promise<Samples> {
  return takeTurns(contenders, samples, async ({ arena }, turn) => {
    const policies = arena.witness.policiesOf(`${family}-${turn}`);
    const victim = policies[turn % policies.length];
    if (victim === undefined) throw new Error(`there is no namespace ${family}-${turn} with policies`);
    await arena.deletePolicy(victim);
    const begun = performance.now();
    return (await arena.witness.again(victim)) - begun;
  });
}

/** Policies per second, from the first namespace of a burst being sent to the last policy being seen. */
export async function measureBurst(
  { arena, policies }: Contender,
  family: string,
  namespaces: number,
): Promise<number> {
  const begun = performance.now();
  const [end] = await Promise.all([
    arena.witness.allOf(family, namespaces * policies),
    ...numbered(family, namespaces).map((name) => arena.createNamespace(name)),
  ]);
  await sleep(quietMs);
  return perSecond(namespaces * policies, end - begun);
}

/** The same writes as a burst, sent by one process that does not wait. */
export async function measureRawBurst(
  raw: Contender,
  ring: Ring,
  family: string,
  namespaces: number,
): Promise<number> {
  return measureOrder(raw, family, {
    namespaces: numbered(family, namespaces),
    create: true,
    ...creating(ring),
  });
}

/** The policies of a burst alone, in namespaces that exist. */
export async function measureRawPolicies(
  raw: Contender,
  ring: Ring,
  family: string,
  namespaces: number,
): Promise<number> {
  await Promise.all(numbered(family, namespaces).map((name) => raw.arena.createNamespace(name)));
  await sleep(quietMs);
  return measureOrder(raw, family, {
    namespaces: numbered(family, namespaces),
    create: false,
    ...creating(ring),
  });
}

function creating(ring: Ring): Pick<Order, 'writes'> {
  return { writes: ring.map((policy) => ({ method: 'POST', policy })) };
}

async function measureOrder(
  { arena, process, policies }: Contender,
  family: string,
  order: Order,
): Promise<number> {
  const count = order.namespaces.length * policies;
  const begun = performance.now();
  process.tell(JSON.stringify(order));
  const end = await arena.witness.allOf(family, count);
  await sleep(quietMs);
  return perSecond(count, end - begun);
}

async function takeTurns(
  contenders: readonly Contender[],
  samples: number,
  measure: (contender: Contender, turn: number) => Promise<number>,
): Promise<Samples> {
  const taken = new Map(contenders.map((contender) => [contender, [] as number[]]));
  for (let turn = 0; turn < samples; turn += 1) {
    for (const contender of turn % 2 === 0 ? contenders : contenders.toReversed()) {
      taken.get(contender)?.push(await measure(contender, turn));
      await sleep(restMs);
    }
  }
  return taken;
}

function perSecond(count: number, ms: number): number {
  return (count / ms) * 1000;
}
