// Turns a custom resource into its reference page, as Markdown. Must not know any field: the content is in the schemas.

import { type CustomResource, group, version } from './custom-resources.ts';
import { exampleAt, inlineYaml, limitTexts, typeText } from './reference-text.ts';
import { type DocumentedSchema, documentedSchema } from './structural.ts';

/** A schema node and all of its paths, like `spec.routes[].from`. */
interface Place {
  readonly paths: readonly string[];
  readonly schema: DocumentedSchema;
}

/** The reference page of one custom resource; `example` has every field, and `toYaml` prints it. */
export function referencePage(
  resource: CustomResource,
  example: object,
  toYaml: (object: object) => string,
): string {
  const parts = partsOf(resource);
  const root = documentedSchema(resource.schema);
  const blocks = [
    '<!-- Generated from the schemas by `make generate`: change those, not this. -->',
    `# ${resource.kind}`,
    ...given(root.description),
    ...rulesOf(root),
    factsOf(resource),
    'An example with every field:',
    `\`\`\`yaml\n${toYaml(example).trimEnd()}\n\`\`\``,
    ...parts.flatMap((part) => [
      `## \`${part.paths[0]}\``,
      ...given(part.schema.description),
      ...objectBlocks(part, example),
    ]),
    ...[...namedTypes(parts)].flatMap(([title, type]) => [
      `## ${capitalize(title)}`,
      ...given(type.schema.about),
      ...objectBlocks(type, example, `${title}: `),
    ]),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

/** Every path of a field in a resource's spec and status. */
export function fieldPaths(resource: CustomResource): readonly string[] {
  return partsOf(resource)
    .flatMap(everythingIn)
    .flatMap((place) => place.paths);
}

function partsOf(resource: CustomResource): readonly Place[] {
  const { properties = {} } = documentedSchema(resource.schema);
  return Object.entries(properties)
    .filter(([name]) => name === 'spec' || name === 'status')
    .map(([name, schema]) => ({ paths: [name], schema }));
}

function everythingIn(place: Place): readonly Place[] {
  return [place, ...membersOf(place).flatMap((member) => everythingIn(contentOf(member)))];
}

/** The types with a title, each with all the places that use it. */
function namedTypes(parts: readonly Place[]): ReadonlyMap<string, Place> {
  const types = new Map<string, Place>();
  for (const { schema, paths } of parts.flatMap(everythingIn)) {
    if (schema.title === undefined) continue;
    const known = types.get(schema.title)?.paths ?? [];
    types.set(schema.title, { schema, paths: [...known, ...paths] });
  }
  return types;
}

function membersOf({ paths, schema }: Place): readonly Place[] {
  return Object.entries(schema.properties ?? {}).map(([name, member]) => ({
    paths: paths.map((path) => `${path}.${name}`),
    schema: member,
  }));
}

/** The items of a list; anything else itself. */
function contentOf(place: Place): Place {
  const { items } = place.schema;
  return items === undefined ? place : { paths: place.paths.map((path) => `${path}[]`), schema: items };
}

function factsOf(resource: CustomResource): string {
  const columns = resource.columns.map((column) => `\`${column.name}\``).join(', ');
  return [
    `- API: \`${group}/${version}\`, ${resource.scope === 'Namespaced' ? 'in a namespace' : 'cluster-scoped'}`,
    `- \`kubectl get ${resource.plural}\` (short: \`${resource.shortName}\`) shows ${columns}`,
  ].join('\n');
}

/**
 * The constraints of an object, its fields, and the sections of the unnamed objects in it. Their headings
 * show the path in the resource, or within the named type `owner`.
 */
function objectBlocks(place: Place, example: object, owner = ''): readonly string[] {
  const depth = owner === '' ? 0 : (place.paths[0]?.length ?? 0) + 1;
  const sections = (within: Place): readonly string[] =>
    membersOf(within).flatMap((member) => {
      const content = contentOf(member);
      if (content.schema.properties === undefined || content.schema.title !== undefined) return [];
      // An object's description is in the list of fields; an item's description is only here.
      const description = content === member ? undefined : content.schema.description;
      const heading = `### ${capitalize(owner)}\`${content.paths[0]?.slice(depth)}\``;
      return [heading, ...given(description), ...ownBlocks(content, example), ...sections(content)];
    });
  return [...ownBlocks(place, example), ...sections(place)];
}

function ownBlocks(place: Place, example: object): readonly string[] {
  return [...rulesOf(place.schema), fieldList(place, example)];
}

function fieldList(place: Place, example: object): string {
  const required = place.schema.required ?? [];
  return Object.keys(place.schema.properties ?? {})
    .map((name, index) => ({ name, member: membersOf(place)[index] }))
    .flatMap(({ name, member }) =>
      member ? [fieldItem(name, member, required.includes(name), example)] : [],
    )
    .join('\n\n');
}

function fieldItem(name: string, member: Place, required: boolean, example: object): string {
  const { schema } = member;
  const facts = [typeText(schema)];
  if (required) facts.push('**required**');
  if (schema.default !== undefined) facts.push(`default \`${inlineYaml(schema.default)}\``);
  const content = contentOf(member).schema;
  const limits = content.properties === undefined && content.title === undefined ? limitTexts(schema) : [];
  const text = [...given(schema.description), ...limits, ...exampleText(member, example)];
  return [`- **\`${name}\`**: ${facts.join(', ')}.`, ...text].join('\n  ');
}

/** The example of a field, unless it is so long that its own section shows its parts. */
function exampleText(member: Place, example: object): readonly string[] {
  const values = member.paths.map((path) => exampleAt(example, path)).filter((value) => value !== undefined);
  const shown = values.map(inlineYaml).find((text) => text.length <= 80);
  return shown === undefined ? [] : [`Example: \`${shown}\`.`];
}

function rulesOf(schema: DocumentedSchema): readonly string[] {
  return given(
    limitTexts(schema)
      .map((limit) => `> ${limit}`)
      .join('\n>\n') || undefined,
  );
}

function given(text: string | undefined): readonly string[] {
  return text === undefined ? [] : [text];
}

function capitalize(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
