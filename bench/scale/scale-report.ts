// Prints what was measured of one size: a table of figures, the requests, and the targets. Must not know how it was measured.
import type { RequestCount } from '../../e2e/control-plane/request-counts.ts';
import { Report } from '../report.ts';
import type { ScenarioResult } from './scenario-result.ts';
import type { Size } from './stage.ts';
import { ratio, targetsOf } from './targets.ts';

/** All of one size. */
export interface SizeResult extends Size {
  /** When, and how busy the machine was then. */
  readonly begun: { readonly at: string; readonly machine: string };
  readonly scenarios: readonly ScenarioResult[];
}

/** The tables of a size, and whether its targets are met. */
export function reportOn(result: SizeResult): {
  readonly text: string;
  readonly missed: boolean;
  readonly data: object;
} {
  const report = new Report(['Ringfence', 'raw', 'ratio']);
  for (const scenario of result.scenarios) {
    report.add(scenario.scenario.toUpperCase(), '', undefined);
    for (const { what, unit, ringfence, raw } of scenario.figures)
      report.add(what, unit, { Ringfence: ringfence, raw, ratio: ratio(ringfence, raw) });
    for (const target of targetsOf(scenario, result)) report.target(target);
  }
  const { namespaces, routes, begun } = result;
  const title = `${namespaces} namespaces${routes === 0 ? '' : ` with ${routes} routes each`}, ${begun.at}, ${begun.machine}`;
  const requests = result.scenarios.flatMap(({ scenario, cost, rawCost }) => [
    requestLine(`${scenario}, Ringfence`, cost.requests),
    ...(rawCost === undefined ? [] : [requestLine(`${scenario}, raw`, rawCost.requests)]),
  ]);
  return {
    text: `${title}\n\n${report.text}\n\nREQUESTS\n${requests.join('\n')}\n`,
    missed: report.missed,
    data: { ...result, targets: report.judged },
  };
}

/** By verb and resource, the most frequent first; failures have their status. */
function requestLine(who: string, requests: readonly RequestCount[]): string {
  const words = requests
    .toSorted((a, b) => b.count - a.count)
    .map(({ verb, resource, subresource, code, count }) => {
      const what = [resource || 'other paths', ...(subresource === '' ? [] : [subresource])].join('/');
      return `${verb} ${what}${code < '300' ? '' : ` (${code})`} ${count}`;
    });
  return `${who}: ${words.join(', ') || 'none'}`;
}
