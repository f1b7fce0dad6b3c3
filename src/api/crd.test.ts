import { describe, expect, test } from '@jest/globals';
import { customResourceDefinition } from './crd.ts';
import { customResources } from './custom-resources.ts';
import type { StructuralSchema } from './structural.ts';

interface Node {
  readonly path: string;
  readonly schema: StructuralSchema;
}

function nodesOf({ path, schema }: Node): readonly Node[] {
  const members = Object.entries(schema.properties ?? {}).map(([name, member]) => ({
    path: `${path}.${name}`,
    schema: member,
  }));
  const items = schema.items ? [{ path: `${path}[]`, schema: schema.items }] : [];
  const values = schema.additionalProperties
    ? [{ path: `${path}{}`, schema: schema.additionalProperties }]
    : [];
  return [{ path, schema }, ...[...members, ...items, ...values].flatMap(nodesOf)];
}

const nodes = customResources.flatMap((resource) =>
  customResourceDefinition(resource).spec.versions.flatMap((version) => {
    const { spec, status } = version.schema.openAPIV3Schema.properties ?? {};
    return [spec, status].flatMap((schema, index) =>
      schema ? nodesOf({ path: `${resource.kind}.${index === 0 ? 'spec' : 'status'}`, schema }) : [],
    );
  }),
);

const pathsWhere = (holds: (schema: StructuralSchema) => boolean) =>
  nodes.filter(({ schema }) => holds(schema)).map(({ path }) => path);

describe('every node of a generated CRD', () => {
  test('has a type, but an int-or-string', () => {
    expect(
      pathsWhere((schema) => schema.type === undefined && !schema['x-kubernetes-int-or-string']),
    ).toEqual([]);
  });

  test('is bounded: strings, lists and maps', () => {
    expect(
      pathsWhere(
        ({ type, maxLength, enum: values, format, maxItems, additionalProperties, maxProperties }) =>
          (type === 'string' && maxLength === undefined && !values && format !== 'date-time') ||
          (type === 'array' && maxItems === undefined) ||
          (additionalProperties !== undefined && maxProperties === undefined),
      ),
    ).toEqual([]);
  });

  test('says how two writers of a list merge, and by which required key', () => {
    expect(pathsWhere((schema) => schema.type === 'array' && !schema['x-kubernetes-list-type'])).toEqual([]);
    const maps = nodes.filter(({ schema }) => schema['x-kubernetes-list-type'] === 'map');
    expect(maps.length).toBeGreaterThan(5);
    for (const { schema } of maps) {
      expect(schema.items?.required).toEqual(
        expect.arrayContaining([...(schema['x-kubernetes-list-map-keys'] ?? [])]),
      );
    }
  });

  test('has a description, unless it is what a list or a map holds', () => {
    expect(pathsWhere((schema) => !schema.description).filter((path) => !/(\[\]|\{\})$/.test(path))).toEqual(
      [],
    );
  });

  test('has a pattern that RE2 reads as JavaScript does: no groups with options, no escapes', () => {
    expect(pathsWhere(({ pattern = '' }) => /\(\?|\\/.test(pattern))).toEqual([]);
  });
});

describe('the CEL rules of a generated CRD', () => {
  const rules = nodes.flatMap(({ path, schema }) =>
    (schema['x-kubernetes-validations'] ?? []).map((rule) => ({ path, ...rule })),
  );

  test('all say what is allowed', () => {
    expect(rules.length).toBeGreaterThan(20);
    expect(rules.filter(({ message }) => !/must/.test(message) || /[.]$/.test(message))).toEqual([]);
  });

  test('have no message that is longer than the API server shows', () => {
    expect(rules.filter(({ message }) => message.length > 2048)).toEqual([]);
  });

  // Measured with the validation of apiextensions-apiserver v0.31.0: either makes the estimated cost unbounded there.
  test('compare neither types nor CIDRs by ==, which Kubernetes 1.31 estimates as unbounded', () => {
    expect(rules.filter(({ rule }) => /type\([^)]*\) ==|cidr\([^)]*\)(\.masked\(\))? ==/.test(rule))).toEqual(
      [],
    );
  });

  test('do not traverse a port: Kubernetes before 1.34 takes its length as unbounded', () => {
    const ofPorts = rules.filter(({ path }) => path.endsWith('.ports[]'));
    expect(ofPorts.length).toBeGreaterThan(1);
    expect(
      ofPorts.filter(({ rule }) => /matches|split|substring|indexOf|contains|string\(/.test(rule)),
    ).toEqual([]);
  });
});
