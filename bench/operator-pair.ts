// Two bundled operators as config/ha starts them: one is active, and one waits. Ends the active one in whatever way, and measures how long
// nothing is healed. Must not know what is promised.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { denyIngress, leasePath } from '../e2e/cluster.ts';
import { poll } from '../e2e/control-plane/poll.ts';
import { Arena } from './arena.ts';
import type { ContenderProcess } from './contender-process.ts';
import { policiesPath } from './ring.ts';
import { RunningOperator } from './scale/running-operator.ts';
import { createNamespaces } from './sized-cluster.ts';

/** How long a handover took, in milliseconds since the active operator was told or made to end. */
export interface Handover {
  /** Until the other one had the lease. */
  readonly takenMs: number;
  /** Until a policy that was deleted right then was there again. */
  readonly healedMs: number;
}

/** The memory of a process in MiB. */
export interface Memory {
  readonly peak: number;
  readonly atRest: number;
}

const timeoutMs = 900_000;
/** How often to look, in milliseconds: the error of a time. */
const lookMs = 5;
/** Between two deletions of a rollout, in milliseconds. */
const breathMs = 20;
const settledMs = 10_000;

/** Two operators of one cluster. */
export class OperatorPair {
  readonly #stack: AsyncDisposableStack;
  readonly #arena: Arena;
  readonly #namespaces: number;
  #active: RunningOperator;
  #waiting: RunningOperator;
  #victims = 0;

  private constructor(
    stack: AsyncDisposableStack,
    { arena, namespaces }: { readonly arena: Arena; readonly namespaces: number },
    [active, waiting]: readonly [RunningOperator, RunningOperator],
  ) {
    this.#stack = stack;
    this.#arena = arena;
    this.#namespaces = namespaces;
    this.#active = active;
    this.#waiting = waiting;
  }

  /** Starts both on a cluster with so many namespaces, and waits until all of these are ringed. */
  static async open(stack: AsyncDisposableStack, namespaces: number): Promise<OperatorPair> {
    const arena = await Arena.open(stack);
    await arena.cluster.createNamespace('ringfence-system');
    await createNamespaces(arena, 0, namespaces);
    const active = await start(stack, arena);
    await arena.cluster.platformCondition('Ready', 'True', 'Enforced', timeoutMs);
    return new OperatorPair(stack, { arena, namespaces }, [active, await start(stack, arena)]);
  }

  /** The memory of both, when nothing happens. */
  async memory(): Promise<{ readonly active: Memory; readonly waiting: Memory }> {
    await sleep(settledMs);
    return { active: memoryOf(this.#active.process), waiting: memoryOf(this.#waiting.process) };
  }

  /** Ends the active one by a signal, and then starts another one that waits. */
  async handOver(signal: NodeJS.Signals): Promise<Handover> {
    const [ended, before] = [this.#active, await this.#holder()];
    ended.process.signal(signal);
    const begun = performance.now();
    const taken = this.#until('the lease is taken', async () => !['', before].includes(await this.#holder()));
    const [takenMs, healedMs] = await Promise.all([taken, this.#heal()]);
    // One that was stopped ends by no other signal.
    ended.process.signal('SIGKILL');
    this.#active = this.#waiting;
    this.#waiting = await start(this.#stack, this.#arena);
    return { takenMs: takenMs - begun, healedMs: healedMs - begun };
  }

  /** Replaces both as a rollout does: a new one is Ready before an old one ends. @returns how long each heal took meanwhile, in milliseconds */
  async rollOut(): Promise<readonly number[]> {
    let isOver = false;
    const replaced = this.#replaceBoth().finally(() => {
      isOver = true;
    });
    const heals: number[] = [];
    while (!isOver) {
      const begun = performance.now();
      heals.push((await this.#heal()) - begun);
      await sleep(breathMs);
    }
    await replaced;
    return heals;
  }

  async #replaceBoth(): Promise<void> {
    for (let round = 0; round < 2; round += 1) {
      const next = await start(this.#stack, this.#arena);
      await this.#active.process[Symbol.asyncDispose]();
      [this.#active, this.#waiting] = [this.#waiting, next];
    }
  }

  /** Deletes a policy, each time in another namespace. @returns when it was there again, by `performance.now()` */
  async #heal(): Promise<number> {
    this.#victims += 1;
    const victim = { namespace: `sized-${1 + (this.#victims % this.#namespaces)}`, name: denyIngress };
    await this.#arena.deletePolicy(victim);
    const path = `${policiesPath(victim.namespace)}/${victim.name}`;
    return this.#until(
      'the policy is back',
      async () => (await this.#arena.cluster.find(path)) !== undefined,
    );
  }

  async #holder(): Promise<string> {
    const lease = await this.#arena.cluster.find<{ spec: { holderIdentity?: string } }>(leasePath);
    return lease?.spec.holderIdentity ?? '';
  }

  async #until(what: string, isTrue: () => Promise<boolean>): Promise<number> {
    const look = async () => (await isTrue()) && performance.now();
    return poll(look, { timeoutMs, everyMs: lookMs, expired: () => new Error(`not in time: ${what}`) });
  }
}

async function start(stack: AsyncDisposableStack, arena: Arena): Promise<RunningOperator> {
  const operator = await RunningOperator.start(stack, arena, ['--leader-elect']);
  await operator.ready(timeoutMs);
  return operator;
}

function memoryOf(process: ContenderProcess): Memory {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${process.pid}/status`, 'utf8'))?.[1];
  if (kibibytes === undefined) throw new Error('this system does not tell the memory of a process');
  return { peak: process.peakMemoryMiB(), atRest: Number(kibibytes) / 1024 };
}
