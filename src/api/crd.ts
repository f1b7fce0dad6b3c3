// Turns a custom resource into its CustomResourceDefinition, as a plain object. Must not know YAML, nor any particular resource.
import { type CustomResource, group, version } from './custom-resources.ts';
import { type StructuralSchema, structuralSchema } from './structural.ts';

/** The CustomResourceDefinition (`apiextensions.k8s.io/v1`) that the API server needs to serve `resource`. */
export function customResourceDefinition(resource: CustomResource) {
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
