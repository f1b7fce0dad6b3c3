// The samples of config/samples as scenes: their objects, enforced, and pods with the labels that their workloads have or their policies
// name, which answer on the ports of those policies. Must not know what is allowed.
import { globSync } from 'node:fs';
import type { AnalysisInput, PolicyFacts } from '../../../src/analyze/facts.ts';
import { RuleReader } from '../../../src/analyze/rule-reader.ts';
import { isBlock, type ParsedRule } from '../../../src/analyze/rules.ts';
import { snapshotOf } from '../../../src/cli/snapshot/cluster-snapshot.ts';
import { inForce } from '../../../src/cli/snapshot/in-force.ts';
import { directions } from '../../../src/model/network-policy.ts';
import type { ObjectKey } from '../../../src/model/object-key.ts';
import { type LabelSelector, type Labels, nameLabel, selects } from '../../../src/model/selectors.ts';
import { asStored } from '../../../src/objects/as-stored.ts';
import { type Manifest, readManifests } from '../../cluster.ts';
import type { AgentPod } from '../pods.ts';
import type { Troupe } from './lab.ts';
import type { Port } from './matrix.ts';
import type { Scene } from './stage.ts';

/** A sample in one egress mode, and who plays it: the same pods in every mode. */
export interface SampleScene {
  readonly title: string;
  readonly troupe: Troupe;
  readonly scene: Scene;
}

const modes = ['Unrestricted', 'ClusterOnly', 'Restricted'] as const;
const folder = (name: string) => globSync(`config/samples/${name}/*.yaml`).sort();
const shopPlatform = 'config/samples/shop/platform.yaml';
const shopNamespaces = 'config/samples/shop/namespaces.yaml';

/** A folder, and what it needs besides. */
interface Sample {
  readonly name: string;
  readonly files: readonly string[];
  /** The egress modes of the platform profile to play it in. */
  readonly modes: readonly (typeof modes)[number][];
}

const samples: readonly Sample[] = [
  { name: 'shop', files: [...folder('shop'), ...folder('workloads')], modes },
  { name: 'ends', files: [shopPlatform, shopNamespaces, ...folder('ends')], modes },
  // Its profiles have an egress mode themselves.
  { name: 'systems', files: [shopNamespaces, ...folder('systems')], modes: ['Restricted'] },
];

/** Every folder of samples in every egress mode. @param machines the pods are on them in turn */
export function sampleScenes(machines: readonly string[]): readonly SampleScene[] {
  return samples.flatMap((sample) => {
    const manifests = sample.files.flatMap(readManifests);
    const troupe = troupeOf(sample.name, manifests, machines);
    return sample.modes.map((egress) => ({
      title: `${sample.name}, ${egress}`,
      troupe,
      scene: {
        namespaceLabels: namespaceLabelsIn(manifests),
        objects: manifests.filter(({ kind }) => applied.includes(kind)).map((each) => enforced(each, egress)),
      },
    }));
  });
}

/** The folders that are played. */
export function playedFolders(): readonly string[] {
  return [...new Set(samples.flatMap(({ files }) => files.map((file) => file.split('/')[2] ?? '')))].sort();
}

/** What is applied: pods stand for workloads. */
const applied: readonly string[] = ['PlatformNetworkProfile', 'AppNetworkProfile', 'Service', 'Ingress'];

function namespaceLabelsIn(manifests: readonly Manifest[]): Readonly<Record<string, Labels>> {
  const namespaces = manifests.filter(({ kind }) => kind === 'Namespace');
  return Object.fromEntries(namespaces.map(({ metadata: { name, labels = {} } }) => [name, labels]));
}

