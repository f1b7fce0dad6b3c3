// The reference page of /metrics, made from the registry itself: names, types, labels and their values.
// Must not know any metric except those that its alerts name, and it checks that these exist.
import { Metrics } from '../src/operator/metrics.ts';

const groups = [
  { title: 'Ringfence', prefix: /^ringfence_/, about: 'What Ringfence does.' },
  {
    title: 'The queue and the requests',
    prefix: /^(workqueue|controller_runtime|rest_client|leader_election)_/,
    about:
      'Named and labelled like those of client-go and controller-runtime, so that dashboards and alerts for controllers work for ' +
      'Ringfence too.',
  },
  { title: 'The process', prefix: /^process_/, about: 'Named as in every client library of Prometheus.' },
];

/** Expressions that are worth an alert, and the reason for each. */
const alerts = [
  [
    'absent(leader_election_master_status{name="ringfence-operator"} == 1)',
    'no operator works: new namespaces stay open, and drift is not corrected',
  ],
  [
    'ringfence_namespaces{state="Failing"} > 0',
    "the policies of a namespace can't be written: its status says why",
  ],
  ['ringfence_findings{severity="error"} > 0', 'something that a profile asks for is not in force'],
  [
    'ringfence_findings{code="ForeignAllowAll"} > 0',
    'a policy of somebody else opens pods of a ringed namespace: `ringfence lint` names it',
  ],
  [
    'sum(ringfence_findings{code=~"ControlPlaneShutOut|DnsShutOut|DnsUnknown|EntranceClosed"}) > 0',
    'a ring closes, or once it is enforced will close, what others depend on, such as a webhook, DNS or an entrance: `ringfence lint` names it',
  ],
  [
    'increase(ringfence_internal_errors_total[15m]) > 0',
    'a bug in Ringfence keeps a namespace as it is, or a page from being served: the log says which one',
  ],
  [
    'ringfence_findings{code="KindGone"} > 0',
    'a CRD that Ringfence needs was deleted: until it is back, Ringfence writes and deletes nothing because of it',
  ],
  [
    'ringfence_findings{code="Unreadable"} > 0',
    'a bug in Ringfence keeps it from reading an object: the last known version stays in force, and the log names the object',
  ],
  [
    'max(ringfence_watch_age_seconds) > 180',
    'the operator is blind: it does not correct what it does not see',
  ],
  [
    'increase(ringfence_cache_differences_total[2h]) > 0',
    'an event was lost between the API server and the operator: the operator has made up for it, but whatever lost it may lose more',
  ],
  [
    'ringfence_pause_until_timestamp_seconds < time() - 300',
    'a pause is overdue: a namespace is still open; [while no operator runs](../guides/monitoring.md#watch-pauses), the NetworkPause tells it',
  ],
  [
    'ringfence_enforced == 0',
    'the CNI does not enforce NetworkPolicies on a node: nothing is ringed there, whatever is written',
  ],
  [
    'ringfence_enforcement_degraded > 0',
    'allowed connections between nodes fail: a partition, or a CNI that drops too much',
  ],
  ['rate(ringfence_drift_corrected_total[15m]) > 0.1', 'something keeps changing policies'],
  [
    'histogram_quantile(0.99, rate(ringfence_time_to_ring_seconds_bucket[1h])) > 5',
    'new namespaces stay open too long',
  ],
  [
    'rate(controller_runtime_reconcile_errors_total[5m]) > 1',
    'the API server refuses requests, or is unreachable',
  ],
] as const;

type Family = Awaited<ReturnType<typeof read>>[number];

/** The page, as Markdown. @throws RangeError if an alert names a metric that does not exist */
export async function metricsPage(): Promise<string> {
  const families = await read();
  const blocks = [
    '<!-- Generated from src/operator by `make generate`: change that, not this. -->',
    '# Metrics',
    'The operator serves them on `/metrics` of `--health-address`, beside `/livez` and `/readyz`, as plain HTTP and ' +
      'without a login: they contain no names of profiles or policies, and of namespaces only of those that are paused, at most 100. ' +
      'The number of series is bounded and does not grow with the cluster. Values belong to one process and start again with it. ' +
      'Of an operator that waits for another one, what it counts stays zero, and what it reads from its caches is the same as of the other.',
    ...groups.flatMap(({ title, prefix, about }) => [
      `## ${title}`,
      about,
      table(
        ['Metric', 'Type', 'Labels', 'Meaning'],
        families.filter(({ name }) => prefix.test(name)).map(row),
      ),
    ]),
    '## Alerts',
    table(
      ['Alert if', 'because'],
      alerts.map(([expression, because]) => [`\`${checked(expression, families)}\``, because]),
    ),
  ];
  return `${blocks.join('\n\n')}\n`;
}

async function read() {
  const metrics = new Metrics(1);
  for (const status of [200, undefined]) metrics.answered('GET', '10.96.0.1:443', status);
  const families = await metrics.families();
  const grouped = families.filter(({ name }) => groups.some(({ prefix }) => prefix.test(name)));
  if (grouped.length < families.length) throw new RangeError('a metric belongs to no group of the page');
  return families.map((family) => ({ ...family, labels: labelsOf(family.values) }));
}

/** The values of each label, as far as they are known from the start. */
function labelsOf(values: readonly { readonly labels: object }[]): ReadonlyMap<string, ReadonlySet<string>> {
  const labels = new Map<string, Set<string>>();
  for (const [name, value] of values.flatMap((each) => Object.entries(each.labels))) {
    if (name !== 'le') labels.set(name, (labels.get(name) ?? new Set()).add(String(value)));
  }
  return labels;
}

function row({ name, type, labels, help }: Family): readonly string[] {
  const texts = [...labels].map(
    ([label, values]) => `\`${label}\`: ${[...values].map((value) => `\`${value}\``).join(' ')}`,
  );
  return [`\`${name}\``, String(type), texts.join('<br>'), help];
}

function checked(expression: string, families: readonly Family[]): string {
  const [name] =
    /(ringfence|workqueue|controller_runtime|rest_client|leader_election|process)_\w+?(?=_bucket|\W)/.exec(
      expression,
    ) ?? [''];
  if (families.some((family) => family.name === name)) return expression;
  throw new RangeError(`no metric is called \`${name}\``);
}

function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  return [heading, heading.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
