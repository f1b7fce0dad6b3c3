// The status of a PlatformNetworkProfile: for people, and as the operator's memory over restarts (`discovered`).
// Must not know how these facts are discovered.
import * as z from 'zod';
import { addressText, cidrText } from '../routes/schema/addresses.ts';
import { listOf, mapBy, setOf } from '../routes/schema/collections.ts';
import type { DeepReadonly } from '../routes/schema/fields.ts';
import { labelSelector } from '../routes/schema/label-selector.ts';
import { dnsLabel, text } from '../routes/schema/text-schema.ts';
import { conditions, messageLength, observedGeneration, reasonText } from './conditions.ts';
import { portList } from './port.ts';

const count = (meaning: string) => z.int().min(0).describe(meaning).default(0);

/** The maximum number of namespaces in `failing`. */
export const maxFailing = 20;

const counts = z
  .object({
    enforced: count('Namespaces whose policies are all in place.'),
    dryRun: count('Namespaces whose policies are computed but not written.'),
    off: count('Application namespaces in which Ringfence is off.'),
    transitioning: count('Live namespaces that are being closed or opened.'),
    failing: count('Namespaces whose policies cannot be written; `failing` names the first of them.'),
    policies: count('NetworkPolicies that Ringfence owns.'),
    planned: count('NetworkPolicies that would be written in the namespaces in a dry run.'),
  })
  .describe('Namespaces by state, and the number of policies.');

const failure = z
  .object({
    namespace: dnsLabel().describe('The namespace.'),
    reason: reasonText().describe('Why, as one CamelCase word for programs.'),
    message: text(messageLength, 0).describe('Why, for people.'),
  })
  .describe('One namespace whose policies cannot be written.');

const ranges = (meaning: string) => setOf(cidrText(), { max: 64 }).describe(meaning).exactOptional();

const widerRanges = (kind: string) =>
  ranges(`If there are too many ${kind} ranges to list: fewer, wider ranges that contain them all.`);

const discovered = z
  .object({
    dns: z
      .object({
        namespace: dnsLabel().describe('The namespace of the DNS pods.').exactOptional(),
        podSelector: labelSelector().describe('The DNS pods in that namespace.').exactOptional(),
        ports: portList().describe('The ports on which the DNS pods listen.').exactOptional(),
        addresses: setOf(addressText(), { max: 64 })
          .describe('ClusterIPs of the DNS Service, and node-local addresses.')
          .exactOptional(),
        servicePorts: portList().describe('The ports at these addresses.').exactOptional(),
      })
      .describe('The DNS of the cluster.')
      .exactOptional(),
    kubernetesAPI: z
      .object({
        endpoints: listOf(
          z
            .object({
              address: addressText().describe('An address of the API server.'),
              port: z.int().min(1).max(65535).describe('Its TCP port there.'),
            })
            .describe('One address and port of the API server.'),
          { max: 64 },
        ).describe(
          'The ClusterIP with its port and every endpoint: some CNIs match before address translation, some after it.',
        ),
      })
      .describe('The API server.')
      .exactOptional(),
    cluster: z
      .object({
        podRanges: ranges('The ranges of pod addresses.'),
        serviceRanges: ranges('The ranges of Service addresses.'),
        nodeRanges: ranges('The ranges of node addresses.'),
        podsWithin: widerRanges('pod'),
        servicesWithin: widerRanges('Service'),
        nodesWithin: widerRanges('node'),
      })
      .describe('The address ranges of the cluster.')
      .exactOptional(),
  })
  .describe(
    'The last known facts about the cluster. While a fact cannot be discovered, the value here applies, even after a restart of the operator: nothing opens or closes because a lookup failed.',
  );

const capability = z
  .object({
    name: reasonText().describe('What it is, as one CamelCase word for programs.'),
    value: z
      .enum(['Yes', 'No', 'Unknown', 'Refused', 'Dropped'])
      .describe(
        '`Refused` and `Dropped`: how a denial looks. `Unknown`: nobody knows, for the reason in `why`.',
      ),
    meaning: text(messageLength, 0).describe('What `Yes` means, for people.'),
    why: text(messageLength, 0).describe('Why the value is `Unknown`, for people.').exactOptional(),
  })
  .describe('One thing that CNIs do in different ways.');

const milliseconds = (meaning: string) => z.int().min(0).describe(meaning);

const enforcementStatus = z
  .object({
    nodes: z
      .object({
        enforced: count('Nodes on which what is denied was denied.'),
        failing: count('Nodes on which it was not.'),
        all: count('Nodes of the cluster.'),
      })
      .describe('How far the answer reaches.'),
    effect: z
      .object({
        p50Milliseconds: milliseconds('The median.'),
        p99Milliseconds: milliseconds('The 99th percentile.'),
      })
      .describe('How long a change of a policy took until it had its effect, from when a pod saw it.')
      .exactOptional(),
    newPods: z
      .object({
        tried: count('New pods whose first connections were tried lately.'),
        openMilliseconds: milliseconds(
          'When one of them made a connection that is denied, for the last time; absent: none did.',
        ).exactOptional(),
        allowedMilliseconds: milliseconds(
          'When the last of them made a connection that is allowed, for the first time; absent: one never did.',
        ).exactOptional(),
      })
      .describe('What became of the first connections of new pods, in milliseconds since they started.')
      .exactOptional(),
    capabilities: mapBy('name', capability, { max: 32 }).describe('What the CNI of this cluster does.'),
  })
  .describe('What the canary found out about the CNI; absent while it is not installed.');

/** The status of a PlatformNetworkProfile. */
export const platformNetworkProfileStatus = z
  .object({
    observedGeneration: observedGeneration().exactOptional(),
    counts: counts.exactOptional(),
    failing: mapBy('namespace', failure, { max: maxFailing })
      .describe(
        `The first namespaces whose policies cannot be written, ${maxFailing} at most; \`counts.failing\` counts all.`,
      )
      .exactOptional(),
    discovered: discovered.exactOptional(),
    enforcement: enforcementStatus.exactOptional(),
    conditions: conditions()
      .describe(
        '`Ready`: what this profile asks for is in place in every namespace. `Enforced`: the canary saw that the CNI enforces policies; `Unknown` without a canary. `Ready` does not depend on it.',
      )
      .exactOptional(),
  })
  .describe('What the operator reports about it.');

/** The status of a PlatformNetworkProfile. */
export type PlatformNetworkProfileStatus = DeepReadonly<z.output<typeof platformNetworkProfileStatus>>;

/** What the canary found out. */
export type EnforcementStatus = NonNullable<PlatformNetworkProfileStatus['enforcement']>;

/** The last known facts about the cluster. */
export type Discovered = DeepReadonly<z.output<typeof discovered>>;
