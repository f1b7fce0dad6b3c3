// Follows everything that a verb reads of a cluster, with watches, until the process ends.
// Must not know what is made of it.
import { setTimeout } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { decode } from '../../api/decode.ts';
import { ApiClient } from '../../kube/api-client.ts';
import { connect, loadKubeConfig } from '../../kube/connection.ts';
import { Decoder } from '../../kube/decoder.ts';
import { Reflector, type ReflectorListener } from '../../kube/reflector.ts';
import { identify, type KubernetesObject, type Resource } from '../../kube/resource.ts';
import { apiVersionOf, ServedPath } from '../../kube/served-path.ts';
import { type Identified, Store } from '../../kube/store.ts';
import { type AnyKind, kinds } from '../../objects/kinds.ts';
import type { CommandContext } from '../command-context.ts';
import type { ClusterFlags } from '../options.ts';
import { type ClusterSnapshot, snapshotOf } from '../snapshot/cluster-snapshot.ts';
import { type OperatorSign, readOperatorSign } from './operator-sign.ts';

/** Changes that come together are shown together. */
const leastMs = 500;

/** How often to look for a sign of the operator, and again at the facts: a silent operator changes nothing. */
const signEveryMs = 5_000;

/** What is known of a watched cluster. */
export interface WatchedCluster {
  readonly snapshot: ClusterSnapshot;
  readonly operator: OperatorSign;
}

/**
 * A snapshot of a cluster, again whenever something in it has changed that a verb reads, and every few seconds. What is made of one
 * takes time: at most half of it is spent on that. Each kind that can't be read is reported once, until it can be read again.
 *
 * @throws ConfigurationError if the kubeconfig is not usable
 */
export async function* watchCluster(
  flags: ClusterFlags & { readonly operatorNamespace: string },
  { note }: CommandContext,
): AsyncGenerator<WatchedCluster> {
  const client = new ApiClient(await connect(loadKubeConfig(flags)));
  const listener = reportingFailures(note);
  const watched = kinds
    .filter(({ onlyTool }) => onlyTool !== 'Files')
    .map((kind) => watchKind(kind, client, listener));
  let isChanged = true;
  for (const { store } of watched)
    store.onChange(() => {
      isChanged = true;
    });
  const ended = new AbortController();
  const running = Promise.all(watched.map(({ reflector }) => reflector.run(ended.signal)));
  try {
    let lookedAt = Number.NEGATIVE_INFINITY;
    let operator: OperatorSign = { state: 'Unknown' };
    let spentMs = 0;
    for (;;) {
      await setTimeout(Math.max(leastMs, spentMs));
      if (!watched.every(({ reflector }) => reflector.synced)) continue;
      const begun = performance.now();
      if (begun - lookedAt >= signEveryMs) {
        operator = await readOperatorSign(client, flags.operatorNamespace);
        lookedAt = begun;
        // A pause ends by the clock.
        isChanged = true;
      }
      if (!isChanged) continue;
      isChanged = false;
      const objects = watched.flatMap(({ store }) => store.all().map(({ object }) => object));
      yield { snapshot: snapshotOf(objects, flags.operatorNamespace), operator };
      spentMs = performance.now() - begun;
    }
  } finally {
    ended.abort();
    await running;
    await client.close();
  }
}

/** An object, whole. */
interface WatchedObject extends Identified {
  readonly object: KubernetesObject;
}

function watchKind(kind: AnyKind, client: ApiClient, listener: ReflectorListener) {
  const resource = wholeObjects(kind);
  const store = new Store<WatchedObject>((a, b) => isSame(kind, a, b));
  const decoder = new Decoder(resource, store);
  const served = new ServedPath(resource);
  return { store, reflector: new Reflector(client, { resource, store, decoder, served }, listener) };
}

/** A kind whose objects are kept as they are. A cluster may lack what a CRD defines. */
function wholeObjects(kind: AnyKind): Resource<WatchedObject> {
  const { kind: name, name: plural, path, olderPaths, query, optional, custom } = kind;
  return {
    ...{ kind: name, name: plural, path },
    ...(olderPaths && { olderPaths }),
    ...(query && { query }),
    ...((optional || custom) && { optional: true }),
    // The items of a list do not name their kind.
    reduce: (raw) => ({
      ...identify(raw),
      object: { apiVersion: apiVersionOf(path), ...raw, kind: name },
    }),
  };
}

/** Whether what is read of two versions of an object is the same. */
function isSame(kind: AnyKind, a: WatchedObject, b: WatchedObject): boolean {
  return isDeepStrictEqual(factsIn(kind, a), factsIn(kind, b));
}

/** Without its version; all of an object that can't be read. */
function factsIn({ schema = z.looseObject({}), reduce }: AnyKind, { object }: WatchedObject): object {
  const { metadata } = object;
  try {
    const read = decode(schema, object);
    if (!read.ok) return object;
    const { resourceVersion: _, ...facts } = reduce({ ...read.value, metadata });
    return facts;
  } catch {
    // A reducer relies on the API server's validation.
    return object;
  }
}

function reportingFailures(note: CommandContext['note']): ReflectorListener {
  const failing = new Set<string>();
  return {
    onHealthy: (kind) => failing.delete(kind),
    onFailure: (kind, { message }) => {
      if (!failing.has(kind)) note(`can't read ${kind} at the moment: ${message}`);
      failing.add(kind);
    },
  };
}
