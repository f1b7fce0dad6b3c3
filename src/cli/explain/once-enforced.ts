// The answer to a question about a cluster once the dry runs in the namespaces of its ends are enforced.
// Must not know how the policies of that state are found.
import { type Endpoint, isWorkload } from '../../analyze/endpoints.ts';
import { formatOnceEnforced } from '../snapshot/dry-run-note.ts';
import type { InForce } from '../snapshot/in-force.ts';
import type { Answer } from './answer.ts';
import { ask, type LaterAnswer, laterAnswer, type Words } from './ask.ts';

/** The later answer. */
export interface OnceEnforced extends LaterAnswer {
  /** The namespaces of the ends that are in a dry run. */
  readonly dryRun: readonly string[];
  /** For people, in one line. */
  readonly message: string;
}

/** Asks again; `undefined` if no end is in a dry run. @param now the answer as it is */
export function onceEnforced(
  words: Words,
  now: Answer,
  { facts, dryRun }: InForce,
): OnceEnforced | undefined {
  const ends = new Set(now.parts.flatMap((part) => [part.from, part.to].flatMap(namespaceIn)));
  const concerned = dryRun.filter((name) => ends.has(name));
  if (concerned.length === 0) return undefined;
  const later = laterAnswer(now, ask(words, facts).found, words.port);
  const how = later.isSame ? '' : '; `--enforce` explains that state';
  return { ...later, dryRun: concerned, message: formatOnceEnforced(concerned, `${later.then}${how}`) };
}

function namespaceIn(end: Endpoint): readonly string[] {
  return isWorkload(end) ? [end.workload.namespace] : [];
}
