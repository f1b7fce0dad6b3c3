// The NetworkPolicy object for a desired policy, as it is sent to the API server and printed for people.
// Must not know whether the object exists.

import {
  apiVersion,
  type DesiredPolicy,
  descriptionAnnotation,
  discoveredForAnnotation,
  managedByLabel,
  profileLabel,
  routesAnnotation,
} from '../model/policies.ts';
import { shortenedLabelValue } from '../model/policy-names.ts';
import type { Labels } from '../model/selectors.ts';

/** The annotations that tell people what a policy is for, and what asks for each of its rules. */
const ours = {
  labels: [managedByLabel.key, profileLabel],
  annotations: [descriptionAnnotation, routesAnnotation, discoveredForAnnotation],
} as const;

/** The metadata of a stored policy that others may write. */
export interface PolicyMetadata {
  readonly labels?: Labels;
  readonly annotations?: Labels;
  readonly finalizers?: readonly string[];
}

/**
 * What others have added to a policy of ours; `undefined` if there is nothing. A PUT removes what it does not contain:
 * then a controller that marks each policy before it enforces it would start again.
 */
export function foreignMetadata(stored: PolicyMetadata): PolicyMetadata | undefined {
  const labels = without(stored.labels, ours.labels);
  const annotations = without(stored.annotations, ours.annotations);
  const finalizers = stored.finalizers ?? [];
  if (labels === undefined && annotations === undefined && finalizers.length === 0) return undefined;
  return {
    ...(labels && { labels }),
    ...(annotations && { annotations }),
    ...(finalizers.length > 0 && { finalizers }),
  };
}

function without(texts: Labels = {}, keys: readonly string[]): Labels | undefined {
  const left = Object.entries(texts).filter(([key]) => !keys.includes(key));
  return left.length === 0 ? undefined : Object.fromEntries(left);
}

/** The value of the label that names the profile of a policy; the platform's policies have none. */
export function profileLabelOf({
  kind,
  name = '',
}: Partial<Record<'kind' | 'name', string>>): string | undefined {
  return kind === 'AppNetworkProfile' ? shortenedLabelValue(name) : undefined;
}

/**
 * The manifest of a policy as it is sent. Labels and annotations of profiles are never copied to it.
 *
 * @param foreign what others have put on the stored policy, which stays
 */
export function manifestOf(
  policy: DesiredPolicy,
  metadata: { resourceVersion?: string } = {},
  foreign: PolicyMetadata = {},
): object {
  const { namespace, name, owner, description, spec, discoveredFor = {} } = policy;
  const profile = profileLabelOf(owner);
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: {
      namespace,
      name,
      ...metadata,
      ...(foreign.finalizers && { finalizers: foreign.finalizers }),
      labels: {
        ...foreign.labels,
        [managedByLabel.key]: managedByLabel.value,
        ...(profile === undefined ? {} : { [profileLabel]: profile }),
      },
      annotations: {
        ...foreign.annotations,
        [descriptionAnnotation]: description,
        ...(policy.origins === undefined ? {} : { [routesAnnotation]: JSON.stringify(policy.origins) }),
        ...(Object.keys(discoveredFor).length === 0
          ? {}
          : { [discoveredForAnnotation]: JSON.stringify(discoveredFor) }),
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
