// The metadata of an object of any kind, checked as strictly as the API server does under fieldValidation=Strict: a
// `namesapce` would put the object into another namespace without a word. Must not know a kind.
import * as z from 'zod';
import { fields } from '../../../routes/schema/fields.ts';
import { dnsLabel, dnsSubdomain } from '../../../routes/schema/text-schema.ts';

/** YAML makes numbers and booleans of words like `1` and `yes`. */
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

/** `metav1.ObjectMeta` of an object that has a name. */
export const namedMetadata = fields({ name: dnsSubdomain(), ...rest });

/** That of an object whose name the API server makes. */
export const generatedMetadata = fields({ name: dnsSubdomain().exactOptional(), ...rest });

/** That of an object whose name follows other rules. */
export const anyMetadata = fields({ name: z.string(), ...rest });
