// A change that writes policies in every namespace: the first enforcement, and a change of one policy of each. Ringfence is told by
// one edit of the platform profile; afterwards the raw writer repeats its writes. Meanwhile others create namespaces and edit profiles.
// Must not know what is promised.
import type { Write } from '../raw-requests.ts';
import type { PolicyFamily, Witness } from '../witness.ts';
import { Bystanders, waitFigures } from './meanwhile.ts';
import { observe } from './observe.ts';
import { costFigures, type ScenarioResult } from './scenario-result.ts';
import { family, type Stage, timeoutMs } from './stage.ts';

/** One change of everything. */
interface BulkChange {
  readonly scenario: string;
  /** The edit of the platform profile. */
  readonly platform: object;
  readonly verb: 'POST' | 'PUT';
  /** The policies that it writes for good. */
  readonly policies: PolicyFamily;
}

const eventOf = { POST: 'ADDED', PUT: 'MODIFIED' } as const;
const samples = 20;
/** What raw writes reach on this kind of machine, roughly: it only decides how far samples are apart. */
const expectedPerMs = 1;

/** Every namespace exists, and becomes enforced. */
export async function measureFirstEnforcement(stage: Stage): Promise<ScenarioResult> {
  return measure(stage, {
    ...{ scenario: 'first enforcement', platform: { enforcement: 'Enforce' }, verb: 'POST' },
    policies: stage.bulk,
  });
}

/** The pods of DNS listen on another port: one policy of each namespace changes. */
export async function measurePlatformChange(stage: Stage): Promise<ScenarioResult> {
  return measure(stage, {
    ...{ scenario: 'platform-wide change', platform: { dns: { ports: [5353] } }, verb: 'PUT' },
    policies: { family, names: ['ringfence-dns'] },
  });
}

async function measure(stage: Stage, change: BulkChange): Promise<ScenarioResult> {
  const { ours, raw, operator, writer } = stage;
  const bystanders = new Bystanders(stage);
  const atRest = await bystanders.atRest();
  stage.takeWrites();
  await operator.takeLag();
  const { result, cost } = await observe(ours, operator.process, () => carryOut(stage, change, bystanders));
  const lag = await operator.takeLag();
  const { result: rawPerSecond, cost: rawCost } = await observe(raw, writer, () =>
    repeat(stage, change, stage.takeWrites()),
  );
  return {
    scenario: change.scenario,
    figures: [
      {
        ...{ what: 'policies', unit: '/s' },
        ringfence: result.perSecond,
        raw: rawPerSecond,
      },
      ...waitFigures(atRest, result.waits),
      ...costFigures({ cost, rawCost, lag }),
    ],
    cost,
    rawCost,
  };
}

/** Returns how many policies a second were written, and how long others waited meanwhile. */
async function carryOut(stage: Stage, { platform, verb, policies }: BulkChange, bystanders: Bystanders) {
  const { ours, size } = stage;
  const type = eventOf[verb];
  await ours.cluster.platform(platform);
  const bulk = writtenPerSecond(ours.witness, type, { ...policies, count: size.namespaces });
  const gapMs = (size.namespaces * policies.names.length) / expectedPerMs / samples;
  const waits = await bystanders.during(bulk, gapMs);
  const perSecond = await bulk;
  await stage.atRest('Enforced');
  return { perSecond, waits };
}

/** The same writes by the raw writer, one after the other in each namespace. Returns how many policies a second. */
async function repeat(
  stage: Stage,
  { verb, policies }: BulkChange,
  writes: readonly Write[],
): Promise<number> {
  const { raw, size } = stage;
  stage.tellWriter(writes.filter(({ method }) => method === verb));
  const count = size.namespaces;
  const perSecond = await writtenPerSecond(raw.witness, eventOf[verb], { ...policies, count });
  const temporary = writes.filter(({ method }) => method === 'DELETE');
  if (temporary.length === 0) return perSecond;
  stage.tellWriter(temporary);
  const deleted = { family, names: temporary.map(({ policy }) => policy.metadata.name) };
  await raw.witness.tallied('DELETED', deleted, count, timeoutMs);
  return perSecond;
}

/** From now until something has happened to these policies in so many namespaces: how often a second it happens to any policy. */
async function writtenPerSecond(
  witness: Witness,
  type: 'ADDED' | 'MODIFIED',
  { count, ...policies }: PolicyFamily & { readonly count: number },
): Promise<number> {
  const before = { total: witness.total(type), ofThese: witness.tally(type, policies) };
  const begun = performance.now();
  const end = await witness.tallied(type, policies, before.ofThese + count, timeoutMs);
  return (witness.total(type) - before.total) / ((end - begun) / 1000);
}
