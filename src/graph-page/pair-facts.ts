// Whether and why one place reaches another: what each side lets through, by which rules, and which policies deny the rest.
// Must not know the page.
import { resolvePorts } from '../analyze/rule-ports.ts';
import type { PolicyNote, Standing } from '../graph/model.ts';
import { countInGroups } from '../model/counted.ts';
import { allPorts, type PortSet, portSetOf, portSets } from '../model/port-set.ts';
import { formatPorts } from '../model/port-texts.ts';
import type { Facts, NumberedPort } from './page-facts.ts';
import { yamlOf } from './yaml.ts';

type Direction = keyof PolicyNote['rules'];

/** Whether, on which ports and why one place reaches another. */
export interface PairFacts {
  /** Absent if it is denied on every port. */
  readonly ports: string | undefined;
  readonly sides: readonly SideFacts[];
}

/** One side of a connection, in words. */
export interface SideFacts {
  /** As in `leaving shop/web`. */
  readonly heading: string;
  /** Whether it lets through what was asked about. */
  readonly lets: boolean;
  readonly sentence: string;
  /** If it lets the other end through: the rules that do. Otherwise those that do on other ports. */
  readonly rules: readonly RuleFacts[];
  /** The policies that isolate this side, if it denies; a default deny comes first. */
  readonly policies: readonly PolicyWords[];
}

/** A policy, and what to know of it, as in `default deny · PlatformNetworkProfile default`. */
export interface PolicyWords {
  readonly name: string;
  readonly note: string;
}

/** A rule that lets a connection through. */
export interface RuleFacts {
  readonly policy: string;
  /** As in `rule 1, spec.ingress[0]`. */
  readonly rule: string;
  /** The rule as it is written. */
  readonly yaml: string;
  readonly ports: string;
  /** As in `AppNetworkProfile shop: web-to-mongo`; empty for policies of other authors. */
  readonly origin: string;
}

/** A rule that lets the other end through, on these ports. */
interface Match {
  readonly policy: number;
  readonly rule: number;
  readonly ports: PortSet;
}

/** What one side says of the other end. */
interface Side {
  readonly direction: Direction;
  readonly self: number;
  readonly other: number;
  readonly standing: Standing;
  readonly matches: readonly Match[];
  readonly allows: PortSet;
}

/** @param asked the port in question; absent: any */
export function pairFacts(facts: Facts, from: number, to: number, asked?: NumberedPort): PairFacts {
  const wanted = asked && portSetOf(asked.protocol, [asked.interval]);
  const arrow = facts.data.arrows[facts.arrowOf(from, to) ?? -1];
  const sides = [
    sideOf(facts, { direction: 'Egress', self: from, other: to, reason: arrow?.[3] }),
    sideOf(facts, { direction: 'Ingress', self: to, other: from, reason: arrow?.[4] }),
  ];
  const lets = (ports: PortSet) =>
    wanted === undefined ? !portSets.isEmpty(ports) : portSets.covers(ports, wanted);
  const isAllowed = asked === undefined ? arrow !== undefined : facts.allows(from, to, asked);
  const both = !isAllowed && sides.every(({ allows }) => lets(allows));
  const together = portSets.intersection(...(sides.map(({ allows }) => allows) as [PortSet, PortSet]));
  const clash = !both ? undefined : lets(together) ? 'families' : 'ports';
  return {
    ports: facts.portsOf(from, to),
    sides: sides.map((side) => {
      const isLet = lets(side.allows) && clash === undefined;
      const meant = side.matches.filter(
        ({ ports }) =>
          !isLet || wanted === undefined || !portSets.isEmpty(portSets.intersection(ports, wanted)),
      );
      const place = facts.place(side.self);
      return {
        heading: `${side.direction === 'Egress' ? 'leaving' : 'entering'} ${place.key}`,
        lets: isLet,
        sentence: clash === 'families' ? otherFamily : sentenceOf(side, { facts, isLet, clash, asked }),
        rules: clash === 'families' ? [] : meant.map((match) => ruleFacts(facts, side.direction, match)),
        policies: isLet || clash === 'families' ? [] : policyWords(facts, side),
      };
    }),
  };
}

const otherFamily = 'one end has only IPv4 addresses, the other only IPv6: they cannot connect';

