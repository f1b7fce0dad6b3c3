// Whether policies are in force, from what the clients report: the condition `Enforced`, and the numbers beside it. Only a denied
// connection that was made, several times where everything else worked, says no; a connection that failed is another matter.
// Must not know how reports get here.
import { count, nameSome } from '../model/counted.ts';
import { compareText } from '../model/object-key.ts';
import { deniedPort, freshPods } from './canary-table.ts';
import { type CapabilityRow, capabilityRows } from './capability-rows.ts';
import { type CanaryCheck, type CanaryReport, isOfClient } from './report.ts';

/** The last report of one client. */
export interface ReceivedReport {
  readonly node: string;
  readonly report: CanaryReport;
  /** How long ago it was received, in milliseconds. */
  readonly silentMs: number;
}

/** What the verdict is made from. */
export interface CanaryFacts {
  /** Whether the namespace of the canary exists. */
  readonly isInstalled: boolean;
  readonly reports: readonly ReceivedReport[];
  /** Every node of the cluster: whether it is Ready. */
  readonly nodes: ReadonlyMap<string, boolean>;
  /** What is not as it was installed, for people; absent if all is. */
  readonly changed?: string;
  /** For how long all has been as it was installed, in milliseconds; absent if nobody knows of a change. */
  readonly unchangedMs?: number;
  /** Why nothing can be said of reports, or what keeps pods from starting, for people. */
  readonly trouble?: string;
}

/** The condition, without its time and type. */
export interface EnforcedCondition {
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
}

/** A client that can tell when a policy takes effect on its node. */
export interface MarkerWitness {
  readonly node: string;
  /** The last marker that it saw take effect. */
  readonly marker?: number;
}

/** For how long new pods did what they may not, or could not do what they may: in milliseconds since they started. */
export interface NewPodsVerdict {
  readonly tried: number;
  /** When a denied connection was made for the last time; absent: never. */
  readonly openMilliseconds?: number;
  /** When an allowed one was made for the first time; absent: some pod never made one. */
  readonly allowedMilliseconds?: number;
}

/** Everything that is said of enforcement. */
export interface CanaryVerdict {
  readonly condition: EnforcedCondition;
  /** The nodes that say something now: whether policies are in force there. */
  readonly nodes: ReadonlyMap<string, boolean>;
  /** How many nodes the cluster has. */
  readonly nodeCount: number;
  /** The nodes whose allowed connections fail, as pairs for people. */
  readonly cut: readonly string[];
  readonly capabilities: readonly CapabilityRow[];
  /** How long the last marker took with each client, in milliseconds, in ascending order. */
  readonly effectMs: readonly number[];
  /** What became of the first connections of new pods, the worst of the last ones; absent as long as there is none. */
  readonly newPods?: NewPodsVerdict;
  /** Whom to wait for until a policy is in force; none where the canary tells nothing. */
  readonly witnesses: readonly MarkerWitness[];
}

/** After so much silence, nobody knows: a client reports every five minutes. */
export const silentAfterMs = 660_000;

/** For how long a new pod is one of the last ones. If none starts any more, those that did say nothing of today. */
const lastNewPodsMs = 1_800_000;

/** Judges. Nothing follows from what pods see under other policies: neither of nodes, nor of the CNI. */
export function judge({ reports: received, ...more }: CanaryFacts): CanaryVerdict {
  const all = more.changed === undefined ? received : [];
  const facts = { ...more, reports: all.filter(({ report }) => isOfClient(report)) };
  const newPods = newPodsOf(all, more.unchangedMs);
  const live = facts.reports.filter(({ silentMs }) => silentMs < silentAfterMs);
  const failing = failingNodes(live, facts.nodes);
  const cut = cutPairs(live, facts.nodes);
  const proven = live.filter(({ report }) => isProven(report));
  const shown = { ...facts, live, failing, cut, proven };
  return {
    condition: conditionOf(shown),
    nodes: new Map([
      ...proven.map(({ node }) => [node, true] as const),
      ...failing.map((node) => [node, false] as const),
    ]),
    nodeCount: facts.nodes.size,
    cut,
    capabilities: capabilityRows(live.map(({ report }) => report)),
    effectMs: effectOf(live),
    ...(newPods === undefined ? {} : { newPods }),
    witnesses: facts.isInstalled && facts.changed === undefined ? witnessesAmong(proven, facts.nodes) : [],
  };
}

interface Shown extends CanaryFacts {
  readonly live: readonly ReceivedReport[];
  readonly proven: readonly ReceivedReport[];
  readonly failing: readonly string[];
  readonly cut: readonly string[];
}

function conditionOf(shown: Shown): EnforcedCondition {
  const { isInstalled, failing, proven, changed, cut } = shown;
  const unknown = (reason: string, message: string) => ({ status: 'Unknown', reason, message }) as const;
  if (!isInstalled)
    return unknown('NoCanary', 'nobody tries whether policies are in force: apply `config/canary`');
  if (changed !== undefined)
    return unknown('CanaryChanged', `${changed}; so nothing follows from what its pods see`);
  const degraded = cut.length === 0 ? '' : `; degraded: allowed connections fail, ${nameSome(cut, 3)}`;
  if (failing.length > 0)
    return {
      status: 'False',
      reason: 'NotEnforced',
      message: `policies are not in force on ${namesOf(failing)}: connections that a policy of the canary denies are made there; ${scopeOf(shown)}${degraded}`,
    };
  if (proven.length > 0)
    return {
      status: 'True',
      reason: degraded === '' ? 'Enforced' : 'Degraded',
      message: `what the policies of the canary deny is denied; ${scopeOf(shown)}${degraded}`,
    };
  return unknown(...whyUnknown(shown, degraded));
}

