// The schemas of the parts of workloads, Services and Namespaces that the analysis reads; all other fields are accepted.
// Nobody validated objects from files: the parts that are read are checked here.
import * as z from 'zod';
import { parseAddress } from '../model/ip-ranges.ts';
import { isPortName, protocols } from '../model/ports.ts';

const labels = z.record(z.string(), z.string()).exactOptional();
const portNumber = z.int().min(1).max(65535);
const protocol = z.enum(protocols).default('TCP');

const owner = z.looseObject({
  kind: z.string(),
  name: z.string(),
  // It is only compared: whatever YAML makes of it is as good.
  uid: z.coerce.string().default(''),
  controller: z.boolean().exactOptional(),
});

/** The fields of every object. One whose name the API server creates has `generateName`. */
export const envelope = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z
    .looseObject({
      name: z.string().exactOptional(),
      generateName: z.string().exactOptional(),
      namespace: z.string().exactOptional(),
      labels,
      annotations: labels,
      ownerReferences: z.array(owner).exactOptional(),
    })
    .refine(({ name, generateName }) => (name || generateName || '') !== '', {
      error: 'is required',
      path: ['name'],
    }),
});

/** The fields of an object. */
export type Envelope = z.output<typeof envelope>;

/**
 * Whether an object has valid fields, without zod, which takes longer and copies it: only because a cluster has very many objects. If
 * not, zod may still accept it, or says what is wrong.
 */
export function isEnvelope(object: unknown): object is Envelope {
  const { apiVersion, kind, metadata } = Object(object) as Partial<Record<keyof Envelope, unknown>>;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || !isPlain(metadata)) return false;
  const { name, generateName, namespace, labels, annotations, ownerReferences = [] } = metadata;
  return (
    typeof name === 'string' &&
    name !== '' &&
    [generateName, namespace].every((text) => text === undefined || typeof text === 'string') &&
    [labels, annotations].every((texts) => texts === undefined || isTexts(texts)) &&
    Array.isArray(ownerReferences) &&
    ownerReferences.every(isOwner)
  );
}

function isOwner(value: unknown): boolean {
  if (!isPlain(value)) return false;
  const { kind, name, uid, controller = false } = value;
  return [kind, name, uid].every((text) => typeof text === 'string') && typeof controller === 'boolean';
}

function isTexts(value: unknown): boolean {
  if (!isPlain(value)) return false;
  for (const name in value) if (typeof value[name] !== 'string') return false;
  return true;
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

const container = z.looseObject({
  ports: z
    .array(z.looseObject({ name: z.string().exactOptional(), containerPort: portNumber, protocol }))
    .default([]),
  restartPolicy: z.string().exactOptional(),
});

const podSpec = z.looseObject({
  hostNetwork: z.boolean().default(false),
  containers: z.array(container).default([]),
  initContainers: z.array(container).default([]),
});

/** The parts of the spec of a pod. */
export type PodSpec = z.output<typeof podSpec>;

const template = z.looseObject({
  metadata: z.looseObject({ labels }).exactOptional(),
  spec: podSpec,
});

/** A pod template. */
export type Template = z.output<typeof template>;

const address = z.string().check(({ value, issues }) => {
  const parsed = parseAddress(value);
  if (!parsed.ok) issues.push({ code: 'custom', input: value, message: parsed.error });
});

/** A Pod. */
export const podObject = z.looseObject({
  spec: podSpec,
  status: z
    .looseObject({
      phase: z.string().exactOptional(),
      podIP: address.exactOptional(),
      podIPs: z.array(z.looseObject({ ip: address })).exactOptional(),
    })
    .default({}),
});

/** A Deployment, StatefulSet, DaemonSet, ReplicaSet, ReplicationController or Job. */
export const templateObject = z.looseObject({
  spec: z.looseObject({
    replicas: z.int().min(0).exactOptional(),
    ordinals: z.looseObject({ start: z.int().min(0).exactOptional() }).exactOptional(),
    template,
  }),
});

/** An object of any other kind with a pod template: its other fields mean what its own program says. */
export const otherTemplateObject = z.looseObject({ spec: z.looseObject({ template }) });

/** A CronJob. */
export const cronJobObject = z.looseObject({
  spec: z.looseObject({ jobTemplate: z.looseObject({ spec: z.looseObject({ template }) }) }),
});

/** A port of a pod, by number or by name; 0 and `""` are the Service's own port (`SetDefaults_Service`). */
const targetPort = z
  .union([z.int().min(0).max(65535), z.string()], { error: 'must be a port number or a port name' })
  .check(({ value, issues }) => {
    if (typeof value === 'number' || value === '' || isPortName(value)) return;
    // The API server treats digits in a string as a name, and a name needs a letter (ValidatePortNumOrName).
    const hint = /^\d+$/.test(value) ? `: write the number \`${value}\` without quotes` : '';
    issues.push({ code: 'custom', input: value, message: `\`${value}\` is not a port name${hint}` });
  });

/** A Service, as the reducer reads it. */
export const serviceObject = z.looseObject({
  spec: z.looseObject({
    type: z.enum(['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName']).exactOptional(),
    clusterIP: z.string().exactOptional(),
    clusterIPs: z.array(z.string()).exactOptional(),
    externalName: z.string().exactOptional(),
    selector: labels,
    ports: z
      .array(
        z.looseObject({
          name: z.string().exactOptional(),
          port: portNumber,
          protocol: z.enum([...protocols, '']).default('TCP'),
          targetPort: targetPort.exactOptional(),
        }),
      )
      .exactOptional(),
  }),
});
