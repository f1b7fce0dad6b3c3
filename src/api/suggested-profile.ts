// YAML to paste: a profile with one route, or a single route. It is written without a library, because the core has none: JSON
// is valid YAML for a value.
// Must not know why it is suggested.
import { apiVersion } from '../model/policies.ts';
import { shortenedLabelValue } from '../model/policy-names.ts';

/** A route to add, as data. */
export interface SuggestedRoute {
  readonly name: string;
  readonly from: object;
  readonly to: object;
  readonly ports?: readonly (number | string)[] | undefined;
}

/** A name for a suggestion: a DNS label if its parts are, kept unique by a hash if it is cut. */
export function suggestedName(...parts: readonly string[]): string {
  return shortenedLabelValue(parts.join('-'));
}

/** The name; if it is taken, with a number. */
export function freeSuggestedName(name: string, taken: readonly string[]): string {
  let free = name;
  for (let number = 2; taken.includes(free); number += 1) free = suggestedName(name, `${number}`);
  return free;
}

/** A whole profile, for `kubectl apply`. */
export function suggestProfile(
  namespace: string,
  name: string,
  ...routes: readonly SuggestedRoute[]
): string {
  return [
    `apiVersion: ${apiVersion}`,
    'kind: AppNetworkProfile',
    `metadata: {name: ${plain(name)}, namespace: ${plain(namespace)}}`,
    'spec:',
    '  routes:',
    ...routes.flatMap((route) => suggestRoute(route).split('\n')).map((line) => `  ${line}`),
  ].join('\n');
}

/** One entry of `spec.routes`. */
export function suggestRoute({ name, ...fields }: SuggestedRoute): string {
  return [
    `- name: ${plain(name)}`,
    ...suggestFields(fields)
      .split('\n')
      .map((line) => `  ${line}`),
  ].join('\n');
}

/** Fields of a route. */
export function suggestFields({ from, to, ports }: Partial<Omit<SuggestedRoute, 'name'>>): string {
  return Object.entries({ from, to, ports })
    .flatMap(([field, value]) => (value === undefined ? [] : [`${field}: ${flow(value)}`]))
    .join('\n');
}

/** `spec.gatewayNamespaces` of the platform profile, in context. */
export function suggestGatewayNamespaces(names: readonly string[]): string {
  return `spec:\n  gatewayNamespaces: ${flow({ names })}`;
}

/** JSON with the spaces of usual YAML, and without quotes around plain keys. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members.map(([key, member]) => `${plain(key)}: ${flow(member)}`).join(', ')}}`;
}

/** A text without quotes, if neither YAML 1.1 (which kubectl reads) nor 1.2 reads it as a number, a boolean or null. */
function plain(text: string): string {
  return /^[a-z][\w./-]*$/i.test(text) && !taken.test(text) ? text : JSON.stringify(text);
}

/** Readers that follow the regular expression of YAML 1.1's float type loosely read `e1` as a number. */
const taken = /^(y|n|yes|no|on|off|true|false|null|e-?\d+)$/i;
