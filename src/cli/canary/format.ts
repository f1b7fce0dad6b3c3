// The formats of what is known of the canary: text for people, and data for programs.
// Must not know how it is found out.
import * as z from 'zod';
import type { EnforcementStatus } from '../../api/platform-status.ts';
import { count } from '../../model/counted.ts';
import { type PrintContext, textAndData } from '../output/formats.ts';
import type { Paint } from '../output/paint.ts';
import { formatTable } from '../output/table.ts';
import { type OperatorSign, operatorStates } from '../status/operator-sign.ts';
import { type CanaryInCluster, missingRight } from './canary-in-cluster.ts';
import { type NodeRow, type NodeState, nodeRows, nodeStates } from './node-rows.ts';

const ms = (meaning: string) => z.int().optional().describe(`${meaning}, in milliseconds`);

const schema = z.strictObject({
  status: z.enum(['True', 'False', 'Unknown']).describe('whether policies are in force'),
  reason: z.string(),
  message: z.string(),
  since: z.string().optional().describe('when the status became so'),
  operator: z.strictObject({ state: z.enum(operatorStates), renewed: z.string().optional() }),
  nodes: z
    .array(
      z.strictObject({
        node: z.string(),
        ingress: z.enum(nodeStates),
        egress: z.enum(nodeStates),
        effectMs: ms('how long the last change of a policy took'),
        reportedMs: ms('how long ago its client reported'),
      }),
    )
    .optional()
    .describe('what the clients reported last; absent if their reports may not be read'),
  effect: z
    .strictObject({ p50Milliseconds: z.int(), p99Milliseconds: z.int() })
    .optional()
    .describe('how long a change of a policy takes, over all nodes'),
  newPods: z
    .strictObject({
      tried: z.int(),
      openMilliseconds: z.int().optional().describe('when a denied connection was made for the last time'),
      allowedMilliseconds: z.int().optional().describe('when an allowed one was made for the first time'),
    })
    .optional()
    .describe('the first connections of new pods, since they started; the worst of them'),
  capabilities: z.array(
    z.strictObject({
      name: z.string(),
      value: z.enum(['Yes', 'No', 'Unknown', 'Refused', 'Dropped']),
      meaning: z.string(),
      why: z.string().optional().describe('why the value is `Unknown`'),
    }),
  ),
});

const notReported = {
  status: 'Unknown',
  reason: 'NotReported',
  message: 'no operator has reported it yet: `ringfence status` says whether one is active',
} as const;

/** The formats of `canary`. */
export const canaryFormats = textAndData({
  text: asText,
  data: ({ condition, enforcement, operator, reports }: CanaryInCluster) => {
    const { status, reason, message } = condition ?? notReported;
    return {
      ...{ status, reason, message },
      ...(condition === undefined ? {} : { since: condition.lastTransitionTime }),
      operator,
      ...(reports === undefined ? {} : { nodes: nodeRows(reports) }),
      ...(enforcement?.effect === undefined ? {} : { effect: enforcement.effect }),
      ...(enforcement?.newPods === undefined ? {} : { newPods: enforcement.newPods }),
      capabilities: enforcement?.capabilities ?? [],
    };
  },
  schema,
});

const statusColor = { True: 'green', False: 'red', Unknown: 'yellow' } as const;

function asText(found: CanaryInCluster, { paint, room }: PrintContext): string {
  const { condition, enforcement, operator, reports } = found;
  const { status, reason, message } = condition ?? notReported;
  const since = condition === undefined ? '' : `, since ${condition.lastTransitionTime}`;
  const color = operator.state === 'Silent' ? 'yellow' : statusColor[status];
  const head = `Enforced: ${paint(color, status)} (${reason})${since}\n${message}\n${doubt(operator)}`;
  const parts = [head, nodesText(reports, paint, room), cniText(enforcement, room)];
  return parts.filter((part) => part !== '').join('\n');
}

/** Whether what the operator reported may be old. */
function doubt({ state, renewed }: OperatorSign): string {
  if (state === 'Silent') {
    const last = renewed === undefined ? 'it has given its lease back' : `its last sign was at ${renewed}`;
    return `note: the operator is not active (${last}), so nobody knows whether this is still so: \`ringfence status\`\n`;
  }
  if (state === 'NoElection')
    return 'note: nothing says that the operator is active, so this may be old: if it is in another namespace, name that with `--operator-namespace`\n';
  return '';
}

const stateTexts: Readonly<Record<NodeState, string>> = {
  InForce: 'in force',
  NotInForce: 'not in force',
  CutOff: 'cut off',
  Unclear: 'unclear',
  Untried: '-',
};

function nodesText(reports: CanaryInCluster['reports'], paint: Paint, room: number | undefined): string {
  if (reports === undefined) return `note: ${missingRight}\n`;
  const known = nodeRows(reports);
  if (known.length === 0) return '';
  const state = (each: NodeState) =>
    each === 'NotInForce' || each === 'CutOff' ? paint('red', stateTexts[each]) : stateTexts[each];
  const rows = known.map(({ node, ingress, egress, effectMs, reportedMs }: NodeRow) => [
    ...[node, state(ingress), state(egress)],
    effectMs === undefined ? '-' : `${effectMs} ms`,
    reportedMs === undefined ? '-' : `${Math.floor(reportedMs / 1000)} s ago`,
  ]);
  return formatTable([['NODE', 'INGRESS', 'EGRESS', 'TAKES EFFECT', 'REPORTED'], ...rows], room);
}

function cniText(enforcement: CanaryInCluster['enforcement'], room: number | undefined): string {
  if (enforcement === undefined) return '';
  const { effect, capabilities } = enforcement;
  const rows = capabilities.map(({ name, value, meaning, why }) => [
    name,
    value,
    why === undefined ? meaning : `${meaning}; not known: ${why}`,
  ]);
  const effectLine =
    effect === undefined
      ? ''
      : `a change of a policy takes ${effect.p50Milliseconds} ms on half of the nodes, and ${effect.p99Milliseconds} ms on 99 of 100\n`;
  const lines = effectLine + newPodsLine(enforcement);
  return `${lines}${lines === '' ? '' : '\n'}${formatTable([['CNI', 'VALUE', 'MEANING OF YES'], ...rows], room)}`;
}

function newPodsLine({ newPods }: EnforcementStatus): string {
  if (newPods === undefined) return '';
  const { tried, openMilliseconds: open, allowedMilliseconds: allowed } = newPods;
  const denied =
    open === undefined
      ? 'no new pod made a connection that is denied'
      : `new pods made connections that are denied, the last ${open} ms after they started`;
  const others =
    allowed === undefined ? 'one never made any that is allowed' : `allowed ones worked after ${allowed} ms`;
  return `${denied}, and ${others} (${count(tried, 'pod')})\n`;
}
