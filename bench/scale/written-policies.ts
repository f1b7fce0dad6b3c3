// Notes every write of a policy in one namespace, so that somebody else can repeat it in other namespaces: the raw writes are
// the same as Ringfence's. Must not know what the policies are for.
import type { ApiClient } from '../../src/kube/api-client.ts';
import type { Write } from '../raw-requests.ts';
import { policiesPath, type StoredPolicy, templateOf } from '../ring.ts';

const methods = { ADDED: 'POST', MODIFIED: 'PUT', DELETED: 'DELETE' } as const;
const watchMs = 7_200_000;

/** The writes in one namespace since they were last taken. */
export class WrittenPolicies {
  #writes: Write[] = [];
  #failure: unknown;

  /** Begins to watch, and returns when the API server has accepted the watch. @param signal ends it */
  static async in(namespace: string, client: ApiClient, signal: AbortSignal): Promise<WrittenPolicies> {
    const written = new WrittenPolicies();
    await new Promise<void>((resolve, reject) => {
      written.#run(namespace, { client, signal, onOpen: resolve }).catch((error: unknown) => {
        written.#failure = error;
        reject(error);
      });
    });
    return written;
  }

  /** The writes in their order, which are forgotten now. */
  take(): readonly Write[] {
    if (this.#failure !== undefined) throw this.#failure;
    const writes = this.#writes;
    this.#writes = [];
    return writes;
  }

  async #run(
    namespace: string,
    { client, ...options }: { client: ApiClient; signal: AbortSignal; onOpen: () => void },
  ): Promise<void> {
    const query = { watch: true, timeoutSeconds: watchMs / 1000 };
    for await (const line of client.lines(policiesPath(namespace), { query, idleMs: watchMs, ...options })) {
      const { type, object } = JSON.parse(line) as { type: keyof typeof methods; object: StoredPolicy };
      this.#writes.push({ method: methods[type], policy: templateOf(object) });
    }
  }
}
