// The pods of the story and their packets, on a real node: single reads by kubectl as a person types them, and connections that are
// tried all the time. Must not know who should be let in.
import { ensureBinaries } from '../control-plane/binaries.ts';
import { poll } from '../control-plane/poll.ts';
import type { Watch } from '../node/dialer.ts';
import type { PodKey, RingNode } from '../node/node.ts';
import { type AgentPod, type RunningPod, startPods } from '../node/pods.ts';
import { type Outcome, runCommand } from '../support/run-command.ts';

/** How connections went that were tried all the time. */
export interface Tried {
  readonly tried: number;
  readonly failed: number;
}

/** Long, so that a slow machine fails nothing: what kube-router denies fails at once. */
const timeoutMs = 10_000;

export class Traffic {
  readonly #node: RingNode;
  #watch: (() => Promise<Watch>) | undefined;
  #running: Watch | undefined;
  #total: Tried = { tried: 0, failed: 0 };

  constructor(node: RingNode) {
    this.#node = node;
  }

  /** Starts pods in namespaces that exist, and waits until all run. @returns each by its key */
  async start(pods: readonly AgentPod[]): Promise<ReadonlyMap<PodKey, RunningPod>> {
    return await startPods(this.#node, pods);
  }

  /**
   * Reads from a server with one command in a pod, again and again until it can, or can't: an enforcer follows a policy some time
   * after it is stored.
   * @returns the output of the last command, word for word
   */
  async read(words: readonly string[], canRead: boolean): Promise<string> {
    const { kubectl } = await ensureBinaries(['kubectl'], {});
    const env = { ...process.env, KUBECONFIG: this.#node.kubeconfigPath };
    let last: Outcome | undefined;
    const look = async () => {
      last = await runCommand(kubectl, words, env);
      return canRead ? last.code === 0 : isDenied(last);
    };
    const expired = () =>
      new Error(`\`kubectl ${words.join(' ')}\` does not change: ${JSON.stringify(last)}`);
    await poll(look, { expired });
    return `${last?.stdout}${last?.stderr}`;
  }

  /** From now on a pod tries to connect to an address every 50 ms. */
  async keepTrying(from: PodKey, address: string, port: number): Promise<void> {
    this.#watch = async () => (await this.#node.dialer(from)).watch({ address, port, timeoutMs });
    this.#running = await this.#watch();
  }

  /** How all tries went so far that have ended. They go on. */
  async soFar(): Promise<Tried> {
    const ending = this.#running;
    this.#running = await this.#watch?.();
    const tried = (await ending?.stop()) ?? 0;
    const failed = ending?.unexpected.length ?? 0;
    this.#total = { tried: this.#total.tried + tried, failed: this.#total.failed + failed };
    return this.#total;
  }
}

/** The words of kubectl that read from a server in a pod. */
export function readWords(from: PodKey, server: string): readonly string[] {
  const [namespace = '', name = ''] = from.split('/');
  const place = namespace === 'default' ? [] : ['-n', namespace];
  return ['exec', ...place, name, '--', '/agent', 'read', server];
}

/** Whether the agent could not connect, by its own words, and not kubectl. */
const isDenied = ({ code, stderr }: Outcome): boolean => code !== 0 && stderr.startsWith('agent: dial tcp');
