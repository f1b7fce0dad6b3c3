// The Job of `verify`: one pod that policies can't tell from a pod of SRC, and that nothing else takes for one.
// Must not know what is allowed, nor how objects are sent.
import { type DialTarget, type Expected, writeTarget } from '../../dial/attempts.ts';
import { maxLength } from '../../model/policy-names.ts';
import type { ExistingPod } from './source-pod.ts';

/** How the pod is started. */
export interface TwinOptions {
  readonly image: string;
  readonly expected: Expected;
  readonly targets: readonly DialTarget[];
  /** How long to wait until the CNI knows the new pod, in seconds. */
  readonly settle: number;
}

/** After so many seconds the pod is ended, whatever becomes of the tool. */
const deadlineSeconds = 60;

/** How long the pod stays when it has printed everything, so that its log can be read. */
const lingerSeconds = 20;

/**
 * Labels that say which controller a pod is of. A pod with these would be counted by that controller, and a Job refuses the last four.
 * https://kubernetes.io/docs/reference/labels-annotations-taints/
 */
const controllerLabels: readonly string[] = [
  ...['pod-template-hash', 'controller-revision-hash', 'pod-template-generation'],
  ...['batch.kubernetes.io/job-name', 'batch.kubernetes.io/controller-uid', 'job-name', 'controller-uid'],
  ...['batch.kubernetes.io/job-completion-index'],
];

/** The labels of SRC that its twin has, too. */
export function twinLabels({ labels }: ExistingPod): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => !controllerLabels.includes(key)));
}

/** The Job. The API server completes its name. */
export function twinOf(source: ExistingPod, options: TwinOptions) {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { generateName: nameOf(source), namespace: source.namespace },
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: deadlineSeconds,
      // It is removed also if the tool was killed.
      ttlSecondsAfterFinished: 0,
      template: { metadata: { labels: twinLabels(source) }, spec: podSpec(source, options) },
    },
  };
}

/** Names of pods are cut to 63 characters, of which the API server adds 5 to the Job's, and the Job 6 more. */
function nameOf({ name }: ExistingPod): string {
  return `verify-${name}`.slice(0, maxLength.label - 13).replace(/[-.]*$/, '-');
}

function podSpec(source: ExistingPod, { image, expected, targets, settle }: TwinOptions) {
  return {
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: 1,
    // Some CNIs also select by service account. Nothing here needs its token.
    serviceAccountName: source.serviceAccountName,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    // Not by the scheduler: a required anti-affinity of SRC would keep the new pod away from it.
    nodeName: source.node,
    ...(source.tolerations.length > 0 && { tolerations: source.tolerations }),
    ...(source.imagePullSecrets.length > 0 && { imagePullSecrets: source.imagePullSecrets }),
    securityContext: { runAsNonRoot: true, runAsUser: 65_532, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        name: 'dial',
        image,
        args: [
          'dial',
          ...[`--expect=${expected}`, `--settle=${settle}`, `--linger=${lingerSeconds}`],
          ...targets.map(writeTarget),
        ],
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
        resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { cpu: '500m', memory: '128Mi' } },
        // Never ready: no Service that selects SRC may send it a request. Nothing listens on this port.
        readinessProbe: { tcpSocket: { port: 1 }, periodSeconds: deadlineSeconds },
      },
    ],
  };
}
