// Work in many namespaces: the operator does it because something changed; afterwards the raw writer repeats its writes.
// Meanwhile others create namespaces and edit profiles. Must not know what changed.
import type { Write } from '../raw-requests.ts';
import type { Witness } from '../witness.ts';
import { Bystanders, waitFigures } from './meanwhile.ts';
import { observe } from './observe.ts';
import { costFigures, type ScenarioResult } from './scenario-result.ts';
import { family, type Stage, timeoutMs } from './stage.ts';

/** The writes of some work. */
export interface BulkWrites {
  /** How the policies are written. */
  readonly verb: 'POST' | 'PUT';
  /** The names of those that are written for good; if absent, there is one in each namespace. */
  readonly names?: readonly string[];
  /** The namespaces, with the first one of the stage. */
  readonly namespaces: readonly string[];
  /** Whether the operator collects such changes for a while: then the time counts from the first policy. */
  readonly isCollected?: boolean;
}

/** Something that makes the operator write in many namespaces. */
export interface BulkWork extends BulkWrites {
  readonly scenario: string;
  /** Makes the change, and returns when it is accepted. */
  readonly change: () => Promise<unknown>;
}

const eventOf = { POST: 'ADDED', PUT: 'MODIFIED' } as const;
const samples = 20;
/** What raw writes reach on this kind of machine, roughly: it only decides how far samples are apart. */
const expectedPerMs = 1;

/** Measures some work beside raw writes. The operator is at rest before and after. */
export async function measureBulk(stage: Stage, work: BulkWork): Promise<ScenarioResult> {
  const { ours, raw, operator, writer } = stage;
  const bystanders = new Bystanders(stage);
  const atRest = await bystanders.atRest();
  stage.takeWrites();
  await operator.takeLag();
  const { result, cost } = await observe(ours, operator.process, () => carryOut(stage, work, bystanders));
  const lag = await operator.takeLag();
  const writes = stage.takeWrites();
  const { result: rawPerSecond, cost: rawCost } = await observe(raw, writer, () =>
    repeatWrites(stage, work, writes),
  );
  return {
    scenario: work.scenario,
    figures: [
      { what: 'policies', unit: '/s', ringfence: result.perSecond, raw: rawPerSecond },
      ...waitFigures(atRest, result.waits),
      ...costFigures({ cost, rawCost, lag }),
    ],
    cost,
    rawCost,
  };
}

/** Returns how many policies a second were written, and how long others waited meanwhile. */
async function carryOut(stage: Stage, work: BulkWork, bystanders: Bystanders) {
  await work.change();
  const bulk = writtenPerSecond(stage.ours.witness, work);
  const { namespaces, names = [''] } = work;
  const gapMs = (namespaces.length * names.length) / expectedPerMs / samples;
  const waits = await bystanders.during(bulk, gapMs);
  const perSecond = await bulk;
  await stage.atRest('Enforced');
  return { perSecond, waits };
}

/**
 * The same writes by the raw writer, one after the other in each namespace, and then the deletion of what was temporary.
 *
 * @returns how many policies a second, without the deletion
 */
export async function repeatWrites(
  stage: Stage,
  work: BulkWrites,
  writes: readonly Write[],
): Promise<number> {
  const { namespaces, verb } = work;
  const { witness } = stage.raw;
  const written = writtenPerSecond(witness, work);
  stage.tellWriter(
    writes.filter(({ method }) => method === verb),
    namespaces,
  );
  const perSecond = await written;
  const temporary = writes.filter(({ method }) => method === 'DELETE');
  if (temporary.length > 0) {
    stage.tellWriter(temporary, namespaces);
    const deleted = { family, names: temporary.map(({ policy }) => policy.metadata.name) };
    await witness.tallied('DELETED', deleted, namespaces.length, timeoutMs);
  }
  return perSecond;
}

/** From now until the work is done: how often a second any policy is written. */
async function writtenPerSecond(
  witness: Witness,
  { verb, names, namespaces, isCollected = false }: BulkWrites,
): Promise<number> {
  const type = eventOf[verb];
  const policies = { family, ...(names === undefined ? {} : { names }) };
  const before = { total: witness.total(type), ofThese: witness.tally(type, policies) };
  const now = performance.now();
  const begun = isCollected ? await witness.tallied(type, policies, before.ofThese + 1, timeoutMs) : now;
  const end = await witness.tallied(type, policies, before.ofThese + namespaces.length, timeoutMs);
  return (witness.total(type) - before.total) / ((end - begun) / 1000);
}
