// The verb `explain`: whether one end may reach another, by which rule, and if not, what to add.
import { Argument } from 'commander';
import { isStandInAsked } from '../../analyze/stand-ins.ts';
import { noPorts, type PortSet, portSets } from '../../model/port-set.ts';
import { defineVerb } from '../define-verb.ts';
import {
  type ClusterFlags,
  type EnforceFlags,
  enforceOption,
  type InputFlags,
  namespaceOf,
} from '../options.ts';
import { missingPods } from '../snapshot/declared-pods.ts';
import { effectiveFacts, enforcedIn } from '../snapshot/in-force.ts';
import { loadSnapshot } from '../snapshot/load-snapshot.ts';
import { afterPauses } from './after-pauses.ts';
import { type Asked, ask } from './ask.ts';
import { destinationWithPort, readPort, sourceWithoutPort } from './end-with-port.ts';
import { explainFormats } from './format.ts';
import { instructionsFor } from './instructions.ts';
import { knownEndsIn } from './known-addresses.ts';
import { describeMeant, meantRoutes } from './meant-routes.ts';
import { mirroredEgress } from './mirrored-egress.ts';
import { notesOnMissingPods } from './missing-pods.ts';
import { nameContextOf } from './name-context.ts';
import { routesForOtherEnds, routesForOtherPorts } from './near-misses.ts';
import { offeredInstead } from './offered-instead.ts';
import { onceEnforced } from './once-enforced.ts';
import { formatEffects } from './side-effects.ts';
import { type Denied, type Fix, suggestFix } from './suggest-fix.ts';
import { notesOnUnknownDns } from './unknown-dns.ts';
import { notesOnUsualPorts } from './usual-ports.ts';

/** The verb `explain`. */
export const explainVerb = defineVerb({
  description:
    'Explains whether SRC may open a connection to DST, by which rule of which policy and for which route; if not, which policies deny it and what to add. It considers all NetworkPolicies, whoever wrote them. Without `-f` it reads the cluster of the current context, and writes nothing.',
  help: {
    examples: [
      ['ringfence explain shop/web shop/mongo 27017', 'in the cluster of the current context'],
      [
        'ringfence explain -f . -R shop/web service/shop/mongo',
        'in files, before a merge; for each port of a Service',
      ],
      ['ringfence explain shop/web 203.0.113.7 443', 'to an address outside the cluster'],
      [
        'ringfence explain shop/web kube-system/coredns 53/UDP -o json',
        'for a program: `allowed`, and the reasons',
      ],
    ],
    ok: 'allowed; without a port, on any port',
    found:
      'denied, fully or partly; if the port of a Service is asked about at its pods, also if the port to which it leads is denied',
  },
  args: [
    new Argument(
      '<src>',
      'namespace/name of a workload, a pod, or an app by its label; an address or a CIDR; or an end of a route, as in internet or kubernetesAPI',
    ),
    new Argument(
      '<dst>',
      'the same, or a Service; kind/namespace/name if a name is ambiguous; also with its port, as in shop/web:8080',
    ),
    new Argument(
      '[port]',
      "the pods' port, or for a Service its own port: 8080, 8000-8100, 53/UDP or a name",
    ),
  ],
  reads: 'files or a cluster',
  namespaceMeans: 'the namespace of ends that name none',
  flags: [enforceOption()],
  formats: explainFormats,
  run: async (
    context,
    flags: InputFlags & ClusterFlags & EnforceFlags,
    source: string,
    destination: string,
    portArgument?: string,
  ) => {
    const from = sourceWithoutPort(source);
    const { end: to, port } = destinationWithPort(destination, portArgument);
    const spec = port === undefined ? undefined : readPort(port);
    const snapshot = await loadSnapshot(flags, context);
    const { facts, planned } = await effectiveFacts(snapshot, flags, context);
    context.progress.show('analysing');
    const words = { from, to, port: spec, names: nameContextOf(snapshot, namespaceOf(flags)) };
    const now = ask(words, facts);
    const { found, question } = now;
    const paused = afterPauses(words, found, facts, snapshot, flags.operatorNamespace);
    // What is missing is what is denied after a pause.
    const lasting = paused?.asked ?? now;
    const known = knownEndsIn(question, snapshot);
    const state = paused?.snapshot ?? snapshot;
    const meant = meantRoutes(lasting.parts, known, state);
    const meantNotes = describeMeant(meant);
    const dnsNotes = notesOnUnknownDns(lasting.parts, state);
    const enforcedNow = enforcedIn(snapshot, flags);
    const { operatorNamespace } = flags;
    const asked = { known, meant, snapshot: state, enforced: enforcedNow, operatorNamespace };
    // A route for one workload would hide that no other may query DNS either.
    const fix = dnsNotes.length > 0 ? noFix : fixFor(lasting, meantNotes.length > 0, asked);
    const enforced = planned && onceEnforced(words, found, planned);
    const notes = [
      ...(spec !== undefined && isStandInAsked(spec) ? [standInNote] : []),
      ...found.notes,
      ...meantNotes,
      ...dnsNotes,
      ...notesOn(lasting, meantNotes.length > 0),
      ...notesOnMissingPods(lasting.parts, missingPods(snapshot), state),
      ...remarksOn(fix, meantNotes),
      ...mirroredEgress(lasting.parts, fix),
      ...(fix.changes.length === 0 ? [] : notesOnUsualPorts(lasting.parts, lasting.analysis.input)),
    ];
    const asWritten = { from, to, ...(port === undefined ? {} : { port }) };
    const ends = lasting.parts.flatMap((part) => [part.from, part.to]);
    const instructions = instructionsFor(fix.changes, ends, snapshot);
    const otherPorts = portsMeant(lasting);
    return {
      result: { ...found, notes, words: asWritten, known, instructions, otherPorts, enforced, paused },
      exit: found.allowed ? 'ok' : 'found',
    };
  },
});

