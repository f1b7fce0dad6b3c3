// What else reacts to the labels of a pod: the twin of SRC has them too, so a person should know.
// Must not know what is allowed.
import { quoteSome } from '../../model/counted.ts';
import type { ExistingPod } from './source-pod.ts';
import { twinLabels } from './twin.ts';

/** Labels that a program in the cluster acts on, and what it does. */
const reactions: readonly { readonly label: RegExp; readonly does: string }[] = [
  { label: /^kueue\.x-k8s\.io\//, does: 'Kueue may hold the pod back until its queue has room' },
  {
    label: /^(.*\.)?istio\.io\//,
    does: 'Istio may add a sidecar, through which everything connects',
  },
  { label: /^linkerd\.io\//, does: 'Linkerd may add a proxy, through which everything connects' },
  { label: /^azure\.workload\.identity\//, does: 'Azure Workload Identity may add volumes and variables' },
  { label: /^(.*\.)?(yunikorn|volcano)\./, does: 'a batch scheduler may hold the pod back' },
];

/** One sentence for each; empty if nothing is known to react. */
export function labelEffects(source: ExistingPod): readonly string[] {
  const keys = Object.keys(twinLabels(source));
  const known = reactions.flatMap(({ label, does }) => {
    const found = keys.filter((key) => label.test(key));
    return found.length === 0 ? [] : [`the new pod has the label ${quoteSome(found, 3)}: ${does}`];
  });
  if (!source.hasAntiAffinity) return known;
  return [
    ...known,
    `pods like \`${source.name}\` keep away from one another (required anti-affinity): none can be scheduled beside the new pod while it runs`,
  ];
}
