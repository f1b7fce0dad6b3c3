// The formats of the status of namespaces: text for people, and data for programs.
// Must not know how it is found out.
import * as z from 'zod';
import { egressModes, enforcements } from '../../api/egress.ts';
import { type FindingCode, findingKinds, severityOf } from '../../model/findings.ts';
import { textAndData } from '../output/formats.ts';
import { waitingRoute } from '../output/schemas.ts';
import type { LintFinding } from '../snapshot/profile-findings.ts';
import { operatorStates } from './operator-sign.ts';
import { formatStatus, routeStates, type ShownStatus } from './status-text.ts';

const route = z.strictObject({
  profile: z.string(),
  route: z.string(),
  state: z.enum(routeStates),
  reason: z.string(),
  message: z.string(),
  hint: z.string().optional().describe('what to do next'),
  suggestion: z.string().optional().describe('YAML that would fix it'),
});

const finding = z.strictObject({
  code: z.enum(Object.keys(findingKinds) as FindingCode[]),
  severity: z.enum(['error', 'warning', 'info']),
  message: z.string(),
  hint: z.string(),
  suggestion: z.string().optional().describe('YAML that would fix it'),
});

const namespaceStatus = z.strictObject({
  namespace: z.string(),
  enforcement: z.enum(enforcements).optional().describe('absent if the namespace is not ringed'),
  outside: z.string().optional().describe('why the namespace is not ringed, in one word'),
  open: z.string().optional().describe('why nothing is denied in it, for people'),
  egress: z.enum(egressModes),
  rule: z.string().optional().describe('the rule of the platform profile that applies'),
  changing: z.boolean().describe('whether it is being closed or opened, with a temporary policy'),
  policies: z.strictObject({
    existing: z
      .int()
      .optional()
      .describe('how many policies it has, without temporary ones; absent for files'),
    desired: z.int().describe('how many it has once it is enforced'),
    missing: z
      .int()
      .optional()
      .describe(
        'how many of the desired ones it lacks, by name; absent for files, and if it is not enforced',
      ),
  }),
  pausedUntil: z.string().optional().describe('when the last of the pauses ends that open it now'),
  routes: z.array(route),
  waiting: z.array(waitingRoute).describe('the routes of other namespaces that it does not let in'),
  findings: z.array(finding).describe('what `lint` finds in it'),
  failure: z
    .strictObject({ reason: z.string(), message: z.string() })
    .optional()
    .describe("why the operator can't write its policies"),
});

const clusterStatus = z.strictObject({
  at: z.string().optional().describe('when it was found, with `--watch`'),
  operator: z
    .strictObject({ state: z.enum(operatorStates), renewed: z.string().optional() })
    .optional()
    .describe('the last sign of the operator, from its lease; absent for files'),
  namespaces: z.array(namespaceStatus),
  findings: z.array(finding).describe('about the cluster as a whole'),
});

/** A finding for programs. */
function findingAsData(each: LintFinding) {
  const { code, message, hint, suggestion } = each;
  return { code, severity: severityOf(each), message, hint, ...(suggestion && { suggestion }) };
}

/** The formats of `status`. */
export const statusFormats = textAndData({
  text: formatStatus,
  data: ({ status: { namespaces, findings, operator }, at }: ShownStatus) => ({
    ...(at === undefined ? {} : { at }),
    ...(operator === undefined ? {} : { operator }),
    namespaces: namespaces.map((each) => ({ ...each, findings: each.findings.map(findingAsData) })),
    findings: findings.map(findingAsData),
  }),
  schema: clusterStatus,
});
