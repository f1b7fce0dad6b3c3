// The output formats of CustomResourceDefinitions.
import { stringify } from 'yaml';
import * as z from 'zod';
import { manifestList } from '../output/formats.ts';

/** An object in the format of the files in crds/. kubectl reads YAML 1.1, in which a bare `Off` is false. */
export function crdText(crd: object): string {
  return stringify(crd, { version: '1.1', aliasDuplicateObjects: false, lineWidth: 120 });
}

/** What `-o json` prints. */
export const crdList = manifestList({
  apiVersion: z.literal('apiextensions.k8s.io/v1'),
  kind: z.literal('CustomResourceDefinition'),
  metadata: z.strictObject({ name: z.string() }),
  spec: z.looseObject({ group: z.literal('ringfence.dev') }),
});
