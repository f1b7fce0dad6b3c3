// Which policies stay as they are because a profile does not decode: what it owns, and what it is mirrored by elsewhere.
// Must not know why it doesn't.
import { secondName } from '../compile/names.ts';
import { type Direction, fingerprint } from '../model/network-policy.ts';
import type { DesiredPolicy, OwnedPolicy } from '../model/policies.ts';

/** Whose policies stay as they are: see `CompiledNamespace`. */
export interface Freeze {
  readonly frozenOwners: ReadonlySet<string>;
  readonly frozenMirrors: ReadonlySet<string>;
  readonly thawed: readonly Direction[];
}

/** The policies of a namespace that stay as they are. */
export interface Frozen {
  has(policy: OwnedPolicy): boolean;
  /**
   * The names of mirrors among them: one may mirror more namespaces than the one that is frozen, whose mirrors are written
   * beside it under its second name, and follow there.
   */
  readonly mirrorNames: ReadonlySet<string>;
}

/** Finds what stays as it is; a mirror that is as it is desired needs no care. */
export function frozenAmong(
  owned: readonly OwnedPolicy[],
  desired: readonly DesiredPolicy[],
  { frozenOwners, frozenMirrors, thawed }: Freeze,
): Frozen {
  const isDesired = ({ name, fingerprint: stored }: OwnedPolicy) =>
    desired.some((policy) => policy.name === name && fingerprint(policy.spec) === stored);
  const mirrors = owned.filter(
    (policy) => policy.mirrors.some((namespace) => frozenMirrors.has(namespace)) && !isDesired(policy),
  );
  const beside = new Set(mirrors.map(({ name }) => secondName(name)));
  const held = new Set(mirrors.map(({ name }) => name).filter((name) => !beside.has(name)));
  return {
    has: ({ ownerUid, name, isolates }) =>
      (frozenOwners.has(ownerUid) && !isolates.some((direction) => thawed.includes(direction))) ||
      held.has(name),
    mirrorNames: held,
  };
}
