// Objects as `kubectl apply -f -` takes them: YAML documents, or one JSON list.
// Must not know what kind of objects they are.
import { stringify } from 'yaml';

/** A value as YAML 1.1, which kubectl reads, without line breaks in texts and without aliases. */
export function toYaml(value: unknown): string {
  return stringify(value, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false });
}

/** A document for each object. */
export function yamlDocuments(
  objects: readonly object[],
  format: (object: object) => string = toYaml,
): string {
  return objects.map(format).join('---\n');
}

/** A value as JSON for programs, with a newline at its end. */
export function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** One `v1` List. */
export function jsonList(items: readonly object[]): string {
  return toJson({ apiVersion: 'v1', kind: 'List', items });
}
