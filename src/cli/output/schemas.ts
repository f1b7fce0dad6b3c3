// Schemas that several answers share: the syntax of ends, ports and policies for programs.
// Must not know a verb.
import * as z from 'zod';
import { directions } from '../../model/network-policy.ts';
import { protocols } from '../../model/ports.ts';

/** An end of a connection. */
export const endpointText = z
  .string()
  .describe(
    'a workload (`shop/web`), some of its pods (`shop/mongo (mongo-0, mongo-1)`), an address, or a CIDR (`10.0.0.0/8 except 10.1.0.0/16`)',
  );

/** Ports, each in the syntax of PORT on the command line. */
export const portTextList = z
  .array(z.string())
  .describe('as in `80`, `8000-8100`, `53/UDP`; `all` is every port of every protocol');

/** The profile that a policy was generated from. */
export const profileText = z
  .string()
  .describe('the profile that it was generated from, as in `AppNetworkProfile shop`');

/** A direction of traffic. */
export const direction = z.enum(directions);

const labelSelector = z.strictObject({
  matchLabels: z.record(z.string(), z.string()).optional(),
  matchExpressions: z
    .array(
      z.strictObject({
        key: z.string(),
        operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
        values: z.array(z.string()).optional(),
      }),
    )
    .optional(),
});

const peers = z.array(
  z.strictObject({
    namespaceSelector: labelSelector.optional(),
    podSelector: labelSelector.optional(),
    ipBlock: z.strictObject({ cidr: z.string(), except: z.array(z.string()).optional() }).optional(),
  }),
);

const ports = z.array(
  z.strictObject({
    protocol: z.enum(protocols).optional(),
    port: z.union([z.int(), z.string()]).optional(),
    endPort: z.int().optional(),
  }),
);

/** A NetworkPolicySpec of networking.k8s.io/v1. */
export const policySpec = z.strictObject({
  podSelector: labelSelector,
  policyTypes: z.array(direction).optional(),
  ingress: z.array(z.strictObject({ from: peers.optional(), ports: ports.optional() })).optional(),
  egress: z.array(z.strictObject({ to: peers.optional(), ports: ports.optional() })).optional(),
});

/** A route that waits for the consent of another namespace. */
export const waitingRoute = z.strictObject({
  namespace: z.string(),
  profile: z.string(),
  route: z.string(),
});
