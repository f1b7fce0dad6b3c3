// The messages of a plan, which its text and its Markdown share.
// Must not know where they are shown.
import type { Endpoint } from '../../analyze/endpoints.ts';
import type { PolicyFacts } from '../../analyze/facts.ts';
import { nameSome, quoteSome } from '../../model/counted.ts';
import { portSets } from '../../model/port-set.ts';
import { formatPorts } from '../../model/port-texts.ts';
import { pairsIn } from '../output/end-names.ts';
import type { WaitingRoute } from '../snapshot/waiting-routes.ts';
import {
  type Changes,
  type ConnectionChange,
  type Danger,
  type IsolationChange,
  policyChangeKinds,
} from './difference.ts';

/** The reasons to check a connection. That it is lost, its place already says. */
const dangerWords: Readonly<Record<Danger, readonly string[]>> = {
  FromAnywhere: ['opened to every address'],
  FromOutside: ['opened to addresses outside'],
  ToAnywhere: ['may send to every address'],
  Lost: [],
};

/** Names ends for people: see `endNamesAmong`. */
export type NameEnds = (ends: readonly Endpoint[]) => readonly string[];

/** The first of some ends, and how many more there are. */
export function formatEnds(
  ends: readonly Endpoint[],
  nameEnds: NameEnds,
  most: number,
  look = (name: string) => name,
): string {
  return nameSome(nameEnds(ends).map(look), most);
}

/** The ports of a change; of lost ones those that are offered, as in `8080 and others`. */
export function formatChangedPorts({ ports, offered }: ConnectionChange): string {
  if (offered === undefined || portSets.isEmpty(offered)) return formatPorts(ports);
  return portSets.covers(offered, ports) ? formatPorts(ports) : `${formatPorts(offered)} and others`;
}

/** Connections that are lost, but not named one by one. */
export function formatOthers(count: number): string {
  return `${count} more on ports that no container declares and no Service leads to`;
}

/** Routes that would allow a part of what is lost. */
export function formatWaiting(routes: readonly WaitingRoute[]): string {
  const names = routes.map(({ namespace, profile, route }) => `${namespace}/${profile}/${route}`);
  return `routes that are not let in here, or only in part: ${quoteSome(names, 5)}; \`ringfence lint\` prints what to write`;
}

/** Why a connection changes, and why to check it: empty if there is nothing to say. */
export function formatReasons({ dangers, because }: ConnectionChange): string {
  const ends = { NewEnd: ['new'], EndGone: ['gone'], Policies: [] }[because];
  return [...dangers.flatMap((danger) => dangerWords[danger]), ...ends].join(', ');
}

/** If more namespaces change alike than this, the rest is counted. */
const maxAlike = 10;

/** Namespaces that change alike are one line, as in `namespaces a, b are no longer isolated (ingress)`. */
export function formatIsolation(changes: readonly IsolationChange[]): readonly IsolationLine[] {
  const alike = Map.groupBy(changes, ({ direction, isolated }) => `${direction} ${isolated}`);
  return [...alike.values()].flatMap((some) => {
    const [first, ...others] = some;
    if (first === undefined) return [];
    const names = nameSome(
      some.map(({ namespace }) => namespace),
      maxAlike,
    );
    const [namespaces, becomes, is] =
      others.length === 0 ? ['namespace', 'becomes', 'is'] : ['namespaces', 'become', 'are'];
    const direction = first.direction.toLowerCase();
    const text = first.isolated
      ? `${namespaces} ${names} ${becomes} isolated: only allowed traffic passes (${direction})`
      : `${namespaces} ${names} ${is} no longer isolated (${direction})`;
    return [{ isolated: first.isolated, text }];
  });
}

/** What happens to some namespaces. */
export interface IsolationLine extends Pick<IsolationChange, 'isolated'> {
  readonly text: string;
}

/** Why nothing changes in some namespaces. */
export function formatDryRun(namespaces: readonly string[]): string {
  return `in dry run, nothing is written; \`--enforce\` shows what would be written in ${quoteSome(namespaces, 5)}`;
}

/** Why no connection changes although policies do. */
export const noWorkloads =
  'there are no pods and nothing that creates pods, so no connections are compared: add your manifests with `-f`, or compare with a cluster';

/** The profile of a policy. */
export function formatOwner({ owner }: PolicyFacts): string {
  if (owner === undefined) return '';
  return owner.kind === 'AppNetworkProfile' ? `profile ${owner.name}` : 'platform profile';
}

/** As in `2 policies that only get new names`. */
export function formatRenamed(count: number): string {
  return count === 1 ? '1 policy that only gets a new name' : `${count} policies that only get new names`;
}

/** As in `policies: 2 added, 1 removed; connections: 1 gained, 3 lost`. */
export function formatTotals({ policies, connections }: Changes): string {
  const changed = policyChangeKinds.flatMap((change) => {
    const number = policies.filter((each) => each.change === change).length;
    return number === 0 ? [] : [`${number} ${change}`];
  });
  const moved = (['gained', 'lost'] as const).flatMap((change) => {
    const number = connections
      .filter((each) => each.change === change)
      .reduce((sum, each) => sum + pairsIn(each), 0);
    return number === 0 ? [] : [`${number} ${change}`];
  });
  const parts = [
    ...(changed.length === 0 ? [] : [`policies: ${changed.join(', ')}`]),
    ...(moved.length === 0 ? [] : [`connections: ${moved.join(', ')}`]),
  ];
  return parts.join('; ') || 'no change';
}
