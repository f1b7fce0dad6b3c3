// The connections that a world tries: from each pod to each port that is served, at the address of the pod, at each Service in front
// of it, and at addresses outside. Must not know what is allowed.
import { analyze } from '../../../src/analyze/analysis.ts';
import type { AnalysisInput } from '../../../src/analyze/facts.ts';
import { formatKey, type ObjectKey } from '../../../src/model/object-key.ts';
import type { End, Port } from './matrix.ts';

/** A connection to try. */
export interface Probe {
  readonly from: End;
  /** What is dialled, for people: a pod, a Service or an address. */
  readonly to: string;
  readonly address: string;
  /** The port that is dialled. */
  readonly port: Port;
  /** Where packets end, one of these, after the translation of a Service. */
  readonly targets: readonly Target[];
}

/** An end with its own port. */
export interface Target {
  readonly end: End;
  readonly port: Port;
}

/** Something outside of the pods that answers: the API server, or a machine on the internet. */
export interface OutsideServer {
  /** What it is called. */
  readonly name: string;
  /** Where it is dialled. */
  readonly address: string;
  readonly port: Port;
  /** Where packets end, if a Service translates the address. */
  readonly behind?: { readonly address: string; readonly port: Port };
}

/** What answers. */
export interface Serving {
  /** Pods with all their addresses, Services with theirs. */
  readonly facts: AnalysisInput;
  /** Whether connections can be tried from a pod. */
  readonly isClient: (pod: ObjectKey) => boolean;
  /** The ports on which a pod answers. */
  readonly portsOf: (pod: ObjectKey) => readonly Port[];
  readonly outside: readonly OutsideServer[];
  /** Addresses outside from which connections can be made. */
  readonly outsideClients: readonly string[];
}

const familyOf = (address: string) => (address.includes(':') ? 6 : 4);

/** All connections of one family between ends that have addresses in it. No pod dials itself: nothing can deny that. */
export function probesOf(serving: Serving, family: 4 | 6): readonly Probe[] {
  const pods = serving.facts.workloads.flatMap(({ namespace, pods: all }) =>
    all.flatMap(({ name, addresses }) => {
      const address = addresses.find((each) => familyOf(each) === family);
      return name === undefined || address === undefined ? [] : [{ pod: { namespace, name }, address }];
    }),
  );
  const served = [
    ...pods.flatMap(({ pod, address }) =>
      serving.portsOf(pod).map((port) => ({
        ...{ to: formatKey(pod), address, port, targets: [{ end: { pod }, port }] },
      })),
    ),
    ...servicesIn(serving, family),
  ];
  const outside = serving.outside
    .filter(({ address }) => familyOf(address) === family)
    .map(({ name, address, port, behind }) => ({
      ...{ to: name, address, port },
      targets: [{ end: { address: behind?.address ?? address }, port: behind?.port ?? port }],
    }));
  const clients = serving.outsideClients.filter((address) => familyOf(address) === family);
  return [
    ...pods
      .filter(({ pod }) => serving.isClient(pod))
      .flatMap(({ pod }) =>
        [...served, ...outside]
          .filter(({ targets }) => !targets.some(({ end }) => isPod(end, pod)))
          .map((target) => ({ from: { pod }, ...target })),
      ),
    ...clients.flatMap((address) =>
      served
        .filter(({ targets }) => targets.length === 1)
        .filter(({ to }) => !to.startsWith('service/'))
        .map((target) => ({ from: { address }, ...target })),
    ),
  ];
}

function isPod(end: End, pod: ObjectKey): boolean {
  return 'pod' in end && formatKey(end.pod) === formatKey(pod);
}

/** Each port of a Service whose pods answer on their own ports behind it. */
function servicesIn({ facts, portsOf }: Serving, family: 4 | 6): readonly Omit<Probe, 'from'>[] {
  const analysis = analyze(facts);
  return facts.services.flatMap((service) => {
    const address = service.clusterIPs?.find((each) => familyOf(each) === family);
    const followed = analysis.serviceTargets(service);
    if (address === undefined || !followed.ok) return [];
    return followed.value.flatMap(({ port: { port, protocol }, ends }) => {
      if (protocol === 'SCTP') return [];
      const targets = ends.flatMap(({ end, ports }) =>
        podsOf(facts, end).flatMap((pod) =>
          ports[protocol].map(({ first }) => ({ end: { pod }, port: { protocol, number: first } })),
        ),
      );
      const answers = ({ end, port: own }: (typeof targets)[number]) =>
        portsOf(end.pod).some((each) => each.protocol === own.protocol && each.number === own.number);
      if (targets.length === 0 || !targets.every(answers)) return [];
      return [{ to: `service/${formatKey(service)}`, address, port: { protocol, number: port }, targets }];
    });
  });
}

function podsOf(
  { workloads }: AnalysisInput,
  {
    workload,
    pods,
  }: { readonly workload: ObjectKey & { readonly kind: string }; readonly pods?: readonly string[] },
): readonly ObjectKey[] {
  const { namespace, kind } = workload;
  const found = workloads.find((each) => each.kind === kind && formatKey(each) === formatKey(workload));
  const names = pods ?? found?.pods.flatMap(({ name }) => name ?? []) ?? [];
  return names.map((name) => ({ namespace, name }));
}
