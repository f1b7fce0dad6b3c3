// The NetworkPolicy object for a desired policy, as it is sent to the API server and printed for people.
// Must not know whether the object exists.
import { labelValue } from '../compile/names.ts';
import { apiVersion, type DesiredPolicy, managedByLabel, profileLabel } from '../model/policies.ts';

/** The manifest of a policy as it is sent. Labels and annotations of profiles are never copied to it. */
export function manifestOf(policy: DesiredPolicy, metadata: { resourceVersion?: string } = {}): object {
  const { namespace, name, owner, description, spec } = policy;
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: {
      namespace,
      name,
      ...metadata,
      labels: {
        [managedByLabel.key]: managedByLabel.value,
        ...(owner.kind === 'AppNetworkProfile' ? { [profileLabel]: labelValue(owner.name) } : {}),
      },
      annotations: {
        'ringfence.dev/description': description,
        ...(policy.askers === undefined ? {} : { 'ringfence.dev/routes': JSON.stringify(policy.askers) }),
      },
      ownerReferences: [
        {
          apiVersion,
          kind: owner.kind,
          name: owner.name,
          uid: owner.uid,
          controller: true,
          blockOwnerDeletion: false,
        },
      ],
    },
    spec,
  };
}
