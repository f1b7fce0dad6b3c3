// What a scenario returns: figures of Ringfence and of the raw requests, and what both cost.
// Must not know which figure is good.
import { type Cost, policyWrites } from './observe.ts';
import type { EventLoopLag } from './running-operator.ts';

/** One line of the table. */
export interface Figure {
  readonly what: string;
  readonly unit: string;
  readonly ringfence?: number | undefined;
  readonly raw?: number | undefined;
}

/** What a scenario measured. */
export interface ScenarioResult {
  readonly scenario: string;
  readonly figures: readonly Figure[];
  /** What it cost the operator, and its API server. */
  readonly cost: Cost;
  /** What the raw requests cost, if there are any. */
  readonly rawCost?: Cost;
}

/** The figures that every scenario has. */
export function costFigures({
  cost,
  rawCost,
  lag,
}: Pick<ScenarioResult, 'cost' | 'rawCost'> & { readonly lag: EventLoopLag | undefined }): readonly Figure[] {
  const cpuPerWrite = perWrite(cost);
  return [
    { what: 'CPU', unit: 's', ringfence: cost.cpuSeconds, raw: rawCost?.cpuSeconds },
    ...(cpuPerWrite === undefined
      ? []
      : [
          {
            ...{ what: 'CPU per written policy', unit: 'ms' },
            ...{ ringfence: cpuPerWrite, raw: rawCost && perWrite(rawCost) },
          },
        ]),
    { what: 'peak memory', unit: 'MiB', ringfence: cost.peakMiB, raw: rawCost?.peakMiB },
    { what: 'event loop lag, p50', unit: 'ms', ringfence: lag?.p50 },
    { what: 'event loop lag, p99', unit: 'ms', ringfence: lag?.p99 },
    { what: 'event loop lag, max', unit: 'ms', ringfence: lag?.max },
  ];
}

function perWrite(cost: Cost): number | undefined {
  const writes = policyWrites(cost);
  return writes === 0 ? undefined : (cost.cpuSeconds * 1000) / writes;
}
