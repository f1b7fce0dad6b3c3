// Answers one question twice: by the policies, and by a packet of a pod that is like SRC.
// Must not know how the answer is printed, nor how a Job is sent.
import { analyze } from '../../analyze/analysis.ts';
import { isWorkload } from '../../analyze/endpoints.ts';
import type { AnalysisInput } from '../../analyze/facts.ts';
import { withoutStandIns } from '../../analyze/stand-ins.ts';
import { type DialReport, type Expected, readReport } from '../../dial/attempts.ts';
import { quoteSome } from '../../model/counted.ts';
import { type Answer, answer, type NamedSources, sourcesNamed, targetsNamed } from '../explain/answer.ts';
import { destinationWithPort, readPort, sourceWithoutPort } from '../explain/end-with-port.ts';
import { findEnd } from '../explain/find-end.ts';
import { nameContextOf } from '../explain/name-context.ts';
import { ToolError } from '../failures.ts';
import type { ClusterSnapshot } from '../snapshot/cluster-snapshot.ts';
import type { TwinClient } from '../writing/twin-client.ts';
import type { AskedCheck } from './checks-file.ts';
import { labelEffects } from './label-effects.ts';
import { refusals } from './refusals.ts';
import { type ChosenPod, choosePod, type ExistingPod } from './source-pod.ts';
import { type Destination, destinationOf } from './targets.ts';
import { twinOf } from './twin.ts';
import { type Verdict, verdictOf } from './verdict.ts';

/** What the answers are made of. */
export interface CheckContext {
  readonly snapshot: ClusterSnapshot;
  /** What is in force. */
  readonly facts: AnalysisInput;
  /** For names without one. */
  readonly namespace: string;
  readonly image: string;
  /** How long to wait until the CNI knows the new pod, in seconds. */
  readonly settle: number;
  readonly client: TwinClient;
}

/** A question with everything that is needed to try it. */
export interface PreparedCheck {
  readonly check: AskedCheck;
  readonly answer: Answer;
  readonly expected: Expected;
  readonly source: ExistingPod;
  readonly destination: Destination;
  readonly job: ReturnType<typeof twinOf>;
  readonly notes: readonly string[];
}

/** A question with both answers. */
export interface DoneCheck extends PreparedCheck {
  readonly reports: readonly DialReport[];
  readonly verdict: Verdict;
}

/**
 * Answers by the policies, and makes the Job.
 *
 * @throws ToolError if there is nothing to try, or if a pod like SRC would do harm; ApiError
 */
export async function prepareCheck(check: AskedCheck, context: CheckContext): Promise<PreparedCheck> {
  const { snapshot, namespace, image, settle } = context;
  const from = sourceWithoutPort(check.from);
  const { end: to } = destinationWithPort(check.to, check.port);
  const port = readPort(check.port);
  const analysis = analyze(withoutStandIns(context.facts, port));
  const names = { ...nameContextOf(snapshot, namespace), analysis };
  const sources = sourcesNamed(analysis, findEnd(from, names));
  const { pod: source, end } = sourceAmong(sources, check, snapshot);
  const asked = findEnd(to, names);
  const ends = targetsNamed(analysis, asked, port).targets.map((target) => target.end);
  const destination = destinationOf(source, { end: asked, ends, port, word: to, snapshot });
  const { chosen } = destination;
  const answered = answer(analysis, {
    from: { kind: 'workloads', ends: [end] },
    to: chosen === undefined ? asked : { kind: 'workloads', ends: [chosen.end] },
    port,
  });
  const expected = verdictOfPolicies(answered, to);
  const notes = [...sources.notes, ...(await requireHarmless(source, context)), ...labelEffects(source)];
  const job = twinOf(source, { image, expected, targets: destination.targets, settle });
  return { check, answer: answered, expected, source, destination, job, notes };
}

/** Starts the Job, and compares. @throws ToolError if the pod does not start; ApiError */
export async function tryCheck(prepared: PreparedCheck, { client }: CheckContext): Promise<DoneCheck> {
  const { job, expected, source, destination } = prepared;
  const wanted = destination.targets.length;
  const reportsIn = (lines: readonly string[]) => lines.flatMap((line) => readReport(line) ?? []);
  const lines = await client.run(job, (sofar) => reportsIn(sofar).length === wanted);
  const reports = reportsIn(lines);
  const pod = destination.chosen?.pod;
  const known = { expected, reports, source, ...(pod === undefined ? {} : { destination: pod }) };
  return { ...prepared, reports, verdict: verdictOf(known) };
}

function sourceAmong(
  { ends }: NamedSources,
  { from, node }: AskedCheck,
  snapshot: ClusterSnapshot,
): ChosenPod {
  const pods = ends.filter(isWorkload);
  if (pods.length > 0) return choosePod(pods, snapshot, { word: from, node });
  throw new ToolError(
    `\`${from}\` is not a workload or a pod: only these have labels that a new pod can have`,
  );
}

/** @throws ToolError if the pods behind a Service differ: then chance decides which answer comes */
function verdictOfPolicies({ allowed, parts }: Answer, to: string): Expected {
  if (allowed) return 'allowed';
  if (parts.some((part) => part.allowed)) {
    throw new ToolError(
      `some of what \`${to}\` means is allowed and some is denied, so one connection proves nothing: ask about its pods one by one`,
    );
  }
  return 'denied';
}

/** What could not be checked. @throws ToolError if a pod like this one would do harm */
async function requireHarmless(
  source: ExistingPod,
  { snapshot, client }: CheckContext,
): Promise<readonly string[]> {
  const here = snapshot.objects.filter(({ metadata }) => metadata.namespace === source.namespace);
  const services = here.filter(({ kind }) => kind === 'Service');
  const budgets = await client.budgets(source.namespace);
  const [reason] = refusals({ source, services, budgets: budgets ?? [] });
  if (reason !== undefined) throw new ToolError(`no pod is started: ${reason}`);
  if (budgets !== undefined) return [];
  return [
    `you may not read the PodDisruptionBudgets of ${quoteSome([source.namespace], 1)}: with one that selects the new pod, drains may have to wait a minute`,
  ];
}
