// Admission policies about the NetworkPolicies of some namespaces, as a company sets them up. Must not know what the operator makes
// of them.
import { type AnyCluster, denyIngress, type StoredPolicy } from '../cluster.ts';

const admission = '/apis/admissionregistration.k8s.io/v1';

/** A policy that validates, or changes, each NetworkPolicy that is written. */
export interface AdmissionPolicy {
  readonly kind: 'validating' | 'mutating';
  readonly name: string;
  /** It is about namespaces where this label is `yes`. */
  readonly label: string;
  /** What it does. */
  readonly spec: object;
  /** Whether an answer to the creation of a policy shows that it is in force: the stored policy, or the error. */
  readonly isShownBy: (answer: StoredPolicy | Error) => boolean;
}

/** Creates an admission policy and waits until it is in force. Returns what ends it. */
export async function imposeAdmissionPolicy(
  cluster: AnyCluster,
  { kind, name, label, spec, isShownBy }: AdmissionPolicy,
): Promise<() => Promise<void>> {
  const namespaceSelector = { matchLabels: { [label]: 'yes' } };
  const policies = { apiGroups: ['networking.k8s.io'], apiVersions: ['v1'], resources: ['networkpolicies'] };
  const resourceRules = [{ ...policies, operations: ['CREATE', 'UPDATE'] }];
  await cluster.api.json('POST', `${admission}/${kind}admissionpolicies`, {
    metadata: { name },
    spec: { failurePolicy: 'Fail', matchConstraints: { namespaceSelector, resourceRules }, ...spec },
  });
  const bindings = `${admission}/${kind}admissionpolicybindings`;
  const actions = kind === 'validating' ? { validationActions: ['Deny'] } : {};
  await cluster.api.json('POST', bindings, { metadata: { name }, spec: { policyName: name, ...actions } });
  await cluster.createNamespace('probe', { [label]: 'yes' });
  await cluster.eventually(`${name} is in force`, async () => {
    const answer = await cluster
      .createPolicy('probe', denyIngress, { podSelector: {} })
      .catch((error: Error) => error);
    if (!(answer instanceof Error)) await cluster.deletePolicy('probe', denyIngress);
    return isShownBy(answer);
  });
  return () => cluster.api.json('DELETE', `${bindings}/${name}`);
}
