// Who contends: Ringfence from its bundle, the bare loop, raw creates, and a rival where one is given.
// Decides how each is started and how many policies it makes for a namespace. Must not know what is measured.
import { readFileSync, writeFileSync } from 'node:fs';
import { Arena } from './arena.ts';
import type { CommandLine, ContenderProcess } from './contender-process.ts';
import { label, type Ring, readRing } from './ring.ts';

/** A started contender in its arena. */
export interface Contender {
  readonly name: string;
  readonly arena: Arena;
  readonly process: ContenderProcess;
  /** How many policies it makes for each namespace. */
  readonly policies: number;
}

/** Everybody. */
export interface Contenders {
  readonly ringfence: Contender;
  readonly bareLoop: Contender;
  readonly rawCreates: Contender;
  readonly rival: Contender | undefined;
  /** The policies of one namespace, as Ringfence writes them. */
  readonly ring: Ring;
}

/** What the rival's README says that it makes for each namespace. */
const rivalPolicies = 4;
const rivalWorkers = 16;

/**
 * Starts everybody, each in an arena of its own. How many policies Ringfence makes, and which, is learnt from Ringfence.
 *
 * @param rival the path of the rival's binary
 */
export async function startContenders(
  stack: AsyncDisposableStack,
  rival: string | undefined,
): Promise<Contenders> {
  const count = rival === undefined ? 3 : 4;
  const [first, second, third, fourth] = await Promise.all(
    Array.from({ length: count }, () => Arena.open(stack)),
  );
  if (first === undefined || second === undefined || third === undefined) throw new RangeError('no arena');
  const { operator, ring } = await startRingfence(stack, first);
  const policies = ring.length;
  return {
    ring,
    ringfence: { name: 'Ringfence', arena: first, process: operator, policies },
    bareLoop: {
      name: 'bare loop',
      arena: second,
      process: second.start(stack, bareLoop(second, ring)),
      policies,
    },
    rawCreates: {
      name: 'raw creates',
      arena: third,
      process: third.start(stack, rawRequests(third)),
      policies,
    },
    rival:
      rival === undefined || fourth === undefined
        ? undefined
        : {
            name: 'rival',
            arena: fourth,
            process: fourth.start(stack, rivalCommand(fourth, rival)),
            policies: rivalPolicies,
          },
  };
}

/** Ringfence as `npm start` runs it: the bundle, with the flags that save memory, at the default log level. */
async function startRingfence(
  stack: AsyncDisposableStack,
  arena: Arena,
): Promise<{ operator: ContenderProcess; ring: Ring }> {
  await arena.createNamespace('probe-0');
  const operator = arena.start(stack, {
    command: process.execPath,
    args: [
      ...startCommand(),
      ...['--kubeconfig', arena.kubeconfig, '--health-address', '127.0.0.1:0', '--settle', '1'],
    ],
  });
  // The probe was there before the operator: when it is done, nothing temporary is left.
  const ready = arena.cluster.platformCondition('Ready', 'True', 'Enforced');
  await Promise.race([ready, operator.failed()]);
  return { operator, ring: await readRing(arena.client, 'probe-0') };
}

/** What follows `node` in `npm start`. */
export function startCommand(): readonly string[] {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { start: string } };
  return scripts.start.split(' ').slice(1);
}

function bareLoop(arena: Arena, ring: Ring): CommandLine {
  return node('bare-loop.ts', arena.kubeconfig, saved(arena, ring), `${label.key}=${label.value}`);
}

/** The process that sends what it is told, without thinking. */
export function rawRequests(arena: Arena): CommandLine {
  return node('raw-requests.ts', arena.kubeconfig);
}

function rivalCommand(arena: Arena, path: string): CommandLine {
  return {
    command: path,
    args: ['-workers', String(rivalWorkers), '-health', '127.0.0.1:0'],
    env: { KUBECONFIG: arena.kubeconfig },
  };
}

function node(file: string, ...args: readonly string[]): CommandLine {
  return { command: process.execPath, args: [`${import.meta.dirname}/${file}`, ...args] };
}

function saved(arena: Arena, ring: Ring): string {
  const file = arena.file('ring.json');
  writeFileSync(file, JSON.stringify(ring));
  return file;
}
