// The reference page of what /metrics tells, from the registry itself: names, types, labels and their values.
// Must not know any metric but those that its alerts name, and these it looks up.
import { resourceNames } from '../src/objects/stores.ts';
import { Metrics, type Readings } from '../src/operator/metrics.ts';

const atRest: Readings = {
  workers: 1,
  queueDepth: () => 0,
  states: () => [],
  findings: () => [],
  routes: () => [],
  ownedPolicies: () => 0,
  leads: () => true,
  watchAges: () => new Map(resourceNames().map((name) => [name, 0])),
};

const groups = [
  { title: 'Ringfence', prefix: /^ringfence_/, about: 'What Ringfence does.' },
  {
    title: 'The queue and the requests',
    prefix: /^(workqueue|controller_runtime|rest_client|leader_election)_/,
    about:
      'Named and labelled as by client-go and controller-runtime, so that dashboards and alerts for controllers show ' +
      'Ringfence too.',
  },
  { title: 'The process', prefix: /^process_/, about: 'As every client library of Prometheus names it.' },
];

/** Expressions that are worth an alert, and what each says. */
const alerts = [
  [
    'absent(leader_election_master_status == 1)',
    'no operator works: new namespaces stand open, and nothing is put right',
  ],
  ['ringfence_namespaces{state="Failing"} > 0', 'a namespace can not have its policies: its status says why'],
  ['ringfence_findings{severity="error"} > 0', 'something that was asked for is not in force'],
  [
    'increase(ringfence_internal_errors_total[15m]) > 0',
    'a mistake in Ringfence itself keeps a namespace as it is, or a page from being shown: the log says which one',
  ],
  [
    'ringfence_findings{code="KindGone"} > 0',
    'a CRD that Ringfence needs was deleted: nothing is written or deleted on its account until it is back',
  ],
  [
    'ringfence_findings{code="Unreadable"} > 0',
    'a mistake in Ringfence keeps it from reading an object: what it knew of it before holds, and the log says which one it is',
  ],
  ['max(ringfence_watch_age_seconds) > 180', 'the operator is blind: what it does not see it does not mend'],
  [
    'increase(ringfence_cache_differences_total[2h]) > 0',
    'an event was lost between the API server and the operator: what it was about is mended, and something in between loses more',
  ],
  ['rate(ringfence_drift_corrected_total[15m]) > 0.1', 'something changes policies again and again'],
  [
    'histogram_quantile(0.99, rate(ringfence_time_to_ring_seconds_bucket[1h])) > 5',
    'new namespaces stand open too long',
  ],
  ['rate(controller_runtime_reconcile_errors_total[5m]) > 1', 'the API server refuses, or is out of reach'],
] as const;

type Family = Awaited<ReturnType<typeof read>>[number];

/** The page, as Markdown. @throws RangeError where an alert names a metric that there is not */
export async function metricsPage(): Promise<string> {
  const families = await read();
  const blocks = [
    '<!-- Generated from src/operator by `make generate`: change that, not this. -->',
    '# Metrics',
    'The operator serves them on `/metrics` of `--health-address`, beside `/livez` and `/readyz`, as plain HTTP and ' +
      'without a login: they hold no names of namespaces, profiles or policies. The number of series has a bound that ' +
      'does not grow with the cluster. Numbers are of one process and start again with it.',
    ...groups.flatMap(({ title, prefix, about }) => [
      `## ${title}`,
      about,
      table(
        ['Metric', 'Type', 'Labels', 'Meaning'],
        families.filter(({ name }) => prefix.test(name)).map(row),
      ),
    ]),
    '## What to be told of',
    table(
      ['Alert where', 'because'],
      alerts.map(([expression, because]) => [`\`${checked(expression, families)}\``, because]),
    ),
  ];
  return `${blocks.join('\n\n')}\n`;
}

async function read() {
  const metrics = new Metrics(atRest);
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
