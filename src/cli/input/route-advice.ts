// What to write instead of something that is no valid part of a route: fields of NetworkPolicies, names where an object belongs,
// Services of other namespaces, DNS names, fields that are indented too far.
// Must not know the schemas: it sees what was written, and where.
import type { Problem } from '../../api/decode.ts';
import { parseAddress } from '../../model/ip-ranges.ts';

/** The advice about a problem in a profile; `undefined` if the problem's own words are all there is to say. */
export function routeAdvice({ path, message }: Problem, object: unknown): string | undefined {
  if ((object as { readonly kind?: unknown } | undefined)?.kind !== 'AppNetworkProfile') return undefined;
  const steps = stepsOf(path);
  if (path === 'routes') return '`routes` is a field of `spec`: put it there';
  const [spec, routes, , ...inRoute] = steps;
  if (spec !== 'spec' || routes !== 'routes') return undefined;
  if (inRoute.length === 0) return message.startsWith('must be a list') ? asItem : undefined;
  const [member = '', kind] = inRoute;
  const end = member === 'from' || member === 'to' ? valueAt(object, steps.slice(0, 4)) : undefined;
  const isOnEnd = kind === undefined || (kind === 'namespace' && inRoute.length === 2);
  return (isOnEnd ? elsewhereAdvice(end) : undefined) ?? adviceIn(inRoute, valueAt(object, steps), message);
}

function adviceIn(
  [member = '', kind = '', ...rest]: readonly string[],
  value: unknown,
  message: string,
): string | undefined {
  if (member === 'ports') return kind === '' ? portsAdvice(value) : portAdvice(value);
  if (member !== 'from' && member !== 'to') return undefined;
  if (kind === '') return endAdvice(value, message);
  if (kind === 'ports')
    return `\`ports\` is a field of the route, not of \`${member}\`: indent it as far as \`to\``;
  const inside = rest.length > 0 ? insideAdvice(kind, rest, value) : ofEnd(kind, value);
  return writtenAs[kind] ?? inside;
}

const asItem = 'write each route as an item of the list, with its name in it: `- name: …`';
const noNames =
  'NetworkPolicies know no DNS names: name the addresses with `cidr: {cidr: 203.0.113.7/32}`, or allow all public ones with `internet: {}`';
const selectPods = 'pods of this namespace are `app: NAME`, or `pods: {matchLabels: {…}}`';
const selectNamespace = 'pods of other namespaces are `namespace: {name: …, pods: {matchLabels: {…}}}`';
const nameRange = 'a range of addresses is `cidr: {cidr: 203.0.113.0/24}`';

/** What people write for an end, because NetworkPolicies or other tools call it so. */
const writtenAs: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['podSelector', 'labels', 'matchLabels', 'selector', 'pod', 'deployment', 'workload'].map((name) => [
      name,
      selectPods,
    ]),
  ),
  ...Object.fromEntries(['namespaceSelector', 'namespaces', 'ns'].map((name) => [name, selectNamespace])),
  ...Object.fromEntries(['ipBlock', 'ip', 'address', 'cidrs', 'ips'].map((name) => [name, nameRange])),
  ...Object.fromEntries(['fqdn', 'host', 'hostname', 'dns', 'domain', 'url'].map((name) => [name, noNames])),
};

function endAdvice(value: unknown, message: string): string | undefined {
  if (typeof value === 'string') return `write \`{app: ${value}}\` for pods with this app label`;
  if (Array.isArray(value))
    return 'an end is one of these: write a route for each, or select all with labels in `pods`';
  return message.includes('are set') ? 'write a route for each' : undefined;
}

/** About pods beside their namespace, as in the peer of a NetworkPolicy. Two routes would let the whole namespace in. */
function elsewhereAdvice(end: unknown): string | undefined {
  if (typeof end !== 'object' || end === null) return undefined;
  const { namespace, app, pods } = end as Readonly<Record<string, unknown>>;
  if (namespace === undefined || (app === undefined && pods === undefined)) return undefined;
  const name = typeof namespace === 'string' ? namespace : (valueAt(namespace, ['name']) ?? '…');
  const label = app === undefined ? '…' : `LABEL: ${app}`;
  const advice = `pods of another namespace are \`namespace: {name: ${name}, pods: {matchLabels: {${label}}}}\``;
  return app === undefined ? advice : `${advice}, where LABEL is the platform's app label`;
}

