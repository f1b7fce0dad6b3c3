// The verb `operator`: flags and logging, then the operator until SIGINT or SIGTERM.
// Must not know what the operator does.
import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import pino from 'pino';
import { untilAborted } from '../kube/backoff.ts';
import { connect, loadKubeConfig } from '../kube/connection.ts';
import { runOperator } from './operator.ts';

interface Flags {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace: string;
  readonly healthAddress: string;
  readonly settle: number | 'auto';
  readonly leaderElect: boolean;
  readonly leaseDuration: number;
  readonly serviceDelay: number;
  readonly nodeDelay: number;
  readonly compareEvery: number;
  readonly logLevel: string;
}

/** The command-line verb that runs the operator. */
export function operatorCommand(): Command {
  return new Command('operator')
    .description(
      'Rings the application namespaces of the cluster, and maintains their policies, until it is stopped. The PlatformNetworkProfile `default` configures it; without one it writes nothing. The statuses of the profiles show its state.',
    )
    .option('--kubeconfig <file>', 'the kubeconfig (default: the same as kubectl, or the in-cluster files)')
    .option('--context <name>', 'the context of the kubeconfig (default: the current one)')
    .addOption(
      new Option('--namespace <name>', 'the namespace of the operator, which it never fences')
        .env('POD_NAMESPACE')
        .default(inClusterNamespace() ?? 'ringfence-system'),
    )
    .addOption(
      new Option(
        '--health-address <host:port>',
        'the address that serves /livez, /readyz and /metrics; port 0 chooses a free one',
      )
        .default('127.0.0.1:8081')
        .argParser(parseAddress),
    )
    .addOption(
      new Option(
        '--settle <seconds>',
        'how long to wait for the CNI after a change of a live namespace; `auto`: until the canary has seen on every node that it tries that policies take effect, and 5 s more, at most 5 minutes; without a canary 5 s',
      )
        .default(5)
        .argParser(parseSettle),
    )
    .option(
      '--leader-elect',
      'work only while holding the Lease in that namespace, which one operator holds at a time',
      false,
    )
    .addOption(
      delay('--lease-duration <seconds>', 'how long a holder that does not renew the Lease keeps it', 15),
    )
    .addOption(delay('--service-delay <seconds>', 'how long to collect changes of DNS and the API server', 1))
    .addOption(delay('--node-delay <seconds>', 'how long to collect changes of nodes', 30))
    .addOption(
      new Option('--compare-every <seconds>', 'how often to compare the cache with the API server')
        .default(3_600)
        .argParser(parsePeriod)
        .hideHelp(),
    )
    .addOption(
      new Option('--log-level <level>', 'how much to log')
        .choices(['debug', 'info', 'warn', 'error', 'silent'])
        .default('info'),
    )
    .action(async (flags: Flags) => {
      try {
        await run(flags);
      } finally {
        // A remaining handle does not keep the process alive after the operator has ended.
        setTimeout(() => process.exit(), lingerMs).unref();
      }
    });
}

const lingerMs = 300;

/** An internal flag: tests don't want to wait. */
function delay(flags: string, description: string, seconds: number): Option {
  return new Option(flags, description).default(seconds).argParser(parseSeconds).hideHelp();
}

/** @throws ConfigurationError if the kubeconfig can never work */
async function run(flags: Flags): Promise<void> {
  const log = pino({
    level: flags.logLevel,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    // Its numbers mean something only to those who know pino.
    formatters: { level: (level) => ({ level }) },
  });
  const config = loadKubeConfig(flags);
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      log.info({ signal: name }, 'stopping');
      stop.abort();
    });
  }
  // A credential plugin may hang.
  const connection = await Promise.race([connect(config), untilAborted(stop.signal)]);
  if (connection === undefined) return;
  await runOperator(
    {
      connection,
      log,
      namespace: flags.namespace,
      healthAddress: flags.healthAddress,
      settleMs: flags.settle === 'auto' ? 'auto' : flags.settle * 1000,
      leaseMs: flags.leaderElect ? flags.leaseDuration * 1000 : undefined,
      compareMs: flags.compareEvery * 1000,
      discoveryDelays: { services: flags.serviceDelay * 1000, nodes: flags.nodeDelay * 1000 },
    },
    stop.signal,
  );
}

function inClusterNamespace(): string | undefined {
  try {
    return readFileSync('/var/run/secrets/kubernetes.io/serviceaccount/namespace', 'utf8').trim();
  } catch {
    return undefined;
  }
}

function parseAddress(text: string): string {
  const port = /:(\d{1,5})$/.exec(text)?.[1];
  if (port !== undefined && Number(port) <= 65_535) return text;
  throw new InvalidArgumentError('write `host:port`, like `0.0.0.0:8081`');
}

function parseSettle(text: string): number | 'auto' {
  return text === 'auto' ? text : secondsIn(text, 'write a number of seconds from 0 to 600, or `auto`');
}

function parseSeconds(text: string): number {
  return secondsIn(text, 'write a number of seconds from 0 to 600');
}

function secondsIn(text: string, instead: string): number {
  const seconds = Number(text);
  if (text !== '' && seconds >= 0 && seconds <= 600) return seconds;
  throw new InvalidArgumentError(instead);
}

function parsePeriod(text: string): number {
  const seconds = Number(text);
  if (seconds >= 0.1 && seconds <= 86_400) return seconds;
  throw new InvalidArgumentError('write a number of seconds from 0.1 to 86400');
}
