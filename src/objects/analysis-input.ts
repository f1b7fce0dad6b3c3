// Turns objects from files or from the API server into the input of the analysis. The only decoder for it: an invalid
// object becomes a problem and is otherwise ignored; none is dropped silently.
import * as z from 'zod';
import type { AnalysisInput, PodFacts, PolicyFacts } from '../analyze/facts.ts';
import { decode, decodePruned, type Problem } from '../api/decode.ts';
import type { RawObject } from '../kube/resource.ts';
import { isOurs, routesAnnotation } from '../model/policies.ts';
import { failure, type Result, success } from '../model/result.ts';
import type { Labels } from '../model/selectors.ts';
import type { ServiceFacts } from '../model/services.ts';
import { networkPolicySpec } from './network-policy-schema.ts';
import { readJson } from './policy-content.ts';
import { services } from './service-resources.ts';
import {
  foldWorkloads,
  type Maker,
  ordinalPods,
  ownerOf,
  podOf,
  portsOf,
  type Sighting,
} from './workload-resources.ts';
import {
  cronJobObject,
  type Envelope,
  envelope,
  podObject,
  serviceObject,
  templateObject,
} from './workload-schema.ts';

/** The result of reading some objects. */
export interface ReadObjects {
  readonly input: AnalysisInput;
  readonly problems: readonly ObjectProblem[];
  /** The number of objects of each kind that the analysis does not use, as in `apps/v1 Frobnicator`. */
  readonly ignored: ReadonlyMap<string, number>;
}

/** What is wrong with an object. */
export interface ObjectProblem extends Problem {
  /** The index of the object in the list. */
  readonly index: number;
  /** As in `NetworkPolicy shop/web`; absent if that can't be read. */
  readonly object?: string;
}

/**
 * Reads objects for the analysis. Lists have to be expanded before.
 *
 * @param objects as parsed from YAML or JSON, whatever they are
 * @param defaultNamespace of objects that name none
 */
export function readAnalysisInput(objects: readonly unknown[], defaultNamespace = 'default'): ReadObjects {
  const problems: ObjectProblem[] = [];
  const ignored = new Map<string, number>();
  const seen = new Set<string>();
  const facts: Facts = { namespaces: [], policies: [], services: [], makers: [], sightings: [] };
  for (const [index, object] of objects.entries()) {
    const head = decode(envelope, object);
    if (!head.ok) {
      problems.push(...head.error.map((problem) => ({ ...problem, index })));
      continue;
    }
    const { apiVersion, kind } = head.value;
    const reader = readers.get(`${groupOf(apiVersion)} ${kind}`);
    if (reader === undefined) {
      ignored.set(`${apiVersion} ${kind}`, (ignored.get(`${apiVersion} ${kind}`) ?? 0) + 1);
      continue;
    }
    const identity = identify(head.value, defaultNamespace);
    const name = `${kind} ${identity.namespace === '' ? '' : `${identity.namespace}/`}${identity.name}`;
    const isTwin = seen.has(name);
    seen.add(name);
    const read = isTwin ? failure([twin]) : reader(head.value, identity);
    if (read.ok) read.value(facts);
    else problems.push(...read.error.map((problem) => ({ ...problem, index, object: name })));
  }
  const { namespaces, policies, services: all, makers, sightings } = facts;
  const workloads = foldWorkloads(makers, sightings);
  return { input: { namespaces, policies, services: all, workloads }, problems, ignored };
}

const twin: Problem = {
  code: 'Invalid',
  path: 'metadata.name',
  message: 'is already the name of another object of this kind',
};

/** What has been read. */
interface Facts {
  readonly namespaces: { readonly name: string; readonly labels: Labels }[];
  readonly policies: PolicyFacts[];
  readonly services: ServiceFacts[];
  readonly makers: Maker[];
  readonly sightings: Sighting[];
}

interface Identity {
  readonly namespace: string;
  readonly name: string;
}

/** Reads one object and adds it to the other facts. */
type Reader = (object: Envelope, identity: Identity) => Result<(facts: Facts) => void, readonly Problem[]>;

/** By group and kind, for any version. */
const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  [' Namespace', readNamespace],
  [' Pod', readPod],
  [' Service', readService],
  [' ReplicationController', readMaker],
  ['apps Deployment', readMaker],
  ['apps ReplicaSet', readMaker],
  ['apps StatefulSet', readMaker],
  ['apps DaemonSet', readMaker],
  ['batch Job', readMaker],
  ['batch CronJob', readCronJob],
  ['networking.k8s.io NetworkPolicy', readNetworkPolicy],
]);

