// The metadata of an object of any kind, checked as strictly as in the API server under fieldValidation=Strict: otherwise a
// `namesapce` would silently put the object into another namespace. Must not know a kind.
import * as z from 'zod';
import { fields } from '../../../routes/schema/fields.ts';
import { dnsLabel, dnsSubdomain } from '../../../routes/schema/text-schema.ts';

/** YAML turns words like `1` and `yes` into numbers and booleans. */
const words = z.record(z.string(), z.string());

const whatever = z.unknown().optional();

const rest = {
  namespace: dnsLabel().exactOptional(),
  labels: words.exactOptional(),
  annotations: words.exactOptional(),
  uid: z.string().exactOptional(),
  resourceVersion: z.string().exactOptional(),
  generation: z.int().exactOptional(),
  generateName: z.string().exactOptional(),
  creationTimestamp: whatever,
  deletionTimestamp: whatever,
  deletionGracePeriodSeconds: whatever,
  finalizers: whatever,
  ownerReferences: whatever,
  managedFields: whatever,
  selfLink: whatever,
};

/** `metav1.ObjectMeta` of an object with a name. */
export const namedMetadata = fields({ name: dnsSubdomain(), ...rest });

/** The same for an object whose name the API server may make. */
export const generatedMetadata = fields({ name: dnsSubdomain().exactOptional(), ...rest }).refine(
  ({ name, generateName = '' }) => name !== undefined || generateName !== '',
  { error: 'is required', path: ['name'] },
);

/** The same for an object whose name follows other rules. */
export const anyMetadata = fields({ name: z.string(), ...rest });
