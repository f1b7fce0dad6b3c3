// Which objects of any API make pods: those with a pod template where a Deployment has it can be read; of others, there are signs.
// Must not know which kinds Ringfence reads.

/** Some fields of an object of any kind. */
interface AnyObject {
  readonly apiVersion: string;
  readonly kind: string;
}

/** Whether an object has a pod template where a Deployment has it; that of a virtual machine has a `domain`. */
export function hasPodTemplate(object: object): boolean {
  const spec = member(member(member(object, 'spec'), 'template'), 'spec');
  return Array.isArray(member(spec, 'containers')) || isObject(member(spec, 'domain'));
}

/**
 * Whether an object without such a template may make pods all the same: an operator makes them for it, and their labels are not
 * known. Rather once too often: then a finding about missing pods is not printed.
 */
export function mayMakePods(object: AnyObject): boolean {
  const { apiVersion, kind } = object;
  if (!isCustom(apiVersion) || makesNone.test(kind)) return false;
  const spec = member(object, 'spec');
  return (
    makers.includes(kind) || counts.some((name) => member(spec, name) !== undefined) || hasContainers(spec)
  );
}

/** Whether an API is of another program: the groups of Kubernetes have no dot, or end in `k8s.io`, which projects beside it do not. */
function isCustom(apiVersion: string): boolean {
  const [group = '', version] = apiVersion.split('/');
  return version !== undefined && group.includes('.') && !/(^|\.)(?<!x-)k8s\.io$/.test(group);
}

/** Kinds that make pods and have none of the fields below. */
const makers: readonly string[] = [
  ...['Prometheus', 'PrometheusAgent', 'Alertmanager', 'ThanosRuler', 'Grafana'],
  ...['Application', 'HelmRelease', 'HelmChart', 'Kustomization', 'Workflow', 'CronWorkflow'],
];

/** Kinds that only say what pods of others must be like, or how they are scaled. */
const makesNone = /(Policy|PolicyException|AnalysisTemplate|Monitor|Rule|Route|Autoscaler|ScaledObject)$/;

/** Fields of what runs. */
const counts: readonly string[] = [
  'replicas',
  'instances',
  'image',
  'podTemplate',
  'podMetadata',
  'nodeSets',
];

/** Whether containers are anywhere in a value. */
function hasContainers(value: unknown): boolean {
  const waiting: unknown[] = [value];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (!isObject(next)) continue;
    if (Array.isArray(member(next, 'containers'))) return true;
    waiting.push(...Object.values(next).filter(isObject));
  }
  return false;
}

function member(value: unknown, name: string): unknown {
  return isObject(value) ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
