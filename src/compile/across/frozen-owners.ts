// The owners whose policies stay as they are, because a profile can't be read, and what guardrails nevertheless forbid of them.
// Must not know which policies exist: compile() never reads them.
import { compareKeys, type ObjectKey } from '../../model/object-key.ts';
import { type FindForbiddenPeers, forbiddenBy } from '../local/frozen-peers.ts';
import type { LocalNamespace } from '../local/local-namespace.ts';
import type { Compilation } from './compilation.ts';

/**
 * The owners whose policies stay as they are: the profiles that don't decode. If nothing is enforced, nothing stays, whatever a
 * profile asks for: its policies would still isolate pods after the platform's allowances are gone.
 */
export function frozenOwnersOf(
  { platform }: Compilation,
  { membership, profiles }: LocalNamespace,
): ReadonlySet<string> {
  const undecoded = profiles.filter(({ profile }) => !profile.decoded.ok).map(({ profile }) => profile.uid);
  if (undecoded.length === 0 || membership.enforcement !== 'Enforce') return new Set();
  if (membership.inside) return new Set(undecoded);
  // The ring of a system namespace depends on its profiles: while none can be read, the ring stays as it is too.
  return new Set(membership.why === 'NoProfileYet' ? [...undecoded, platform.uid] : []);
}

/** Where mirrors are written, those of profiles that don't decode stay, while the profiles' namespaces are ringed. */
export function frozenMirrorsOf(
  run: Compilation,
  { membership, egress }: LocalNamespace,
): readonly ObjectKey[] {
  if (membership.enforcement !== 'Enforce' || egress.mode !== 'Restricted') return [];
  return [...run.view.routeLinks.undecoded()]
    .filter(({ namespace }) => run.find(namespace)?.isCompiled)
    .sort(compareKeys);
}

/** What guardrails forbid of the policies that stay; `undefined` if there are no guardrails. */
export function forbiddenIn({
  guardrails,
  membership,
  context,
}: LocalNamespace): FindForbiddenPeers | undefined {
  const ends = membership.rule?.allow?.ends;
  return guardrails && ends && forbiddenBy(guardrails, ends, context);
}