/** The pods of a sample: Restricted has the most policies, which name all that others name. */
function troupeOf(sample: string, manifests: readonly Manifest[], machines: readonly string[]): Troupe {
  const objects = manifests.map((each) => asStored(enforced(each, 'Restricted')));
  const { facts } = inForce(snapshotOf(objects, 'ringfence-system'), 'AsWritten');
  const players = playersOf(facts, namespaceLabelsIn(manifests)).map((player, index) => ({
    ...player,
    name: `${sample}-${index}`,
  }));
  const ports = new Map(players.map(({ namespace, name, ports: own }) => [`${namespace}/${name}`, own]));
  return {
    namespaces: [...new Set(players.map(({ namespace }) => namespace))],
    pods: players.map((player, index) => agentPod(player, machines[index % machines.length])),
    portsOf: ({ namespace, name }) => (ports.get(`${namespace}/${name}`) ?? []).map(({ port }) => port),
  };
}

/** A sample begins as a dry run, which denies nothing. Its status is made up. */
function enforced({ ...manifest }: Manifest, egress: string): Manifest {
  if (manifest.kind !== 'PlatformNetworkProfile') return manifest;
  const { apiVersion, kind, metadata, spec } = manifest;
  return { apiVersion, kind, metadata, spec: { ...spec, enforcement: 'Enforce', egress } };
}

/** A pod that plays a part. */
interface Player extends ObjectKey {
  readonly labels: Labels;
  readonly ports: readonly NamedPort[];
}

interface NamedPort {
  readonly name?: string;
  readonly port: Port;
}

/** A player without a name. */
type Part = Omit<Player, 'name'>;

/** A port that no sample names. */
const unnamed: NamedPort = { port: { protocol: 'TCP', number: 4321 } };

function playersOf(facts: AnalysisInput, namespaceLabels: Readonly<Record<string, Labels>>): readonly Part[] {
  const known = facts.workloads.flatMap(({ namespace, pods }) =>
    pods.map(({ labels, ports }): Part => ({ namespace, labels, ports: ports.map(declaredPort) })),
  );
  const named = facts.policies.flatMap((policy) => partsOf(policy, namespaceLabels));
  const strangers = ['elsewhere', ...Object.keys(namespaceLabels)].map(
    (namespace): Part => ({
      ...{ namespace, labels: {}, ports: [] },
    }),
  );
  const parts = [...known, ...named, ...strangers].filter(
    // Where the cluster has pods of its own.
    ({ namespace, labels }) => !(namespace === 'kube-system' && labels['k8s-app'] === 'kube-dns'),
  );
  const byLabels = Map.groupBy(parts, ({ namespace, labels }) =>
    JSON.stringify([namespace, Object.entries(labels).sort()]),
  );
  return [...byLabels.values()].flatMap((alike) => {
    const [first] = alike;
    if (first === undefined) return [];
    const { namespace, labels } = first;
    const own = portsFor({ namespace, labels }, facts.policies, namespaceLabels);
    const ports = distinct([...alike.flatMap((each) => each.ports), ...own, unnamed]);
    return [{ namespace, labels, ports }];
  });
}

const declaredPort = ({
  name,
  protocol,
  number,
}: AnalysisInput['workloads'][number]['pods'][number]['ports'][number]): NamedPort => ({
  ...(name === undefined ? {} : { name }),
  port: { protocol: protocol === 'UDP' ? 'UDP' : 'TCP', number },
});

/** Each number once; a port with a name before the same one without. */
function distinct(ports: readonly NamedPort[]): readonly NamedPort[] {
  const byNumber = new Map<string, NamedPort>();
  for (const each of ports) {
    const key = `${each.port.protocol} ${each.port.number}`;
    if (byNumber.get(key)?.name === undefined) byNumber.set(key, each);
  }
  const names = new Set<string>();
  return [...byNumber.values()].filter(({ name }) => {
    const isNew = name === undefined || !names.has(name);
    if (name !== undefined) names.add(name);
    return isNew;
  });
}

