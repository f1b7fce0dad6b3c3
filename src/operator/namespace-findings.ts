// How many findings which namespace has, for an alert that names the namespace. Bounded: the worst come first.
// Must not know what is found.
import { findingKinds, type Severity, severityOf } from '../model/findings.ts';
import { compareText } from '../model/object-key.ts';
import type { Reading } from './metric-families.ts';
import type { NamespaceRecord } from './namespace-record.ts';

/** The maximum number of namespaces that are named. */
export const mostWithFindings = 100;

const counted: readonly Severity[] = ['error', 'warning'];

/** The errors and warnings of the namespaces that have some, those with the most errors first, then with the most warnings. */
export function namespaceFindings(records: ReadonlyMap<string, NamespaceRecord>): readonly Reading[] {
  return [...records]
    .map(([namespace, record]) => ({ namespace, count: countIn(record) }))
    .filter(({ count }) => count.error + count.warning > 0)
    .sort(
      (a, b) =>
        b.count.error - a.count.error ||
        b.count.warning - a.count.warning ||
        compareText(a.namespace, b.namespace),
    )
    .slice(0, mostWithFindings)
    .flatMap(({ namespace, count }) =>
      counted.map((severity) => ({ labels: { namespace, severity }, value: count[severity] })),
    );
}

/** Policies that can't be written are an error, too. */
function countIn({ findings, routes, failure }: NamespaceRecord): Readonly<Record<Severity, number>> {
  const count = { error: failure === undefined ? 0 : 1, warning: 0, info: 0 };
  for (const finding of findings) count[severityOf(finding)] += 1;
  for (const { reason, count: number } of routes) {
    if (reason !== 'Active') count[findingKinds[reason].severity] += number;
  }
  return count;
}
