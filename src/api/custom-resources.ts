// The table of custom resources: names, scope, schema and what `kubectl get` shows. The CRDs and the docs follow from it.
// Must not know how a schema is printed.
import type * as z from 'zod';
import { appNetworkProfile } from './app-network-profile.ts';
import { networkPause, pausedByAnnotation } from './network-pause.ts';
import { platformNetworkProfile } from './platform-network-profile.ts';

/** One column of `kubectl get`; columns with a priority appear only with `-o wide`. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: 'integer' | 'string' | 'date';
  readonly description: string;
  readonly jsonPath: string;
  readonly priority?: 1;
}

/** One custom resource. */
export interface CustomResource {
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortName: string;
  readonly scope: 'Namespaced' | 'Cluster';
  readonly schema: z.ZodType;
  readonly columns: readonly PrinterColumn[];
}

/** The API group of every custom resource. */
export const group = 'ringfence.dev';

/** The only version so far. */
export const version = 'v1alpha1';

const condition = (member: string) => `.status.conditions[?(@.type=="Ready")].${member}`;

function text(name: string, jsonPath: string, description: string): PrinterColumn {
  return { name, type: 'string', description, jsonPath };
}

function annotated(name: string, annotation: string, description: string): PrinterColumn {
  return text(name, `.metadata.annotations.${annotation.replaceAll('.', '\\.')}`, description);
}

function counted(name: string, path: string, description: string): PrinterColumn {
  return { name, type: 'integer', description, jsonPath: `.status.${path}` };
}

const ready = text('Ready', condition('status'), 'Whether what it asks for is in place.');

const age: PrinterColumn = {
  name: 'Age',
  type: 'date',
  description: 'Its age.',
  jsonPath: '.metadata.creationTimestamp',
};

const reason = text('Reason', condition('reason'), 'Why it is ready or not, as in `DryRun`.');

const last: readonly PrinterColumn[] = [
  { ...text('Message', condition('message'), 'The reason, for people.'), priority: 1 },
  age,
];

/** Every custom resource. */
export const customResources: readonly CustomResource[] = [
  {
    kind: 'AppNetworkProfile',
    plural: 'appnetworkprofiles',
    singular: 'appnetworkprofile',
    shortName: 'appnet',
    scope: 'Namespaced',
    schema: appNetworkProfile,
    columns: [
      ready,
      reason,
      counted('Routes', 'counts.routes', 'How many routes there are.'),
      counted(
        'Active',
        'counts.active',
        'Routes whose policies are written; in a dry run, those that would be.',
      ),
      counted('NotNeeded', 'counts.notNeeded', 'Routes whose traffic is allowed without them.'),
      counted('Pending', 'counts.pending', 'Routes that wait, for example for the other namespace.'),
      counted('Rejected', 'counts.rejected', 'Routes that are a mistake or exceed the guardrails.'),
      { ...counted('Policies', 'policies', 'NetworkPolicies that it owns.'), priority: 1 },
      ...last,
    ],
  },
  {
    kind: 'PlatformNetworkProfile',
    plural: 'platformnetworkprofiles',
    singular: 'platformnetworkprofile',
    shortName: 'platnet',
    scope: 'Cluster',
    schema: platformNetworkProfile,
    columns: [
      text('Enforcement', '.spec.enforcement', 'Whether policies are written.'),
      text('Egress', '.spec.egress', 'The least strict egress mode.'),
      ready,
      reason,
      counted('Enforced', 'counts.enforced', 'Namespaces whose policies are all in place.'),
      counted('DryRun', 'counts.dryRun', 'Namespaces in which nothing is written.'),
      counted('Failing', 'counts.failing', 'Namespaces whose policies cannot be written.'),
      counted('Policies', 'counts.policies', 'NetworkPolicies that Ringfence owns.'),
      counted('Planned', 'counts.planned', 'NetworkPolicies that dry runs would write.'),
      ...last,
    ],
  },
  {
    kind: 'NetworkPause',
    plural: 'networkpauses',
    singular: 'networkpause',
    shortName: 'netpause',
    scope: 'Cluster',
    schema: networkPause,
    columns: [
      text('Namespace', '.spec.namespace', 'The paused namespace.'),
      text('Direction', '.spec.direction', 'The direction in which everything is allowed; empty for both.'),
      // A column of the type `date` shows how long ago a time was.
      text('Until', '.spec.until', 'When it ends.'),
      text('State', '.status.state', 'Whether the policy that allows everything is written.'),
      {
        ...annotated('PausedBy', pausedByAnnotation, 'Who called `ringfence pause`, unchecked.'),
        priority: 1,
      },
      { ...text('Reason', '.spec.reason', 'Why the namespace is paused.'), priority: 1 },
      { ...text('Message', '.status.message', 'Why it has this state.'), priority: 1 },
      age,
    ],
  },
];
