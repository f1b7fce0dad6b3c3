// What is promised at scale, as bounds of figures that scenarios return. Must not know how a figure was measured.
import type { Target } from '../report.ts';
import type { ScenarioResult } from './scenario-result.ts';
import type { Size } from './stage.ts';

/** A bound of one figure. */
interface Promised {
  /** In which scenarios; if absent, in every one that has the figure. */
  readonly scenario?: string;
  readonly what: string;
  /** What is bounded: Ringfence's figure, or its ratio to that of the raw requests. */
  readonly of: 'Ringfence' | 'ratio';
  readonly atMost?: number;
  readonly atLeast?: number;
  /** The sizes that it is promised for; if absent, all. */
  readonly appliesTo?: (size: Size) => boolean;
}

const promised: readonly Promised[] = [
  { scenario: 'first enforcement', what: 'policies', of: 'ratio', atLeast: 0.85 },
  { scenario: 'platform-wide change', what: 'policies', of: 'ratio', atLeast: 0.85 },
  {
    ...{ scenario: 'restart, all right', what: 'ready', of: 'ratio', atMost: 1.5 },
    // In a small cluster the start of Node takes longer than everything else.
    appliesTo: ({ namespaces }) => namespaces >= 10_000,
  },
  { scenario: 'restart, all right', what: 'writes', of: 'Ringfence', atMost: 0 },
  // Whether there are new kinds is asked once a minute, and a minute may begin before or after.
  { scenario: 'rest, for a minute', what: 'requests', of: 'Ringfence', atMost: 2 },
  { what: 'namespace meanwhile: p99 beyond rest', of: 'Ringfence', atMost: 150 },
  { what: 'edit meanwhile: p99 beyond rest', of: 'Ringfence', atMost: 150 },
  { what: 'CPU per written policy', of: 'ratio', atMost: 1.3 },
  { what: 'event loop lag, p99', of: 'Ringfence', atMost: 20 },
  { what: 'event loop lag, max', of: 'Ringfence', atMost: 100 },
  {
    ...{ what: 'peak memory', of: 'Ringfence', atMost: 100 },
    appliesTo: ({ namespaces }) => namespaces <= 1_600,
  },
  {
    ...{ what: 'peak memory', of: 'Ringfence', atMost: 180 },
    appliesTo: ({ namespaces, routes }) => namespaces > 1_600 && namespaces <= 10_000 && routes === 0,
  },
];

/** The promises about a result, each with what was measured. */
export function targetsOf({ scenario, figures }: ScenarioResult, size: Size): readonly Target[] {
  return promised
    .filter((each) => (each.scenario ?? scenario) === scenario && (each.appliesTo?.(size) ?? true))
    .flatMap(({ what, of, atMost, atLeast }) => {
      const { ringfence, raw } = figures.find((figure) => figure.what === what) ?? {};
      const value = of === 'Ringfence' ? ringfence : ratio(ringfence, raw);
      if (value === undefined) return [];
      const bound = {
        ...(atMost === undefined ? {} : { atMost }),
        ...(atLeast === undefined ? {} : { atLeast }),
      };
      return [{ what: `${scenario}: ${what}${of === 'ratio' ? ', to raw' : ''}`, value, ...bound }];
    });
}

/** Ringfence's figure to that of the raw requests. */
export function ratio(ringfence: number | undefined, raw: number | undefined): number | undefined {
  return ringfence === undefined || raw === undefined ? undefined : ringfence / raw;
}
