// The peers of the systems that the platform profile declares: all of a kind, or one by name.
// Must not know which kinds exist.
import { type NonEmpty, nonEmpty, type Peer } from '../model/network-policy.ts';
import { failure, type Result, success } from '../model/result.ts';
import type { DeclaredSystem, EndProblem } from './route-end.ts';

/**
 * The peers of one system, or of all systems with known pods or addresses.
 *
 * @param field where the platform profile declares them
 * @param name one of them; `undefined` for all
 */
export function declaredPeers(
  field: 'ingressControllers' | 'monitoring',
  name: string | undefined,
  declared: readonly DeclaredSystem[],
): Result<NonEmpty<Peer>, EndProblem> {
  const meant = name === undefined ? declared : declared.filter((system) => system.name === name);
  if (meant.length === 0) return failure(notDeclared(field, name, declared));
  const peers = nonEmpty(meant.flatMap((system) => system.peers ?? []));
  if (peers !== undefined) return success(peers);
  const names = quoted(meant);
  const why = meant.flatMap(({ whyUnknown }) => whyUnknown ?? [])[0];
  return failure({
    state: 'Pending',
    reason: 'SystemPlaceUnknown',
    message: `the pods or addresses of ${names} in \`spec.${field}\` of the platform profile are not known${why === undefined ? '' : `: ${why}`}`,
  });
}

function notDeclared(
  field: string,
  name: string | undefined,
  declared: readonly DeclaredSystem[],
): EndProblem {
  const known = quoted(declared);
  const which = name === undefined ? 'nothing' : `no \`${name}\``;
  const instead = known === '' ? '' : `; it declares ${known}`;
  return {
    state: 'Pending',
    reason: 'SystemNotDeclared',
    message: `the platform profile declares ${which} in \`spec.${field}\`${instead}`,
  };
}

function quoted(systems: readonly DeclaredSystem[]): string {
  return systems.map(({ name }) => `\`${name}\``).join(', ');
}
