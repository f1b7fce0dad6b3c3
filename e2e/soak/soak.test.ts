// The bundled operator over thousands of edits: afterwards, in the same state of the cluster, it holds what it held before. With FAULTS=full
// that takes half an hour; SOAK_EDITS=400 tries it with fewer edits and without pauses between them.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { isFull } from '../faults/parameters.ts';
import { appNamespace, comesToRest } from '../support/expected-policies.ts';
import { onCluster } from '../support/on-cluster.ts';
import { useBundle } from '../support/operator-bundle.ts';
import { dieWithParent, OperatorProcess } from '../support/operator-process.ts';
import { Churn, residents, soakPlatform } from './churn.ts';
import { leaks, type Measurement, measure } from './measurement.ts';

const full = { edits: 10_000, minutes: 30 } as const;
const { edits, minutes } =
  process.env.SOAK_EDITS === undefined
    ? { ...full, edits: isFull ? full.edits : 0 }
    : { edits: Number(process.env.SOAK_EDITS), minutes: 0 };

describe('the verdict', () => {
  const before: Measurement = { heapMiB: 30, rssMiB: 100, files: 20, sockets: 30, timers: 10 };

  test('accepts what was held before, and a little more', () => {
    expect(leaks(before, before, 10_000)).toEqual([]);
    expect(leaks(before, { ...before, heapMiB: 31, rssMiB: 110, sockets: 34 }, 10_000)).toEqual([]);
  });

  test.each([
    ['heapMiB', 35],
    ['rssMiB', 142],
    ['files', 21],
    ['sockets', 60],
    ['timers', 40],
    ['timers', Number.NaN],
  ] as const)('names %s: %d', (what, value) => {
    expect(leaks(before, { ...before, [what]: value }, 10_000)).toEqual([expect.stringContaining(what)]);
  });
});

if (edits > 0)
  describe(`${edits} edits`, () => {
    const { cluster, proxy } = onCluster({
      proxy: true,
      controllerManager: true,
      namespaces: Object.fromEntries(residents.map((name) => [name, appNamespace])),
      platform: soakPlatform,
      beforeOperator: async (on) => on.cluster.createNamespace('monitoring'),
    });

    const bundle = useBundle();
    const probeFile = () => join(dirname(bundle()), 'probe.json');

    /** As `npm start` runs it, but for its bundle, which is of this test. */
    async function start(): Promise<OperatorProcess> {
      const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
      const words: readonly string[] = scripts.start
        .replace('dist/ringfence.mjs', bundle())
        .split(' ')
        .slice(1);
      const preloads = [dieWithParent, new URL('heap-probe.ts', import.meta.url)];
      const kubeconfig = await proxy().kubeconfig(await cluster.operatorKubeconfig());
      return OperatorProcess.run({
        command: process.execPath,
        args: [
          ...preloads.flatMap(({ href }) => ['--import', href]),
          ...[...words, '--kubeconfig', kubeconfig, '--health-address', '127.0.0.1:0'],
          // A lease that lasts: where the machine is busy, an operator would lose one of 15 s, and end.
          ...['--settle', '1', '--leader-elect', '--lease-duration', '120'],
        ],
        env: { ...process.env, PROBE_FILE: probeFile() },
      });
    }

    /** What this test itself remembers of the traffic and the log. */
    function forget({ lines }: OperatorProcess): void {
      proxy().seen.length = 0;
      const kept = lines.filter(({ msg }) => msg === 'operator started');
      lines.splice(0, lines.length, ...kept);
    }

    /** For whoever waits, and to see how memory came about where there is too much in the end. */
    async function tell(operator: OperatorProcess, churn: Churn): Promise<void> {
      if (operator.hasEnded) throw new Error(`the operator ended: ${operator.errors}`);
      const bytes = (await operator.metrics()).get('process_resident_memory_bytes') ?? Number.NaN;
      process.stderr.write(`${churn.edits} edits, ${(bytes / 2 ** 20).toFixed(0)} MiB\n`);
    }

    /** Edits so many times, evenly over so many minutes. Now and then all connections break, as when an API server is replaced. */
    async function edit(operator: OperatorProcess, churn: Churn, until: number, overMinutes: number) {
      const [began, first] = [performance.now(), churn.edits];
      const share = () => (churn.edits - first) / (until - first);
      for (let round = 0; churn.edits < until; round += 1) {
        await churn.edit();
        if (round % 500 === 250) proxy().cut(/./);
        if (round % 500 === 0) await tell(operator, churn);
        if (round % 50 === 0) forget(operator);
        await pause(Math.max(0, began + share() * overMinutes * 60_000 - performance.now()));
      }
      await churn.restore();
    }

    /** When nothing is left to do, and connections that are not needed are closed. */
    async function measureAtRest(operator: OperatorProcess, bound?: Measurement): Promise<Measurement> {
      await cluster.platformCondition('Ready', 'True', 'Enforced');
      await comesToRest(cluster, 5_000);
      const isMore = (found: Measurement) => bound !== undefined && leaks(bound, found, edits).length > 0;
      let found = await measure(operator, probeFile());
      // An idle connection stays for a minute.
      for (let round = 0; round < 9 && isMore(found); round += 1) {
        await pause(10_000);
        found = await measure(operator, probeFile());
      }
      return found;
    }

    test('leave nothing behind', async () => {
      await using operator = await start();
      const churn = new Churn(cluster, 1);
      const warmUp = Math.round(edits / 10);
      await edit(operator, churn, warmUp, minutes / 10);
      const before = await measureAtRest(operator);
      await edit(operator, churn, warmUp + edits, minutes);
      const after = await measureAtRest(operator, before);
      process.stderr.write(`${JSON.stringify({ edits: churn.edits, before, after })}\n`);
      expect(leaks(before, after, edits)).toEqual([]);
      expect(operator.hasEnded).toBe(false);
    });
  });