/** About the value of an end, which is not what its kind takes. */
function ofEnd(kind: string, value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  switch (kind) {
    case 'service':
      return elsewhere(value);
    case 'namespace':
    case 'ingressController':
    case 'monitoring':
      return `write \`${kind}: {name: ${value}}\``;
    case 'cidr':
      return rangeAdvice(value);
    case 'internet':
    case 'cluster':
    case 'kubernetesAPI':
    case 'nodes':
    case 'anywhere':
      return isHostname(value) ? noNames : `write \`${kind}: {}\``;
    default:
      return undefined;
  }
}

/** A Service of another namespace, in one of the ways in which clients name it. */
function elsewhere(value: string): string | undefined {
  const [, first = '', separator, second = ''] = /^([\w-]+)([./])([\w-]+)/.exec(value) ?? [];
  if (separator === undefined) return undefined;
  const namespace = separator === '.' ? second : first;
  return `a \`service\` is one of this namespace, by its name alone; pods of another one are \`namespace: {name: ${namespace}, pods: {matchLabels: {…}}}\`, and \`ports\` are then those of the pods`;
}

function rangeAdvice(value: string): string | undefined {
  const address = parseAddress(value);
  if (address.ok) return `one address is \`cidr: {cidr: "${value}/${address.value.prefix}"}\``;
  if (/^[\d.:a-f]+\/\d+$/i.test(value)) return `write \`cidr: {cidr: "${value}"}\``;
  return isHostname(value) ? noNames : undefined;
}

/** About a field of a field: labels without `matchLabels`, pods of another namespace by something else than their labels. */
function insideAdvice(kind: string, [field = '', label = '']: readonly string[], value: unknown) {
  const text = typeof value === 'string' ? value : '…';
  switch (kind) {
    case 'cidr':
      return field === 'cidr' && !text.includes('/') ? rangeAdvice(text) : undefined;
    case 'internet':
      return isHostname(text) ? noNames : undefined;
    case 'pods':
      return asLabels(field, text);
    case 'namespace':
      if (field === 'pods' || field === 'selector') return asLabels(label, text);
      return field === 'name' ? undefined : `${selectNamespace}, and \`ports\` are those of the pods`;
    default:
      return undefined;
  }
}

function asLabels(key: string, value: string): string | undefined {
  return key === '' || key.startsWith('match') ? undefined : `write \`{matchLabels: {${key}: ${value}}}\``;
}

/** About `ports` as a whole. */
function portsAdvice(value: unknown): string | undefined {
  const isOne = ['string', 'number'].includes(typeof value) && /^[\w/-]+$/.test(String(value));
  return isOne ? `write a list: \`[${value}]\`` : undefined;
}

/** About one port. */
function portAdvice(value: unknown): string | undefined {
  if (typeof value === 'string') {
    const [, protocol = '', port = ''] = /^(tcp|udp|sctp)[/:](.+)$/i.exec(value) ?? [];
    if (port !== '') return `write \`${port}/${protocol.toUpperCase()}\``;
    const [, before = '', after = ''] = /^([^/]+)\/(tcp|udp|sctp)$/i.exec(value) ?? [];
    if (after !== '') return `write \`${before}/${after.toUpperCase()}\``;
    if (/[,;]/.test(value)) return `write each port by itself: \`[${value.split(/[,;]\s*/).join(', ')}]\``;
    return value === '*' ? 'leave `ports` out to allow every port' : undefined;
  }
  const { port, protocol } = (value ?? {}) as { readonly port?: unknown; readonly protocol?: unknown };
  if (typeof port !== 'number' && typeof port !== 'string') return undefined;
  return `write \`${port}${typeof protocol === 'string' ? `/${protocol}` : ''}\``;
}

function isHostname(text: string): boolean {
  return /^(\*\.)?([\w-]+\.)+[a-z][\w-]*\.?$/i.test(text);
}

/** The steps of a path like `spec.routes[0].to`. */
export function stepsOf(path: string): readonly string[] {
  return [...path.matchAll(/\[([^\]]*)\]|[^.[\]]+/g)].map(([step, inBrackets]) => inBrackets ?? step);
}

/** What is at these steps of an object; `undefined` if nothing is. */
export function valueAt(object: unknown, steps: readonly string[]): unknown {
  return steps.reduce<unknown>(
    (value, step) => (value as Readonly<Record<string, unknown>> | null | undefined)?.[step],
    object,
  );
}
