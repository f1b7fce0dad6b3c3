// The schema of a NetworkPolicy of any author, as strict as the API server: a policy that it would refuse is no
// policy, and a policy with an overlooked misspelt selector would select everything.
// From `ValidateNetworkPolicySpec` in kubernetes `pkg/apis/networking/validation`.
import * as z from 'zod';
import { contains, parseStoredCidr } from '../model/ip-ranges.ts';
import { directions } from '../model/network-policy.ts';
import { isPortName, protocols } from '../model/ports.ts';
import { fields } from '../routes/schema/fields.ts';
import {
  anyLabelValueSyntax,
  labelKeyLength,
  labelKeySyntax,
  text,
  written,
} from '../routes/schema/text-schema.ts';

const labelValue = written(text(63, 0), anyLabelValueSyntax);
const labelKey = written(text(labelKeyLength), labelKeySyntax);

const requirement = fields({
  key: labelKey,
  operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
  values: z.array(labelValue).exactOptional(),
}).refine(
  ({ operator, values = [] }) => (operator === 'In' || operator === 'NotIn') === values.length > 0,
  'must have `values` where `operator` is `In` or `NotIn`, and none where it is `Exists` or `DoesNotExist`',
);

const matchLabels = z.record(z.string(), labelValue).check(({ value, issues }) => {
  for (const key of Object.keys(value)) {
    const parsed = labelKey.safeParse(key);
    for (const { message } of parsed.error?.issues ?? []) {
      issues.push({ code: 'custom', input: key, path: [key], message });
    }
  }
});

const labelSelector = fields({
  matchLabels: matchLabels.exactOptional(),
  matchExpressions: z.array(requirement).exactOptional(),
});

const portNumber = z.int().min(1).max(65535);

const port = z.custom<number | string>(
  (value) => (typeof value === 'string' ? isPortName(value) : portNumber.safeParse(value).success),
  {
    error: ({ input }) =>
      `must be a number from 1 to 65535, without quotes, or the name of a container port, not ${JSON.stringify(input)}`,
  },
);

const rulePort = fields({
  protocol: z.enum(protocols).exactOptional(),
  port: port.exactOptional(),
  endPort: portNumber.exactOptional(),
}).check(({ value: { port: first, endPort }, issues }) => {
  if (endPort === undefined || (typeof first === 'number' && first <= endPort)) return;
  const message =
    typeof first === 'number'
      ? `must not be below \`port\`, which is ${first}`
      : 'needs a `port` that is a number: a range begins there';
  issues.push({ code: 'custom', input: endPort, path: ['endPort'], message });
});

/** Not only what a new API server takes: it keeps what an older one has stored. */
const cidr = z.string().check(({ value, issues }) => {
  const parsed = parseStoredCidr(value);
  if (!parsed.ok) issues.push({ code: 'custom', input: value, message: parsed.error });
});

const ipBlock = fields({ cidr, except: z.array(cidr).exactOptional() }).check(({ value, issues }) => {
  const whole = parseStoredCidr(value.cidr);
  for (const [index, hole] of (value.except ?? []).entries()) {
    const parsed = parseStoredCidr(hole);
    if (!whole.ok || !parsed.ok) continue;
    if (contains(whole.value, parsed.value) && parsed.value.prefix > whole.value.prefix) continue;
    const message = `must lie within \`cidr\`, and be smaller; \`${hole}\` and \`${value.cidr}\` do not`;
    issues.push({ code: 'custom', input: hole, path: ['except', index], message });
  }
});

const peer = fields({
  podSelector: labelSelector.exactOptional(),
  namespaceSelector: labelSelector.exactOptional(),
  ipBlock: ipBlock.exactOptional(),
})
  .refine(
    (value) => Object.keys(value).length > 0,
    'must have a `podSelector`, a `namespaceSelector` or an `ipBlock`',
  )
  .refine(
    (value) => value.ipBlock === undefined || Object.keys(value).length === 1,
    'must have nothing else next to an `ipBlock`',
  );

const ports = z.array(rulePort).exactOptional();

/** The spec of a NetworkPolicy. Members that the API server would add may be absent. */
const networkPolicySpec = fields({
  podSelector: labelSelector.default({}),
  policyTypes: z.array(z.enum(directions)).exactOptional(),
  ingress: z.array(fields({ from: z.array(peer).exactOptional(), ports })).exactOptional(),
  egress: z.array(fields({ to: z.array(peer).exactOptional(), ports })).exactOptional(),
});

/** A NetworkPolicy. Without a spec, it selects every pod, as in the API server. */
export const networkPolicyObject = z.looseObject({ spec: networkPolicySpec.default({ podSelector: {} }) });
