// Why a pod with the labels of SRC must not be started: it would do harm, or prove nothing. A list of named checks.
// Must not know what is allowed, nor how objects are read.
import * as z from 'zod';
import type { KubernetesObject } from '../../kube/resource.ts';
import { formatKey } from '../../model/object-key.ts';
import { type LabelSelector, type Labels, selects } from '../../model/selectors.ts';
import type { ExistingPod } from './source-pod.ts';
import { twinLabels } from './twin.ts';

/** What the checks look at. */
export interface TwinSurroundings {
  /** The pod whose twin would be started. */
  readonly source: ExistingPod;
  /** The Services and PodDisruptionBudgets of its namespace. */
  readonly services: readonly KubernetesObject[];
  readonly budgets: readonly KubernetesObject[];
}

/** A reason with what to do instead; `undefined` if there is none. */
type RefusalCheck = (surroundings: TwinSurroundings) => string | undefined;

/** A pod in the host network would have to be one, too, which Pod Security forbids; and no policy applies to it. */
const inHostNetwork: RefusalCheck = ({ source }) =>
  source.hostNetwork
    ? `\`${formatKey(source)}\` is in the host network, where no policy applies to it: there is nothing to verify`
    : undefined;

const serviceSpec = z.looseObject({
  publishNotReadyAddresses: z.boolean().default(false),
  selector: z.record(z.string(), z.string()).optional(),
});

/** The pod would become an endpoint, although it is never ready: a database would take it for a new member. */
const joinsService: RefusalCheck = ({ source, services }) => {
  const labels = twinLabels(source);
  const joined = services.find(({ spec }) => {
    const { publishNotReadyAddresses = false, selector } = serviceSpec.safeParse(spec).data ?? {};
    return publishNotReadyAddresses && selector !== undefined && selects({ matchLabels: selector }, labels);
  });
  if (joined === undefined) return undefined;
  const name = nameOf(joined, source);
  return `Service \`${name}\` sends requests also to pods that are not ready, and would take the new pod for one of its own (\`publishNotReadyAddresses\`): ask about another workload, or change that field`;
};

const budgetSpec = z.looseObject({
  minAvailable: z.union([z.number(), z.string()]).optional(),
  maxUnavailable: z.union([z.number(), z.string()]).optional(),
  selector: z.custom<LabelSelector>((value) => typeof value === 'object' && value !== null).optional(),
});

/**
 * Such a budget needs the scale of each pod's controller, which a Job does not have: then it allows no eviction at all.
 * https://kubernetes.io/docs/tasks/run-application/configure-pdb/#arbitrary-controllers-and-selectors
 */
const blocksDrains: RefusalCheck = ({ source, budgets }) => {
  const labels: Labels = twinLabels(source);
  const blocked = budgets.find(({ spec }) => {
    const { minAvailable, maxUnavailable, selector } = budgetSpec.safeParse(spec).data ?? {};
    const needsScale = maxUnavailable !== undefined || typeof minAvailable === 'string';
    return needsScale && selector !== undefined && selects(selector, labels);
  });
  if (blocked === undefined) return undefined;
  const name = nameOf(blocked, source);
  return `PodDisruptionBudget \`${name}\` selects the labels of \`${formatKey(source)}\`, and with \`maxUnavailable\` or a percentage it would stop all drains while a Job's pod has them: give it a number in \`minAvailable\``;
};

/** Every check, in the order in which reasons are given. */
const checks: readonly RefusalCheck[] = [inHostNetwork, joinsService, blocksDrains];

/** Why no twin may be started; empty if it may. */
export function refusals(surroundings: TwinSurroundings): readonly string[] {
  return checks.flatMap((check) => check(surroundings) ?? []);
}

function nameOf({ metadata }: KubernetesObject, { namespace }: ExistingPod): string {
  return formatKey({ namespace, name: metadata.name });
}