/** Pods that a policy selects, and those that its rules name. */
function partsOf(policy: PolicyFacts, namespaceLabels: Readonly<Record<string, Labels>>): readonly Part[] {
  const reader = new RuleReader();
  const peers = directions.flatMap((direction) =>
    reader.rulesOf(policy, direction).flatMap(({ peers: all = [] }) =>
      all.flatMap((peer) => {
        if (isBlock(peer)) return [];
        const { namespace, namespaceSelector, podSelector } = peer;
        const places =
          namespaceSelector === undefined
            ? [namespace ?? policy.namespace]
            : namespacesFor(namespaceSelector, namespaceLabels);
        return places.map((place) => ({ namespace: place, selector: podSelector }));
      }),
    ),
  );
  return [{ namespace: policy.namespace, selector: policy.spec.podSelector }, ...peers].flatMap(
    ({ namespace, selector }) => labelsFor(selector).map((labels) => ({ namespace, labels, ports: [] })),
  );
}

/** The known namespaces that a selector selects, or those that it names. */
function namespacesFor(selector: LabelSelector, known: Readonly<Record<string, Labels>>): readonly string[] {
  const name = selector.matchLabels?.[nameLabel];
  const named = (selector.matchExpressions ?? []).flatMap(({ key, values = [] }) =>
    key === nameLabel ? values : [],
  );
  if (name !== undefined) return [name];
  if (named.length > 0) return named;
  return Object.entries(known)
    .filter(([own, labels]) => selects(selector, { ...labels, [nameLabel]: own }))
    .map(([own]) => own);
}

/** Labels that a selector selects: one set for each value of an expression. */
function labelsFor({ matchLabels = {}, matchExpressions = [] }: LabelSelector): readonly Labels[] {
  return matchExpressions.reduce<readonly Labels[]>(
    (all, { key, operator, values = [] }) => {
      const some = operator === 'In' ? values : operator === 'Exists' ? ['some'] : [];
      return some.length === 0
        ? all
        : all.flatMap((labels) => some.map((value) => ({ ...labels, [key]: labels[key] ?? value })));
    },
    [matchLabels],
  );
}

/** The ports of the rules for which a pod is the destination. */
function portsFor(
  pod: { readonly namespace: string; readonly labels: Labels },
  policies: readonly PolicyFacts[],
  namespaceLabels: Readonly<Record<string, Labels>>,
): readonly NamedPort[] {
  const isTarget = ({ peers = [] }: ParsedRule) =>
    peers.some((peer) => {
      if (isBlock(peer) || !selects(peer.podSelector, pod.labels)) return false;
      if (peer.namespaceSelector === undefined) return peer.namespace === pod.namespace;
      const labels = { ...namespaceLabels[pod.namespace], [nameLabel]: pod.namespace };
      return selects(peer.namespaceSelector, labels);
    });
  const reader = new RuleReader();
  const rules = policies.flatMap((policy) => [
    ...(policy.namespace === pod.namespace && selects(policy.spec.podSelector, pod.labels)
      ? reader.rulesOf(policy, 'Ingress')
      : []),
    ...reader.rulesOf(policy, 'Egress').filter(isTarget),
  ]);
  return rules.flatMap(({ ports = [] }) =>
    ports.flatMap(({ protocol = 'TCP', port, endPort }): readonly NamedPort[] => {
      if (protocol === 'SCTP' || port === undefined) return [];
      if (typeof port === 'string') return [{ name: port, port: { protocol, number: numberFor(port) } }];
      return [...new Set([port, endPort ?? port])].map((number) => ({ port: { protocol, number } }));
    }),
  );
}

/** A number for a port name that no workload gives one; the same for the same name. */
function numberFor(name: string): number {
  return 20_000 + [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 1000, 7);
}

function agentPod({ namespace, name, labels, ports }: Player, machine: string | undefined): AgentPod {
  const named = ports.flatMap(({ name: portName, port: { protocol, number } }) =>
    portName === undefined ? [] : [[portName, { port: number, protocol }] as const],
  );
  return {
    key: `${namespace}/${name}`,
    labels,
    listen: ports.map(({ port: { protocol, number } }) => `${protocol.toLowerCase()}:${number}`),
    portNames: Object.fromEntries(named),
    ...(machine === undefined ? {} : { machine }),
  };
}
