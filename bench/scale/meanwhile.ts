// Somebody who creates a namespace, and somebody who edits a profile, again and again: how long each waits until the policies are
// written, at rest or during other work. Must not know which work.
import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from '../statistics.ts';
import type { Figure } from './scenario-result.ts';
import { type Stage, timeoutMs } from './stage.ts';

/** Waits in milliseconds, from the answer to what somebody did to the last policy being seen. */
export interface Waits {
  readonly created: readonly number[];
  readonly edited: readonly number[];
}

const samplesAtRest = 20;
const gapAtRestMs = 100;

/** The two of them. */
export class Bystanders {
  readonly #stage: Stage;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** How long they wait when the operator has nothing else to do. */
  async atRest(): Promise<Waits> {
    const waits: { created: number[]; edited: number[] } = { created: [], edited: [] };
    for (let sample = 0; sample < samplesAtRest; sample += 1) {
      waits.created.push(await this.#create());
      await sleep(gapAtRestMs);
      waits.edited.push(await this.#edit());
      await sleep(gapAtRestMs);
    }
    return waits;
  }

  /** How long they wait until some work has ended. @param gapMs between one sample and the next */
  async during(work: Promise<unknown>, gapMs: number): Promise<Waits> {
    let ended = false;
    const end = work.finally(() => {
      ended = true;
    });
    const repeat = async (act: () => Promise<number>): Promise<readonly number[]> => {
      const waits: number[] = [];
      for (await sleep(gapMs); !ended; await sleep(gapMs)) waits.push(await act());
      return waits;
    };
    const [created, edited] = await Promise.all([
      repeat(() => this.#create()),
      repeat(() => this.#edit()),
      end,
    ]);
    return { created, edited };
  }

  async #create(): Promise<number> {
    const { ours, ring } = this.#stage;
    const name = `meanwhile-${this.#stage.nextNumber()}`;
    await this.#stage.createEarly(name);
    const begun = performance.now();
    return (await ours.witness.complete(name, ring.length, timeoutMs)) - begun;
  }

  async #edit(): Promise<number> {
    const { ours, edited } = this.#stage;
    const number = this.#stage.nextNumber();
    const next = edited[number % edited.length];
    if (next === undefined) throw new RangeError('no profile to edit');
    const sent = performance.now();
    await this.#stage.edit(next.family, 9000 + number);
    const begun = performance.now();
    return Math.max(0, (await ours.witness.changed(next.family, next.names, sent, timeoutMs)) - begun);
  }
}

/** Their waits during some work beside those at rest. */
export function waitFigures(atRest: Waits, meanwhile: Waits): readonly Figure[] {
  return [
    ...figuresOf('namespace meanwhile', atRest.created, meanwhile.created),
    ...figuresOf('edit meanwhile', atRest.edited, meanwhile.edited),
  ];
}

function figuresOf(what: string, atRest: readonly number[], meanwhile: readonly number[]): readonly Figure[] {
  const rest = percentile(atRest, 50);
  const at = (percent: number) => (meanwhile.length === 0 ? undefined : percentile(meanwhile, percent));
  const p99 = at(99);
  return [
    { what: `${what}: median at rest`, unit: 'ms', ringfence: rest },
    { what: `${what}: p50 of ${meanwhile.length}`, unit: 'ms', ringfence: at(50) },
    { what: `${what}: p99`, unit: 'ms', ringfence: p99 },
    { what: `${what}: p99 beyond rest`, unit: 'ms', ringfence: p99 && p99 - rest },
  ];
}
