// The answer to a question about a cluster once the dry runs in the namespaces of its ends are enforced.
// Must not know how the policies of that state are found.
import { analyze } from '../../analyze/analysis.ts';
import { type Endpoint, isWorkload } from '../../analyze/endpoints.ts';
import { withoutStandIns } from '../../analyze/stand-ins.ts';
import { formatPortSet, type PortSet, portSets } from '../../model/port-set.ts';
import { formatPorts } from '../../model/port-texts.ts';
import type { PortSpec } from '../../model/ports.ts';
import { formatOnceEnforced } from '../snapshot/dry-run-note.ts';
import type { InForce } from '../snapshot/in-force.ts';
import { type Answer, answer } from './answer.ts';
import { findEnd } from './find-end.ts';

/** The later answer. */
export interface OnceEnforced {
  /** The namespaces of the ends that are in a dry run. */
  readonly dryRun: readonly string[];
  readonly allowed: boolean;
  /** The ports that are allowed between any two of the ends. */
  readonly ports: PortSet;
  /** For people, in one line. */
  readonly message: string;
}

/** A question in the words of a person. */
interface Words {
  readonly from: string;
  readonly to: string;
  readonly port: PortSpec | undefined;
}

/** Asks again; `undefined` if no end is in a dry run. @param now the answer as it is */
export function onceEnforced(
  { from, to, port }: Words,
  now: Answer,
  namespace: string,
  { facts, dryRun }: InForce,
): OnceEnforced | undefined {
  const ends = new Set(now.parts.flatMap((part) => [part.from, part.to].flatMap(namespaceIn)));
  const concerned = dryRun.filter((name) => ends.has(name));
  if (concerned.length === 0) return undefined;
  // Other policies may distinguish other pods of the same ends.
  const names = { analysis: analyze(withoutStandIns(facts, port)), namespace };
  const { allowed, parts } = answer(names.analysis, {
    from: findEnd(from, names),
    to: findEnd(to, names),
    port,
  });
  const ports = portsOf(parts);
  const isSame = allowed === now.allowed && formatPortSet(ports) === formatPortSet(portsOf(now.parts));
  const verdict = !allowed ? 'denied' : port === undefined ? `allowed on ${formatPorts(ports)}` : 'allowed';
  const then = isSame
    ? `this is ${allowed ? 'allowed' : 'denied'} as well`
    : `this is ${verdict}; \`--enforce\` explains that state`;
  return { dryRun: concerned, allowed, ports, message: formatOnceEnforced(concerned, then) };
}

function portsOf(parts: Answer['parts']): PortSet {
  return portSets.union(
    ...parts.map(({ ports, asked }) => (asked === undefined ? ports : portSets.intersection(ports, asked))),
  );
}

function namespaceIn(end: Endpoint): readonly string[] {
  return isWorkload(end) ? [end.workload.namespace] : [];
}
