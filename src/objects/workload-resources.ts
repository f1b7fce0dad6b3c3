// Pods, and the objects that make pods: each reduced to what the analysis needs of it. Only the tool reads them.
// Must not know policies.
import type * as z from 'zod';
import type { PodFacts } from '../analyze/facts.ts';
import type { ContainerPort } from '../analyze/rule-ports.ts';
import { identify, type KubernetesObject, type RawObject } from '../kube/resource.ts';
import type { Identified } from '../kube/store.ts';
import type { ObjectKey } from '../model/object-key.ts';
import type { Labels } from '../model/selectors.ts';
import { type Kind, specOf } from './kind.ts';
import {
  cronJobObject,
  otherTemplateObject,
  type PodSpec,
  podObject,
  type Template,
  templateObject,
} from './workload-schema.ts';

/** Names a workload. */
export interface WorkloadKey extends ObjectKey {
  readonly kind: string;
}

/** An existing pod. */
export interface StoredPod extends WorkloadKey, Identified {
  readonly owner?: WorkloadKey;
  readonly ended: boolean;
  readonly facts: PodFacts;
}

/** An object that makes pods. */
export interface StoredMaker extends WorkloadKey, Identified {
  readonly owner?: WorkloadKey;
  /** The pods of its template; none if it is scaled to zero because another one has replaced it. */
  readonly pods: readonly PodFacts[];
}

export const pods: Kind<StoredPod> = {
  kind: 'Pod',
  name: 'pods',
  path: '/api/v1/pods',
  onlyTool: 'ClusterAndFiles',
  schema: podObject,
  reduce: (object) => {
    const { spec, status } = object as RawObject & z.output<typeof podObject>;
    const { phase, podIP, podIPs = podIP === undefined ? [] : [{ ip: podIP }] } = status;
    return {
      ...identify(object),
      kind: 'Pod',
      ...ownerOf(object),
      ended: phase === 'Succeeded' || phase === 'Failed',
      facts: {
        name: object.metadata.name,
        labels: object.metadata.labels ?? {},
        ports: portsOf(spec),
        addresses: podIPs.map(({ ip }) => ip),
        hostNetwork: spec.hostNetwork,
      },
    };
  },
};

type MakerSpec = z.output<typeof templateObject>['spec'];

/** The kinds whose objects have a pod template. */
export const podMakers: readonly Kind<StoredMaker>[] = [
  maker('apps/v1', 'Deployment'),
  maker('apps/v1', 'StatefulSet', ({ template, replicas = 1, ordinals }, name) =>
    ordinalPods(name, template, replicas, ordinals?.start ?? 0),
  ),
  maker('apps/v1', 'DaemonSet'),
  // An old ReplicaSet of a Deployment makes no pods.
  maker('apps/v1', 'ReplicaSet', ({ template, replicas }, _, isOwned) =>
    isOwned && replicas === 0 ? [] : [podOf(template)],
  ),
  maker('batch/v1', 'Job', ({ template }, name) => [podOf(template, jobLabels(name))]),
  {
    ...maker('batch/v1', 'CronJob'),
    schema: cronJobObject,
    reduce: (object) => {
      const { jobTemplate } = specOf<z.output<typeof cronJobObject>['spec']>(object);
      return { ...identify(object), kind: 'CronJob', pods: [podOf(jobTemplate.spec.template)] };
    },
  },
  { ...maker('v1', 'ReplicationController'), onlyTool: 'Files' },
];

function maker(
  apiVersion: string,
  kind: string,
  podsOf: (spec: MakerSpec, name: string, isOwned: boolean) => readonly PodFacts[] = ({ template }) => [
    podOf(template),
  ],
): Kind<StoredMaker> {
  const plural = `${kind.toLowerCase()}s`;
  const [group, version] = apiVersion.split('/');
  return {
    kind,
    name: version === undefined ? plural : `${plural}.${group}`,
    path: `/${version === undefined ? 'api' : 'apis'}/${apiVersion}/${plural}`,
    onlyTool: 'ClusterAndFiles',
    schema: templateObject,
    reduce: (object) => {
      const owned = ownerOf(object);
      const pods = podsOf(specOf<MakerSpec>(object), object.metadata.name, owned.owner !== undefined);
      return { ...identify(object), kind, ...owned, pods };
    },
  };
}

/**
 * Every other kind whose objects have a pod template where a Deployment has it: a Rollout of Argo, a DeploymentConfig, a
 * Service of Knative, a VirtualMachine of KubeVirt, a Deployment of an old API.
 */
export const otherPodMakers: Kind<StoredMaker> = {
  ...maker('v1', 'other'),
  onlyTool: 'Files',
  schema: otherTemplateObject,
  reduce: (object) => {
    const { kind, spec } = object as KubernetesObject & z.output<typeof otherTemplateObject>;
    return { ...identify(object), kind, ...ownerOf(object), pods: [podOf(spec.template)] };
  },
};

/** The pod of a template. */
function podOf({ metadata, spec }: Template, labels: Labels = {}): PodFacts {
  return {
    labels: { ...metadata?.labels, ...labels },
    ports: portsOf(spec),
    addresses: [],
    hostNetwork: spec.hostNetwork,
  };
}

/** The ports of all containers that keep running: init containers that restart are sidecars (KEP-753). */
function portsOf({ containers, initContainers }: PodSpec): readonly ContainerPort[] {
  const staying = [
    ...containers,
    ...initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always'),
  ];
  return staying.flatMap(({ ports }) =>
    ports.map(({ name, containerPort, protocol }) => ({
      ...(name === undefined ? {} : { name }),
      protocol,
      number: containerPort,
    })),
  );
}

/** The label that the Job controller sets on its pods (https://kubernetes.io/docs/reference/labels-annotations-taints/#batchkubernetesio-job-name). */
function jobLabels(name: string): Labels {
  return { 'job-name': name, 'batch.kubernetes.io/job-name': name };
}

/** This many pods of a StatefulSet are distinguished; for more, nobody writes policies one by one. */
const maxOrdinals = 100;

/**
 * The pods of a StatefulSet, whose names are known before they run, with the labels that they get
 * (https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#pod-name-label).
 */
function ordinalPods(name: string, template: Template, replicas: number, start: number): readonly PodFacts[] {
  if (replicas === 0 || replicas > maxOrdinals) return [podOf(template)];
  return Array.from({ length: replicas }, (_, index) => {
    const ordinal = String(start + index);
    const labels = {
      'statefulset.kubernetes.io/pod-name': `${name}-${ordinal}`,
      'apps.kubernetes.io/pod-index': ordinal,
    };
    return { ...podOf(template, labels), name: `${name}-${ordinal}` };
  });
}

/** The controller of an object; that of a mirror pod is its node, which makes no others. */
function ownerOf({ metadata }: RawObject): Pick<StoredPod, 'owner'> {
  const { namespace = '', ownerReferences = [], labels = {} } = metadata;
  const { kind = '', name = '' } =
    ownerReferences.find((owner) => owner.controller === true && owner.kind !== 'Node') ?? {};
  if (kind === '') return {};
  // Only the Deployment's controller sets this label, and names its ReplicaSets by it.
  const suffix = `-${labels['pod-template-hash']}`;
  const isOfDeployment = kind === 'ReplicaSet' && name.endsWith(suffix);
  return isOfDeployment
    ? { owner: { kind: 'Deployment', namespace, name: name.slice(0, -suffix.length) } }
    : { owner: { kind, namespace, name } };
}
