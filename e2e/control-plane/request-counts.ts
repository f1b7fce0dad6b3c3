// Reads the API server's own count of the requests that it answered: the witness for "nothing is written at rest".
// https://kubernetes.io/docs/reference/instrumentation/metrics/ (apiserver_request_total)

/** How often one kind of request was answered since the API server started. */
export interface RequestCount {
  /** GET, LIST, WATCH, POST, PUT, PATCH, APPLY (server-side apply), DELETE, DELETECOLLECTION, CONNECT. */
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  /** As in `status`; empty for the object itself. */
  readonly subresource: string;
  /** The HTTP status. */
  readonly code: string;
  readonly count: number;
}

/** Which counts are wanted: each given label must be one of the given values. */
export type RequestFilter = Partial<Record<Exclude<keyof RequestCount, 'count'>, string | readonly string[]>>;

/** The verbs that change something. */
export const writeVerbs = ['POST', 'PUT', 'PATCH', 'APPLY', 'DELETE', 'DELETECOLLECTION'] as const;

/**
 * The lines of `apiserver_request_total` in the text of `/metrics` that pass `filter`.
 * Lines that differ only in a label not kept here (scope, version, dry run) are added up.
 */
export function requestCounts(metrics: string, filter: RequestFilter = {}): RequestCount[] {
  const counts = new Map<string, RequestCount>();
  for (const line of metrics.split('\n')) {
    const sample = /^apiserver_request_total\{(.*)\} (\S+)$/.exec(line);
    if (sample === null) continue;
    const labels = labelsOf(sample[1] ?? '');
    if (!passes(labels, filter)) continue;
    const { verb = '', group = '', resource = '', subresource = '', code = '' } = labels;
    const found = { verb, group, resource, subresource, code, count: Number(sample[2]) };
    const key = keyOf(found);
    counts.set(key, { ...found, count: found.count + (counts.get(key)?.count ?? 0) });
  }
  return [...counts.values()];
}

/** What one API server has answered between two readings, without what it has not. */
export function countsSince(before: readonly RequestCount[], after: readonly RequestCount[]): RequestCount[] {
  const earlier = new Map(before.map((each) => [keyOf(each), each.count]));
  return after
    .map((each) => ({ ...each, count: each.count - (earlier.get(keyOf(each)) ?? 0) }))
    .filter(({ count }) => count > 0);
}

function keyOf({ verb, group, resource, subresource, code }: RequestCount): string {
  return JSON.stringify([verb, group, resource, subresource, code]);
}

function labelsOf(text: string): Record<string, string> {
  const pairs = text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g);
  return Object.fromEntries(Array.from(pairs, ([, name, value]) => [name, value]));
}

const passes = (labels: Record<string, string>, filter: RequestFilter): boolean =>
  Object.entries(filter).every(([name, wanted]) => [wanted].flat().includes(labels[name] ?? ''));
