// The verb `explain`: whether one end may reach another, by which rule, and if not, what to add.
import { Argument } from 'commander';
import { analyze } from '../../analyze/analysis.ts';
import { isStandInAsked, withoutStandIns } from '../../analyze/stand-ins.ts';
import { noPorts, portSets } from '../../model/port-set.ts';
import { defineVerb } from '../define-verb.ts';
import {
  type ClusterFlags,
  type EnforceFlags,
  enforceOption,
  type InputFlags,
  namespaceOf,
} from '../options.ts';
import { effectiveFacts, enforcedIn } from '../snapshot/in-force.ts';
import { loadSnapshot } from '../snapshot/load-snapshot.ts';
import { answer } from './answer.ts';
import { destinationWithPort, readPort, sourceWithoutPort } from './end-with-port.ts';
import { findEnd } from './find-end.ts';
import { explainFormats } from './format.ts';
import { knownAddressIn } from './known-addresses.ts';
import { almostMatching, offeredInstead } from './near-misses.ts';
import { onceEnforced } from './once-enforced.ts';
import { formatEffects } from './side-effects.ts';
import { type Fix, suggestFix } from './suggest-fix.ts';

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
    found: 'denied, fully or partly',
  },
  args: [
    new Argument('<src>', 'namespace/workload, namespace/pod, an address or a CIDR'),
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
    const { facts, planned } = effectiveFacts(snapshot, flags, context);
    context.progress.show('analysing');
    const analysis = analyze(withoutStandIns(facts, spec));
    const names = { analysis, namespace: namespaceOf(flags) };
    const question = { from: findEnd(from, names), to: findEnd(to, names), port: spec };
    const found = answer(analysis, question);
    const { meant = question } = found;
    const { parts } = found.meant === undefined ? found : answer(analysis, meant);
    const known = knownAddressIn(question, snapshot);
    // A rule for the address of a pod or a Service is right only until it changes.
    const isAsked = known?.advice === undefined && !found.allowed;
    const fix: Fix = !isAsked
      ? {}
      : suggestFix({
          ...{ question: meant, parts, known, snapshot },
          enforced: enforcedIn(snapshot, flags),
          operatorNamespace: flags.operatorNamespace,
        });
    const enforced = planned && onceEnforced({ from, to, port: spec }, found, names.namespace, planned);
    const words = { from, to, ...(port === undefined ? {} : { port }) };
    const instead = found.meant === undefined ? offeredInstead(parts, analysis) : [];
    const notes = [
      ...(spec !== undefined && isStandInAsked(spec) ? [standInNote] : []),
      ...found.notes,
      ...instead,
      ...almostMatching(parts, analysis),
      ...remarksOn(fix),
    ];
    const isOther = found.meant !== undefined && fix.suggestion !== undefined;
    const otherPorts = isOther ? portSets.union(...parts.map(({ asked = noPorts }) => asked)) : undefined;
    return {
      result: { ...found, notes, words, known, suggestion: fix.suggestion, otherPorts, enforced },
      exit: found.allowed ? 'ok' : 'found',
    };
  },
});

const standInNote =
  'nothing should listen on port 1: beside port names it is only there because kube-router needs a number';

function remarksOn({ obstacles = [], effects }: Fix): readonly string[] {
  return [...obstacles, ...(effects === undefined ? [] : formatEffects(effects))];
}
