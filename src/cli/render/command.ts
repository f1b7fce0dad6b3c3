// The verb `render`: turns manifests into the NetworkPolicies that the operator would write. Needs no cluster.

import { type Compiled, compile } from '../../compile/compile.ts';
import { count } from '../../model/counted.ts';
import type { DesiredPolicy } from '../../model/policies.ts';
import { isMadeUp } from '../../objects/as-stored.ts';
import { manifestOf } from '../../plan/manifest.ts';
import { defineVerb } from '../define-verb.ts';
import { ToolError } from '../failures.ts';
import type { InputFlags } from '../options.ts';
import { manifests } from '../output/formats.ts';
import type { ClusterSnapshot } from '../snapshot/cluster-snapshot.ts';
import { loadFiles, noteAssumed } from '../snapshot/load-snapshot.ts';
import { isAboutFacts, lackingFacts, withoutUndiscovered } from '../snapshot/undiscovered.ts';
import { policyList } from './format.ts';

/** The verb `render`. */
export const renderVerb = defineVerb({
  description:
    'Prints the NetworkPolicies that the operator would write, from manifests: the platform profile, Namespaces, profiles, and the Services and routes that they refer to. A namespace in DryRun counts as enforced. It needs no cluster: it takes DNS, API server and address ranges from the status of the platform profile, where the operator keeps what it has discovered, or from the same objects (Services, EndpointSlices, Nodes, ServiceCIDRs). If a rule needs a fact that is missing, it is left out, and a note says so.',
  help: {
    examples: [
      ['ringfence render -f platform.yaml -f app/', 'what the operator would write for an app'],
      [
        'helm template shop ./chart -n shop | ringfence render -f platform.yaml -f - -n shop',
        'the same for a chart',
      ],
      ['ringfence render -f . -R -o policies.yaml', 'write them to a file'],
      [
        'kubectl get platnet default -o yaml | ringfence render -f - -f app/',
        'with what the operator has discovered about the cluster',
      ],
    ],
    ok: 'printed, even if there are none',
  },
  reads: 'files',
  formats: manifests(policyList),
  run: async (context, flags: InputFlags) => {
    const snapshot = await loadFiles(flags, context);
    const view = snapshot.cluster.view();
    if (view.platform === undefined) {
      throw new ToolError(
        'there is no PlatformNetworkProfile in the input, so nothing is ringed: add your file with `-f`',
      );
    }
    const compiled = compile(view);
    noteAssumed(snapshot, context);
    for (const text of notesOn(snapshot, compiled)) context.note(text);
    return { result: compiled.policies.map(printed) };
  },
});

/** An owner whose UID does not come from a cluster is left out: garbage collection would delete the policy. */
function printed(policy: DesiredPolicy): object {
  const manifest = manifestOf(policy) as { readonly metadata: { readonly ownerReferences: unknown } };
  if (!isMadeUp(policy.owner.uid)) return manifest;
  const { ownerReferences: _, ...metadata } = manifest.metadata;
  return { ...manifest, metadata };
}

function notesOn({ cluster }: ClusterSnapshot, { namespaces, findings }: Compiled): readonly string[] {
  const dry = namespaces.filter(({ enforcement }) => enforcement === 'DryRun');
  const routes = namespaces.flatMap(({ profiles }) => profiles.flatMap((profile) => profile.routes));
  const waiting = routes.filter(({ state }) => state === 'Pending' || state === 'Rejected').length;
  // What files can't know is in a note, and not among what `lint` finds.
  const shown = withoutUndiscovered(findings, cluster).findings;
  const codes = [...findings.map(({ code }) => code), ...routes.map(({ reason }) => reason)];
  const isAnyRinged = namespaces.some(({ enforcement }) => enforcement !== undefined);
  const inDryRun = dry.map(({ namespace }) => namespace).join(', ');
  const notes: readonly (readonly [isTrue: boolean, text: string])[] = [
    [dry.length > 0, `in dry run, the operator writes none of this yet: ${inDryRun}`],
    [!isAnyRinged, 'the platform profile selects no namespace of the input: nothing is ringed'],
    [waiting > 0, `${count(waiting, 'route')} not in force: \`ringfence lint\` says why`],
    [shown.length > 0, `${count(shown.length, 'finding')}: see \`ringfence lint\``],
    [codes.some(isAboutFacts), lackingFacts],
  ];
  return notes.filter(([isTrue]) => isTrue).map(([, text]) => text);
}