function sideOf(
  facts: Facts,
  {
    direction,
    self,
    other,
    reason,
  }: Pick<Side, 'direction' | 'self' | 'other'> & { readonly reason: number | undefined },
): Side {
  const place = facts.place(self);
  const standing = direction === 'Egress' ? place.egress : place.ingress;
  const isIsolated = standing.kind === 'Isolated';
  const matches = !isIsolated
    ? []
    : reason === undefined
      ? matchesOf(facts, direction, self, other)
      : (facts.data.reasons[reason] ?? []).flatMap(({ policy, rule, ports: index }) => {
          const ports = facts.data.ports[index];
          return ports === undefined ? [] : [{ policy, rule, ports }];
        });
  const allows = isIsolated ? portSets.union(...matches.map(({ ports }) => ports)) : allPorts;
  return { direction, self, other, standing, matches, allows };
}

/** The rules of a pair without an arrow: the data lists them only for arrows. */
function matchesOf(facts: Facts, direction: Direction, self: number, other: number): readonly Match[] {
  const { data } = facts;
  const { egress, ingress } = facts.place(self);
  const { names = [] } = facts.place(direction === 'Egress' ? other : self);
  const isMeant = (opening: number) =>
    data.openings[opening]?.some(([first, last]) => first <= other && other <= last) === true;
  return (direction === 'Egress' ? egress : ingress).policies.flatMap((policy) => {
    const note = data.policies[policy];
    return (note?.lets[direction] ?? []).flatMap((opening, rule) => {
      if (!isMeant(opening)) return [];
      const { ports: written = [] } = note?.rules[direction][rule] ?? {};
      const ports = resolvePorts(written.length === 0 ? undefined : written, names);
      return portSets.isEmpty(ports) ? [] : [{ policy, rule, ports }];
    });
  });
}

/** What the state of one side means for a pair. */
function sentenceOf(
  { direction, standing, other, matches }: Side,
  {
    facts,
    isLet,
    clash,
    asked,
  }: {
    readonly facts: Facts;
    readonly isLet: boolean;
    readonly clash: string | undefined;
    readonly asked: NumberedPort | undefined;
  },
): string {
  const { key } = facts.place(other);
  const how = direction === 'Egress' ? `out to ${key}` : `${key} in`;
  const side = direction.toLowerCase();
  const port = asked === undefined ? '' : ` on ${formatPorts(portSetOf(asked.protocol, [asked.interval]))}`;
  switch (standing.kind) {
    case 'Open':
      return `open: no policy isolates it for ${side}, so everything is allowed`;
    case 'HostNetwork':
      return 'in the host network: no policy applies to it';
    case 'Outside':
      return 'outside the cluster: no policy applies there';
    case 'Isolated':
      if (isLet) return `isolated for ${side}; this lets ${how}${port}:`;
      if (clash === 'ports')
        return `isolated for ${side}; its rules let ${how} only on ports that the other side does not allow:`;
      return matches.length === 0
        ? `isolated for ${side}, and no rule lets ${how}`
        : `isolated for ${side}; its rules let ${how} only on other ports:`;
  }
}

function ruleFacts({ data }: Facts, direction: Direction, { policy, rule, ports }: Match): RuleFacts {
  const note = data.policies[policy];
  const origins = note?.origins?.[rule]?.join(', ') ?? '';
  return {
    policy: nameOfPolicy(note),
    rule: `rule ${rule + 1}, spec.${direction.toLowerCase()}[${rule}]`,
    yaml: yamlOf([note?.rules[direction][rule] ?? {}]).trimStart(),
    ports: formatPorts(ports),
    origin: [note?.owner ?? '', origins].filter((part) => part !== '').join(': '),
  };
}

function policyWords({ data }: Facts, { direction, standing }: Side): readonly PolicyWords[] {
  const notes = standing.policies.flatMap((policy) => data.policies[policy] ?? []);
  const denies = ({ rules }: PolicyNote) => rules[direction].length === 0;
  return [...notes.filter(denies), ...notes.filter((note) => !denies(note))].map((note) => {
    const what = denies(note)
      ? 'default deny'
      : `allows by ${countInGroups(note.rules[direction].length, 'rule')}`;
    return {
      name: nameOfPolicy(note),
      note: [what, note.owner].filter((part) => part !== undefined).join(' · '),
    };
  });
}

function nameOfPolicy(note: PolicyNote | undefined): string {
  return `${note?.namespace}/${note?.name}`;
}