const noFix: Fix = { changes: [] };

/**
 * What to add; nothing for the port on which nothing listens. A rule for the address of a pod or a Service is right only until it changes.
 *
 * @param isDeclared whether a route exists that was meant for this: another one that waits as well would not help
 */
function fixFor(
  { found, question: asked, meant: question, parts }: Asked,
  isDeclared: boolean,
  state: Omit<Denied, 'question' | 'asked' | 'parts'>,
): Fix {
  const { from, to } = state.known;
  const isForNobody = question.port !== undefined && isStandInAsked(question.port);
  if (found.allowed || isForNobody || (from ?? to)?.advice !== undefined) return noFix;
  const fix = suggestFix({ question, asked, parts, ...state });
  const waits = fix.changes.length > 0 && fix.effects === undefined;
  return waits && isDeclared ? noFix : fix;
}

/** What is almost what was asked about. @param isDeclared whether a route was meant for it, which tells more than those for others */
function notesOn(asked: Asked, isDeclared: boolean): readonly string[] {
  const { found, parts, analysis } = asked;
  return [
    ...(found.meant === undefined ? offeredInstead(parts, analysis.input) : []),
    ...routesForOtherPorts(asked),
    ...(isDeclared ? [] : routesForOtherEnds(asked)),
  ];
}

/** The ports that a suggestion opens, if others were probably meant than those in question. */
function portsMeant({ found, parts }: Asked): PortSet | undefined {
  return found.meant && portSets.union(...parts.map(({ asked = noPorts }) => asked));
}

const standInNote =
  'nothing should listen on port 1: beside port names it is only there because kube-router needs a number';

/** @param told the notes on routes that were meant: one may have the same reason */
function remarksOn({ changes, obstacles = [], effects }: Fix, told: readonly string[]): readonly string[] {
  const isIsolating = changes.some(({ object }) => object.kind === 'NetworkPolicy');
  const others = obstacles.filter(({ why }) => !told.some((note) => note.endsWith(`: ${why}`)));
  return [
    ...others.map(({ what, why }) => `${what}: ${why}`),
    ...(effects === undefined ? [] : formatEffects(effects, isIsolating)),
  ];
}
