// What a reader of an explanation should know besides the policies: about nodes, addresses and port names.
// Must not know how the explanation is made.
import type { CniFacts } from '../model/cni-facts.ts';
import { quoteSome } from '../model/counted.ts';
import { nearest } from '../model/did-you-mean.ts';
import { type Family, families } from '../model/ip-ranges.ts';
import { allPorts, formatPortSet, type PortSet, portSets } from '../model/port-set.ts';
import { type PortSpec, withProtocol } from '../model/ports.ts';
import { type Endpoint, formatEndpoint, isWorkload } from './endpoints.ts';
import type { MayHoldPods } from './pod-addresses.ts';
import { resolvePorts } from './rule-ports.ts';
import { isBlock } from './rules.ts';
import { familiesOf, isPods, type PairEnd, type PairSide, portsOfSide } from './sides.ts';

/** Something to know that is not in a policy. */
export interface Note {
  readonly code:
    | 'Self'
    | 'HostNetwork'
    | 'BlockMatchesPod'
    | 'AddressesUnknown'
    | 'NodeTraffic'
    | 'NoSuchPort'
    | 'NoCommonPort'
    | 'FamiliesDiffer'
    | 'NoCommonFamily';
  readonly message: string;
}

/** An end, and how policies see it. */
export interface ExplainedEnd {
  readonly end: Endpoint;
  readonly seenAs: PairEnd;
}

/** What notes are about. */
export interface Noted {
  readonly from: ExplainedEnd;
  readonly to: ExplainedEnd;
  readonly egress: PairSide;
  readonly ingress: PairSide;
  readonly allowed: boolean;
  readonly port: PortSpec | undefined;
  /** The port as numbers. */
  readonly asked: PortSet | undefined;
  readonly mayHoldPods: MayHoldPods;
  readonly cni: CniFacts;
}

/** A pod and itself: "a Pod cannot block access to itself" (the concept page). */
export const selfNote: Note = {
  code: 'Self',
  message: 'a pod always reaches itself: no policy can deny that',
};

/** Everything to know about a pair of two ends. */
export function notesOn(noted: Noted): readonly Note[] {
  return [
    hostNetworks,
    blocksThatMatch,
    unknownAddresses,
    nodeTraffic,
    missingPort,
    noCommonPort,
    wrongFamilies,
  ].flatMap((about) => about(noted));
}

function hostNetworks({ from, to }: Noted): readonly Note[] {
  return [from, to].flatMap(({ end, seenAs }) => {
    if (!isPods(seenAs) || !seenAs.hostNetwork) return [];
    const message = `${quote(end)} is in the host network: no policy applies to it and no selector selects it; its address is the node's`;
    return [{ code: 'HostNetwork' as const, message }];
  });
}

function blocksThatMatch({ egress, ingress, cni }: Noted): readonly Note[] {
  const matches = [egress, ingress].flatMap((side) => (side.standing === 'Isolated' ? side.matches : []));
  const cidrs = [...new Set(matches.flatMap(({ block }) => block ?? []))];
  if (cidrs.length === 0) return [];
  if (cni.IPBlockSelectsPods) return [];
  const named = `an ipBlock (${quoteSome(cidrs, 5)})`;
  const message =
    cni.IPBlockSelectsPods === undefined
      ? `${named} matches a pod by its address: this is true for CNIs that filter packets with iptables; with some others, such as Cilium, an ipBlock never matches a pod`
      : `${named} counts here as if it matched pods, but in this cluster it matches none, as the canary found: without another rule the connection is denied`;
  return [{ code: 'BlockMatchesPod', message }];
}

