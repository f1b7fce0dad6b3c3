// The part of `metadata` that Ringfence reads. The API server owns its schema, so unknown fields are accepted and dropped.
// Must not know a kind.
import * as z from 'zod';
import type { DeepReadonly } from '../routes/schema/fields.ts';
import { dnsSubdomain } from '../routes/schema/text-schema.ts';

/** Reads `metadata`. Fields that only the API server sets are empty in an object from a file. */
export const metadata = z.object({
  name: dnsSubdomain(),
  namespace: z.string().exactOptional(),
  uid: z.string().default(''),
  generation: z.int().default(0),
  resourceVersion: z.string().default(''),
  labels: z.record(z.string(), z.string()).exactOptional(),
  annotations: z.record(z.string(), z.string()).exactOptional(),
  deletionTimestamp: z.string().exactOptional(),
});

/**
 * The metadata of a custom resource.
 *
 * `uid` and `resourceVersion` are `''` and `generation` is 0 in an object from a file.
 */
export type Metadata = DeepReadonly<z.output<typeof metadata>>;