function readNamespace({ metadata }: Envelope, { name }: Identity): ReturnType<Reader> {
  return success((facts) => facts.namespaces.push({ name, labels: metadata.labels ?? {} }));
}

function readNetworkPolicy(object: Envelope, identity: Identity): ReturnType<Reader> {
  const read = decodePruned(policyObject, object);
  if (!read.ok) return read;
  const { spec } = read.value;
  return success((facts) => facts.policies.push({ ...identity, spec, ...originOf(object, identity.name) }));
}

const policyObject = z.looseObject({ spec: networkPolicySpec.default({ podSelector: {} }) });

const originLists = z.array(z.array(z.string()));

function originOf({ metadata }: Envelope, name: string): Pick<PolicyFacts, 'owner' | 'origins'> {
  const { labels = {}, annotations = {}, ownerReferences = [] } = metadata;
  if (!isOurs(name, labels)) return {};
  const owner = ownerReferences.find(({ controller }) => controller === true);
  // An annotation is a hint for people: an unreadable one means nothing.
  const origins = originLists.safeParse(readJson(annotations[routesAnnotation])).data;
  const isProfile = owner?.kind === 'AppNetworkProfile' || owner?.kind === 'PlatformNetworkProfile';
  return {
    ...(isProfile ? { owner: { kind: owner.kind as 'AppNetworkProfile', name: owner.name } } : {}),
    ...(origins === undefined ? {} : { origins }),
  };
}

function readService(object: Envelope, identity: Identity): ReturnType<Reader> {
  const read = decodePruned(serviceObject, object);
  if (!read.ok) return read;
  const metadata = { ...identity, uid: '', resourceVersion: '' };
  const { uid: _, resourceVersion: __, ...facts } = services.reduce({ ...read.value, metadata } as RawObject);
  return success(({ services: all }) => all.push(facts));
}

function readPod(object: Envelope, identity: Identity): ReturnType<Reader> {
  const read = decodePruned(podObject, object);
  if (!read.ok) return read;
  const { spec, status } = read.value;
  // A finished pod has no network any more.
  if (status.phase === 'Succeeded' || status.phase === 'Failed') return success(() => undefined);
  const { podIP, podIPs = podIP === undefined ? [] : [{ ip: podIP }] } = status;
  const owner = ownerOf(object, identity.namespace);
  const pod = {
    name: identity.name,
    labels: object.metadata.labels ?? {},
    ports: portsOf(spec),
    addresses: podIPs.map(({ ip }) => ip),
    hostNetwork: spec.hostNetwork,
  };
  const sighting = { key: { ...identity, kind: 'Pod' }, ...(owner === undefined ? {} : { owner }), pod };
  return success((facts) => facts.sightings.push(sighting));
}

function readMaker(object: Envelope, identity: Identity): ReturnType<Reader> {
  const read = decodePruned(templateObject, object);
  if (!read.ok) return read;
  const owner = ownerOf(object, identity.namespace);
  const pods = templatePods(object.kind, identity.name, read.value.spec, owner !== undefined);
  const maker = { ...identity, kind: object.kind, ...(owner === undefined ? {} : { owner }), pods };
  return success((facts) => facts.makers.push(maker));
}

function templatePods(
  kind: string,
  name: string,
  { template, replicas = 1, ordinals }: z.output<typeof templateObject>['spec'],
  isOwned: boolean,
): readonly PodFacts[] {
  if (kind === 'StatefulSet') return ordinalPods(name, template, replicas, ordinals?.start ?? 0);
  if (kind === 'Job') return [podOf(template, jobLabels(name))];
  // An old ReplicaSet of a Deployment.
  if (kind === 'ReplicaSet' && isOwned && replicas === 0) return [];
  return [podOf(template)];
}

/** The label that the Job controller sets on its pods (https://kubernetes.io/docs/reference/labels-annotations-taints/#batchkubernetesio-job-name). */
function jobLabels(name: string): Labels {
  return { 'job-name': name, 'batch.kubernetes.io/job-name': name };
}

function readCronJob(object: Envelope, identity: Identity): ReturnType<Reader> {
  const read = decodePruned(cronJobObject, object);
  if (!read.ok) return read;
  const { template } = read.value.spec.jobTemplate.spec;
  return success((facts) => facts.makers.push({ ...identity, kind: object.kind, pods: [podOf(template)] }));
}

function identify({ kind, metadata }: Envelope, defaultNamespace: string): Identity {
  const { name = '', generateName = '', namespace = '' } = metadata;
  return {
    namespace: kind === 'Namespace' ? '' : namespace || defaultNamespace,
    name: name || `${generateName}*`,
  };
}

/** `v1` has the core group, without a name. */
function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
}
