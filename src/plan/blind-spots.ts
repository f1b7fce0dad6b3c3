// Findings about what the operator can't see: a kind that the cluster no longer knows, and an object that its own decoder
// fails on. Must not know how the operator sees anything.

import type { Finding } from '../model/findings.ts';
import { formatKey, type ObjectKey } from '../model/object-key.ts';
import type { PlatformFacts } from '../view/cluster-view.ts';

/** @param kinds the resources that are missing, as in `appnetworkprofiles.ringfence.dev` */
export function goneFindings(
  { name }: Pick<PlatformFacts, 'name'>,
  kinds: readonly string[],
): readonly Finding[] {
  return kinds.map((kind) => ({
    code: 'KindGone',
    subject: { kind: 'PlatformNetworkProfile', name },
    message: `the cluster no longer knows \`${kind}\`: until it does, nothing is written or deleted because of it`,
    hint: 'install the CRDs with `kubectl apply -k config/crd`, and then the profiles',
  }));
}

/** @param objects by resource */
export function unreadableFindings(
  { name }: Pick<PlatformFacts, 'name'>,
  objects: ReadonlyMap<string, readonly (ObjectKey & { readonly message: string })[]>,
): readonly Finding[] {
  return [...objects].flatMap(([resource, all]) =>
    all.map((object) => ({
      code: 'Unreadable',
      subject:
        object.namespace === ''
          ? { kind: 'PlatformNetworkProfile', name }
          : { kind: 'Namespace', name: object.namespace },
      message: `a bug in Ringfence keeps it from reading \`${formatKey(object)}\` of ${resource}: ${object.message}; the last known version stays in force`,
      hint: 'report it with the object, as `kubectl get -o yaml` shows it; the log has the stack trace',
    })),
  );
}