function unknownAddresses({
  from,
  to,
  egress,
  ingress,
  allowed,
  asked,
  mayHoldPods,
}: Noted): readonly Note[] {
  if (allowed) return [];
  const declared = isPods(to.seenAs) ? to.seenAs.ports : [];
  return [
    { side: egress, other: to },
    { side: ingress, other: from },
  ].flatMap(({ side, other }) => {
    if (side.standing !== 'Isolated' || !isPods(other.seenAs) || other.seenAs.addresses.length > 0) return [];
    // Only rules for the requested ports count, whatever addresses their blocks match.
    const rules = side.rules.filter(
      ({ ports }) =>
        !portSets.isEmpty(portSets.intersection(resolvePorts(ports, declared), asked ?? allPorts)),
    );
    const { hostNetwork } = other.seenAs;
    const blocks = rules
      .flatMap(({ peers: all = [] }) => all)
      .filter(isBlock)
      .filter((block) => hostNetwork || mayHoldPods(block));
    const cidrs = [...new Set(blocks.map(({ cidr }) => cidr))];
    if (cidrs.length === 0) return [];
    const message = `the addresses of ${quote(other.end)} are not known: an ipBlock (${quoteSome(cidrs, 5)}) may match them`;
    return [{ code: 'AddressesUnknown' as const, message }];
  });
}

/** "Traffic to and from the node where a Pod is running is always allowed" (the concept page). */
function nodeTraffic({ from, ingress, allowed }: Noted): readonly Note[] {
  if (isPods(from.seenAs) || allowed || ingress.standing !== 'Isolated') return [];
  const message = "traffic from a pod's own node, such as the kubelet's probes, is always allowed";
  return [{ code: 'NodeTraffic', message }];
}

function missingPort({ to, port, asked }: Noted): readonly Note[] {
  if (port === undefined || !('name' in port) || asked === undefined || !portSets.isEmpty(asked)) return [];
  const message = isWorkload(to.end)
    ? `${quote(to.end)} has no ${port.protocol} port named \`${port.name}\`; ${namedPorts(to, port.name)}`
    : `${quote(to.end)} is an address, and addresses have no port names`;
  return [{ code: 'NoSuchPort', message }];
}

function namedPorts({ seenAs }: ExplainedEnd, wanted: string): string {
  const all = isPods(seenAs) ? seenAs.ports : [];
  const named = all.flatMap(({ name, number, protocol }) =>
    name === undefined ? [] : `${name} (${withProtocol(number, protocol)})`,
  );
  if (named.length === 0) return 'its containers name no port: write a number';
  const names = all.flatMap(({ name = [] }) => name);
  const meant = nearest(wanted, names);
  return `it has ${quoteSome(named, 5)}${meant === undefined ? '' : `: did you mean \`${meant}\`?`}`;
}

function noCommonPort({ from, to, egress, ingress, allowed, asked }: Noted): readonly Note[] {
  if (allowed || asked !== undefined) return [];
  const common = familiesOf(from.seenAs).filter((family) => familiesOf(to.seenAs).includes(family));
  const met = common.flatMap((family) => {
    const [out, into] = [portsOfSide(egress, family), portsOfSide(ingress, family)];
    return portSets.isEmpty(out) || portSets.isEmpty(into) ? [] : [{ out, into }];
  });
  const [first] = met;
  if (first === undefined) return [];
  const message = `${quote(from.end)} may send to ${formatPortSet(first.out)} only, ${quote(to.end)} may receive on ${formatPortSet(first.into)} only: no port is allowed by both`;
  return [{ code: 'NoCommonPort', message }];
}

function wrongFamilies({ from, to, egress, ingress, allowed, asked }: Noted): readonly Note[] {
  if (!familiesOf(from.seenAs).some((family) => familiesOf(to.seenAs).includes(family))) {
    const message = `${quote(from.end)} and ${quote(to.end)} have no IP family in common: they cannot connect, whatever policies allow`;
    return [{ code: 'NoCommonFamily', message }];
  }
  const out = familiesThatAllow(egress, asked);
  const into = familiesThatAllow(ingress, asked);
  if (allowed || out.length === 0 || into.length === 0 || out.some((family) => into.includes(family)))
    return [];
  const message = `the policies allow the source only IPv${out.join()}, and the destination only IPv${into.join()}`;
  return [{ code: 'FamiliesDiffer', message }];
}

function familiesThatAllow(side: PairSide, asked: PortSet | undefined): readonly Family[] {
  return families.filter((family) => {
    const ports = portsOfSide(side, family);
    return asked === undefined ? !portSets.isEmpty(ports) : portSets.covers(ports, asked);
  });
}

function quote(end: Endpoint): string {
  return `\`${formatEndpoint(end)}\``;
}
