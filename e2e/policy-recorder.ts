// Records every set of policies that a namespace goes through, one for each change, as a CNI would see them.
// Uses client-node's own watch: a test must not trust what it tests.
import { KubeConfig, NetworkingV1Api, Watch } from '@kubernetes/client-node';
import type { StoredPolicy } from './cluster.ts';
import { poll } from './control-plane/poll.ts';

/** The policies of a namespace at one moment, by name. */
export type PolicySet = ReadonlyMap<string, StoredPolicy>;

/** A running record. */
export interface PolicyRecorder {
  /** The sets so far, the first one from before the first change. */
  readonly sets: readonly PolicySet[];
  /** When each set was seen, by `performance.now()`. */
  readonly times: readonly number[];
  /** The names of the policies in each set, sorted. */
  names(): readonly string[];
  /** Waits until the record has come to what is stored now: it comes over a watch, which may be behind. */
  caughtUp(): Promise<void>;
  stop(): void;
}

/** Records a namespace from now on. */
export async function recordPolicies(kubeconfig: string, namespace: string): Promise<PolicyRecorder> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const sets: PolicySet[] = [new Map()];
  const times = [performance.now()];
  let recording = false;
  const started = Promise.withResolvers<void>();
  const request = await new Watch(config).watch(
    `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`,
    { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan', allowWatchBookmarks: true },
    (type: string, policy: StoredPolicy) => {
      if (type === 'BOOKMARK') {
        // The first one ends what is there already: that is one set, however many events told of it.
        if (!recording) for (const list of [sets, times]) list.splice(0, list.length - 1);
        recording = true;
        started.resolve();
        return;
      }
      const next = new Map(sets.at(-1));
      if (type === 'DELETED') next.delete(policy.metadata.name);
      else next.set(policy.metadata.name, policy);
      sets.push(next);
      times.push(performance.now());
    },
    () => {},
  );
  await started.promise;
  const api = config.makeApiClient(NetworkingV1Api);
  const stored = async () => (await api.listNamespacedNetworkPolicy({ namespace })).items;
  return {
    sets,
    times,
    names: () => sets.map((set) => [...set.keys()].sort().join(' ')),
    caughtUp: () =>
      poll(
        async () =>
          versionsOf(await stored()) === versionsOf(sets.at(-1)?.values() ?? []) ? true : undefined,
        {
          timeoutMs: 60_000,
          expired: () => new Error(`the record of ${namespace} does not come to what is stored`),
        },
      ).then(() => undefined),
    stop: () => request.abort(),
  };
}

/** Which policies there are, each in which version: equal where two sets are. */
function versionsOf(
  policies: Iterable<{ readonly metadata?: { readonly uid?: string; readonly resourceVersion?: string } }>,
): string {
  return [...policies]
    .map(({ metadata }) => `${metadata?.uid} ${metadata?.resourceVersion}`)
    .sort()
    .join(', ');
}
