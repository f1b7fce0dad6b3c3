// The words that both profiles share: how strict egress is, and how far Ringfence goes.
// Must not know who may set them.
import * as z from 'zod';

/** How strict the egress of a namespace is, from the loosest to the strictest. */
export const egressModes = ['Unrestricted', 'ClusterOnly', 'Restricted'] as const;

/** How strict the egress of a namespace is. */
export type EgressMode = (typeof egressModes)[number];

/** The schema of an egress mode. */
export const egressMode = z.enum(egressModes);

/** What the modes mean, for the reference. */
export const egressMeaning =
  '`Unrestricted`: no egress policy at all. `ClusterOnly`: everything inside the cluster, and outside only what routes allow. `Restricted`: only DNS, the routes, and the mirrors of the ingress routes of others.';

/** How far Ringfence goes in a namespace. */
export const enforcements = ['Enforce', 'DryRun', 'Off'] as const;

/** How far Ringfence goes in a namespace. */
export type Enforcement = (typeof enforcements)[number];

/** The schema of an enforcement. */
export const enforcement = z.enum(enforcements);

/** What they mean, for the reference. */
export const enforcementMeaning =
  '`Enforce`: policies are written and maintained. `DryRun`: policies are computed and reported, but not written, and existing policies of Ringfence are removed. `Off`: existing policies of Ringfence are removed, and nothing is computed; write `"Off"` in quotes, because kubectl reads a bare `Off` as `false`.';
