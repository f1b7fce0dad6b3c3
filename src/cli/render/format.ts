// The output formats of NetworkPolicies.
import * as z from 'zod';
import { manifestList } from '../output/formats.ts';
import { policySpec } from '../output/schemas.ts';

const ownerReference = z.strictObject({
  apiVersion: z.string(),
  kind: z.enum(['AppNetworkProfile', 'PlatformNetworkProfile']),
  name: z.string(),
  uid: z.string(),
  controller: z.literal(true),
  blockOwnerDeletion: z.literal(false),
});

/** What `-o json` prints. */
export const policyList = manifestList({
  apiVersion: z.literal('networking.k8s.io/v1'),
  kind: z.literal('NetworkPolicy'),
  metadata: z.strictObject({
    name: z.string(),
    namespace: z.string(),
    labels: z.record(z.string(), z.string()),
    annotations: z.record(z.string(), z.string()).optional(),
    ownerReferences: z
      .array(ownerReference)
      .optional()
      .describe('absent if the input does not contain the UID of the profile in the cluster'),
  }),
  spec: policySpec,
});
