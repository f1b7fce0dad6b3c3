// The settings that both profiles share: the egress mode and the enforcement.
// Must not know who may set them.
import * as z from 'zod';

/** The egress modes, from the loosest to the strictest. */
export const egressModes = ['Unrestricted', 'ClusterOnly', 'Restricted'] as const;

/** The egress mode of a namespace. */
export type EgressMode = (typeof egressModes)[number];

/** The schema of an egress mode. */
export const egressMode = z.enum(egressModes);

/** The meaning of the modes, for the reference. */
export const egressMeaning =
  '`Unrestricted`: no egress policy at all. `ClusterOnly`: everything inside the cluster, and outside only what routes allow. `Restricted`: only DNS, the routes, and the mirrors of the ingress routes of others.';

/** Whether policies are computed and written. */
export const enforcements = ['Enforce', 'DryRun', 'Off'] as const;

/** Whether policies are computed and written. */
export type Enforcement = (typeof enforcements)[number];

/** The schema of an enforcement. */
export const enforcement = z.enum(enforcements);

/** The meaning of the values, for the reference. */
export const enforcementMeaning =
  '`Enforce`: policies are written and maintained. `DryRun`: policies are computed and reported, but not written, and existing policies of Ringfence are removed. `Off`: existing policies of Ringfence are removed, and nothing is computed; write `"Off"` in quotes, because kubectl reads a bare `Off` as `false`.';
