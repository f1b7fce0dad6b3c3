// Compares what the policies say with what became of the packets.
// Must not know how either was found.
import {
  type Attempt,
  type AttemptResult,
  type DialReport,
  type Expected,
  isAsExpected,
} from '../../dial/attempts.ts';
import type { ExistingPod } from './source-pod.ts';

/** The outcome for one question: whether the network does what the policies say. */
export interface Verdict {
  readonly agreement: 'Agrees' | 'Disagrees' | 'Unknown';
  /** The end of a sentence: what it means. */
  readonly meaning: string;
  /** What to look at, the likeliest first; empty if it agrees. */
  readonly lookAt: readonly string[];
}

/** What is known besides the packets. */
export interface Circumstances {
  readonly expected: Expected;
  readonly reports: readonly DialReport[];
  readonly source: ExistingPod;
  /** The pod at the other end; absent for a Service and for other addresses. */
  readonly destination?: ExistingPod;
}

/** The attempt that counts. */
export function lastAttempt({ attempts }: DialReport): Attempt {
  const last = attempts.at(-1);
  if (last === undefined) throw new Error('a report has no attempt');
  return last;
}

/** Compares: every address must do what is expected. */
export function verdictOf(circumstances: Circumstances): Verdict {
  const { expected, reports } = circumstances;
  const results = reports.map(lastAttempt);
  const wrong = results.find((each) => isAsExpected(each, expected) === false);
  if (wrong !== undefined) return disagreement(wrong.result, circumstances);
  const unknown = results.find((each) => isAsExpected(each, expected) === undefined);
  if (unknown !== undefined) {
    return {
      agreement: 'Unknown',
      meaning: `the attempt failed in a way that proves nothing (${unknown.code ?? 'no code'})`,
      lookAt: ['the network of the node: neither a policy nor an application answers like this'],
    };
  }
  return { agreement: 'Agrees', meaning: 'the network agrees', lookAt: doubts(circumstances, results) };
}

/** A refusal is no proof of a policy if nothing listens there. */
function doubts({ expected, ...others }: Circumstances, results: readonly Attempt[]): readonly string[] {
  const isRefused = expected === 'denied' && results.some(({ result }) => result === 'refused');
  if (!isRefused || isKnownToListen(others)) return [];
  return [
    'a refusal also comes from a pod on which nothing listens: it is not known that something listens on this port',
  ];
}

function isKnownToListen({ destination, reports }: Pick<Circumstances, 'destination' | 'reports'>): boolean {
  return (
    destination?.isReady === true && reports.every(({ target }) => destination.probed.includes(target.port))
  );
}

function disagreement(result: AttemptResult, circumstances: Circumstances): Verdict {
  const { expected, source } = circumstances;
  if (expected === 'denied') {
    return {
      agreement: 'Disagrees',
      meaning: 'the network disagrees: the connection succeeds although the policies deny it',
      lookAt: [
        `whether the CNI enforces NetworkPolicies at all, and whether its pods run on \`${source.node}\`${onOtherNode(circumstances)}`,
        'policies of the CNI with a higher rank, such as those of Cilium, Calico or a ClusterNetworkPolicy: they may allow it',
      ],
    };
  }
  const nobody = isKnownToListen(circumstances)
    ? []
    : ['whether anything listens on this port: a pod on which nothing does refuses, too'];
  return {
    agreement: 'Disagrees',
    meaning: `the network disagrees: the connection is ${result} although the policies allow it`,
    lookAt: [
      ...(result === 'refused' ? nobody : []),
      'policies that this answer does not cover, such as those of Cilium, Calico, a ClusterNetworkPolicy or a service mesh',
      ...(result === 'unreachable' ? ['the routes between the nodes: there is no way to that address'] : []),
      ...(result === 'dropped' ? [...nobody, 'firewalls between the nodes'] : []),
      `the log of the CNI on \`${source.node}\`${onOtherNode(circumstances)}: a change of policies may still be on its way`,
    ],
  };
}

function onOtherNode({ source, destination }: Pick<Circumstances, 'source' | 'destination'>): string {
  return destination === undefined || destination.node === source.node ? '' : ` and \`${destination.node}\``;
}
