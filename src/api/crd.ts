// Turns a custom resource into its CustomResourceDefinition, as a plain object. Must not know YAML, nor any particular resource.
import type { CustomResource, PrinterColumn } from './custom-resources.ts';
import { group, version } from './custom-resources.ts';
import { type StructuralSchema, structuralSchema } from './structural.ts';

/** A CustomResourceDefinition (`apiextensions.k8s.io/v1`) with the fields that ours use. */
export interface CustomResourceDefinition {
  readonly apiVersion: 'apiextensions.k8s.io/v1';
  readonly kind: 'CustomResourceDefinition';
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly scope: 'Namespaced' | 'Cluster';
    readonly names: {
      readonly kind: string;
      readonly listKind: string;
      readonly plural: string;
      readonly singular: string;
      readonly shortNames: readonly string[];
      readonly categories: readonly string[];
    };
    readonly versions: readonly {
      readonly name: string;
      readonly served: boolean;
      readonly storage: boolean;
      readonly subresources: { readonly status: Readonly<Record<string, never>> };
      readonly additionalPrinterColumns: readonly PrinterColumn[];
      readonly schema: { readonly openAPIV3Schema: StructuralSchema };
    }[];
  };
}

/** The CustomResourceDefinition that the API server needs to serve `resource`. */
export function customResourceDefinition(resource: CustomResource): CustomResourceDefinition {
  const { kind, plural, singular, shortName, scope, columns, schema } = resource;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope,
      names: {
        kind,
        listKind: `${kind}List`,
        plural,
        singular,
        shortNames: [shortName],
        categories: ['ringfence'],
      },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: columns,
          schema: { openAPIV3Schema: rootSchema(structuralSchema(schema)) },
        },
      ],
    },
  };
}

/** The API server owns the schema of `apiVersion`, `kind` and `metadata`: a CRD may only define their types. */
function rootSchema(schema: StructuralSchema): StructuralSchema {
  return {
    ...schema,
    required: ['spec'],
    properties: {
      apiVersion: { type: 'string', description: 'The group and version of this API.' },
      kind: { type: 'string', description: 'The kind of this object.' },
      metadata: { type: 'object' },
      ...Object.fromEntries(
        Object.entries(schema.properties ?? {}).filter(([name]) => name === 'spec' || name === 'status'),
      ),
    },
  };
}