function whyUnknown({ trouble, live, reports }: Shown, degraded: string): [reason: string, message: string] {
  const tail = trouble === undefined ? '' : `: ${trouble}`;
  if (degraded !== '') return ['Degraded', `no denial can be tried${degraded}${tail}`];
  if (live.some(({ report }) => isUnproven(report)))
    return [
      'Unproven',
      `what is denied fails, but nobody who is allowed reaches port ${deniedPort} of the same listener: look at what else filters packets${tail}`,
    ];
  if (live.length > 0)
    return [
      'Starting',
      `${count(live.length, 'pod')} of the canary try it, which takes a minute or two${tail}`,
    ];
  const latest = Math.min(...reports.map(({ silentMs }) => silentMs));
  if (reports.length > 0)
    return ['Silent', `the canary has not reported for ${Math.floor(latest / 60_000)} minutes${tail}`];
  return ['Starting', `no pod of the canary has reported yet${tail}`];
}

function scopeOf({ proven, failing, nodes, live, reports }: Shown): string {
  const told = new Set([...proven.map(({ node }) => node), ...failing]);
  const silent = reports.length - live.length;
  const rest = silent === 0 ? '' : `, and ${count(silent, 'pod')} of the canary silent`;
  return `canary pods on ${told.size} of ${count(nodes.size, 'node')}${rest}`;
}

function namesOf(nodes: readonly string[]): string {
  const shown = nodes.slice(0, 5).map((node) => `\`${node}\``);
  const more = nodes.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${count(more, 'more node', 'more nodes')}` : ''}`;
}

/** Who fails to enforce: ingress is the work of the listener's node, egress of the client's. */
function suspectOf(client: string, { direction, node }: CanaryCheck): string {
  return direction === 'Ingress' ? node : client;
}

/** The nodes on which a denied connection was made, several times. One that is not Ready says nothing of the CNI. */
function failingNodes(
  live: readonly ReceivedReport[],
  nodes: ReadonlyMap<string, boolean>,
): readonly string[] {
  const found = live.flatMap(({ node, report }) =>
    report.checks
      .filter(({ outcome, confirmed }) => outcome === 'open' && confirmed)
      .map((check) => suspectOf(node, check)),
  );
  return [...new Set(found)].filter((node) => nodes.get(node) === true).sort(compareText);
}

/** Nodes that do not exist have nothing that could be cut off. */
function cutPairs(live: readonly ReceivedReport[], nodes: ReadonlyMap<string, boolean>): readonly string[] {
  const found = live.flatMap(({ node, report }) =>
    report.checks
      .filter((check) => check.outcome === 'cut' && check.confirmed && nodes.has(check.node))
      .map((check) => `from \`${node}\` to \`${check.node}\``),
  );
  return [...new Set(found)].sort(compareText);
}

/** Whether both directions were tried, and nothing that is denied was possible. */
function isProven({ checks }: CanaryReport): boolean {
  const holds = (direction: CanaryCheck['direction']) =>
    checks.some((check) => check.direction === direction && check.outcome === 'holds');
  return holds('Ingress') && holds('Egress') && checks.every(({ outcome }) => outcome !== 'open');
}

/** Whether denied connections failed several times, and nobody knows whether that is the work of a policy. */
function isUnproven({ checks }: CanaryReport): boolean {
  return checks.some(({ outcome, confirmed }) => outcome === 'unproven' && confirmed);
}

/** Where policies are not in force, no marker ever takes effect; and nobody waits for a node that is not Ready. */
function witnessesAmong(
  proven: readonly ReceivedReport[],
  nodes: ReadonlyMap<string, boolean>,
): readonly MarkerWitness[] {
  return proven
    .filter(({ node }) => nodes.get(node) === true)
    .map(({ node, report: { marker } }) => ({ node, ...(marker && { marker: marker.number }) }));
}

/** Of those that started lately, and after all was as it was installed. */
function newPodsOf(
  reports: readonly ReceivedReport[],
  unchangedMs = Number.POSITIVE_INFINITY,
): NewPodsVerdict | undefined {
  const triesMs = freshPods.triesSeconds * 1000;
  const fresh = reports
    .filter(({ silentMs }) => silentMs < lastNewPodsMs && silentMs + triesMs < unchangedMs)
    .flatMap(({ report }) => report.fresh ?? []);
  if (fresh.length === 0) return undefined;
  const open = fresh.flatMap(({ openMs }) => openMs ?? []);
  const allowed = fresh.flatMap(({ allowedMs }) => allowedMs ?? []);
  return {
    tried: fresh.length,
    ...(open.length === 0 ? {} : { openMilliseconds: Math.max(...open) }),
    ...(allowed.length < fresh.length ? {} : { allowedMilliseconds: Math.max(...allowed) }),
  };
}

/** Of those that have seen the newest marker. */
function effectOf(live: readonly ReceivedReport[]): readonly number[] {
  const markers = live.flatMap(({ report }) => report.marker ?? []);
  const newest = Math.max(...markers.map(({ number }) => number));
  return markers
    .flatMap(({ number, ms }) => (number === newest && ms !== undefined ? [ms] : []))
    .sort((a, b) => a - b);
}

/** The smallest value that so many of all, as a share, do not exceed. @param sorted ascending, not empty */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
