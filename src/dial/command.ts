// The verb `dial`: tries connections from the pod that it runs in, prints what came of them, and stays until it is deleted.
// `ringfence verify` starts it; it must not know what for, and needs no Kubernetes.
import { setTimeout as sleep } from 'node:timers/promises';
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import {
  type Attempt,
  type DialTarget,
  type Expected,
  isSettled,
  readTarget,
  writeReport,
} from './attempts.ts';
import { tryConnection } from './try-connection.ts';

interface Flags {
  readonly expect: Expected;
  readonly settle: number;
  readonly linger: number;
}

/** No more than one attempt in this time. */
const everyMs = 1_000;

/** The command-line verb that tries connections. */
export function dialCommand(): Command {
  return new Command('dial')
    .description(
      'Tries connections, and prints each result as a line of JSON. `ringfence verify` runs it in a pod.',
    )
    .addArgument(
      new Argument('<targets...>', 'such as `TCP:10.0.0.1:8080`; UDP only to a DNS server').argParser(
        addTarget,
      ),
    )
    .addOption(
      new Option('--expect <verdict>', 'what should come of it: other results are tried again')
        .choices(['allowed', 'denied'])
        .makeOptionMandatory(),
    )
    .addOption(seconds('--settle <seconds>', 'how long to wait before the first attempt').default(0))
    .addOption(seconds('--linger <seconds>', 'how long to stay when everything is printed').default(0))
    .action(async (targets: readonly DialTarget[], { expect, settle, linger }: Flags) => {
      // In a container it is process 1, for which no signal has a default.
      for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => process.exit());
      await sleep(settle * 1000);
      const write = (line: string) => process.stdout.write(line);
      await Promise.all(
        targets.map(async (target) =>
          write(writeReport({ target, attempts: await tryUntilSettled(target, expect) })),
        ),
      );
      await sleep(linger * 1000);
    });
}

async function tryUntilSettled(target: DialTarget, expected: Expected): Promise<Attempt[]> {
  const attempts: Attempt[] = [];
  for (;;) {
    const startedMs = performance.now();
    attempts.push({ afterMs: Math.round(startedMs), ...(await tryConnection(target)) });
    if (isSettled(attempts, expected)) return attempts;
    await sleep(Math.max(0, startedMs + everyMs - performance.now()));
  }
}

function addTarget(word: string, before: readonly DialTarget[] | undefined): readonly DialTarget[] {
  const target = readTarget(word);
  if (target === undefined) throw new InvalidArgumentError('write a target, like `TCP:10.0.0.1:8080`');
  return [...(before ?? []), target];
}

function seconds(flags: string, description: string): Option {
  return new Option(flags, description).argParser((word) => {
    const value = Number(word);
    if (word === '' || !(value >= 0 && value <= 60))
      throw new InvalidArgumentError('write seconds from 0 to 60');
    return value;
  });
}
