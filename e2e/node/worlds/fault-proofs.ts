// For each known fault of an enforcer, policies and one connection that shows it: what the tool says of the connection is right, and the
// enforcer does otherwise. If it no longer does, the fault leaves the table. Pure.
import type { PolicySpec } from '../../../src/analyze/facts.ts';
import type { ObjectKey } from '../../../src/model/object-key.ts';
import type { Manifest } from '../../cluster.ts';
import { appLabel } from './cast.ts';
import type { Port } from './matrix.ts';

/** What shows a fault. */
export interface FaultProof {
  readonly policies: readonly Manifest[];
  /** Pods of the cast. */
  readonly from: ObjectKey;
  readonly to: ObjectKey;
  readonly port: Port;
}

const policy = (namespace: string, name: string, spec: PolicySpec): Manifest => ({
  ...{ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { namespace, name } },
  spec,
});
const app = (name: string) => ({ matchLabels: { [appLabel]: name } });
const inNamespace = (name: string) => ({ matchLabels: { 'kubernetes.io/metadata.name': name } });
const shop = (name: string) => ({ namespace: 'shop', name });
const tcp = (number: number): Port => ({ protocol: 'TCP', number });

/** By the name of the fault. */
export const faultProofs: Readonly<Record<string, FaultProof>> = {
  'names-of-no-pod': {
    policies: [
      policy('shop', 'proof', {
        podSelector: app('mongo'),
        policyTypes: ['Ingress'],
        ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 'grpc' }] }],
      }),
    ],
    from: shop('web'),
    to: shop('mongo'),
    port: tcp(27017),
  },
  'names-at-blocks': {
    policies: [
      policy('shop', 'proof', {
        podSelector: app('web'),
        policyTypes: ['Egress'],
        egress: [{ to: [{ ipBlock: { cidr: '10.244.0.0/16' } }], ports: [{ port: 'db' }] }],
      }),
    ],
    from: shop('web'),
    to: shop('mongo'),
    port: tcp(27017),
  },
  'names-without-peers': {
    policies: [
      policy('shop', 'proof', {
        podSelector: app('web'),
        policyTypes: ['Egress'],
        egress: [{ ports: [{ port: 'http' }] }],
      }),
    ],
    from: shop('web'),
    to: { namespace: 'pay', name: 'api' },
    port: tcp(3000),
  },
  'shared-exceptions': {
    policies: [
      policy('shop', 'proof', {
        podSelector: app('web'),
        policyTypes: ['Egress'],
        egress: [
          {
            to: [
              { ipBlock: { cidr: '10.244.0.0/16', except: ['10.244.0.0/23'] } },
              { ipBlock: { cidr: '10.0.0.0/8' } },
            ],
          },
        ],
      }),
    ],
    from: shop('web'),
    to: shop('mongo'),
    port: tcp(27017),
  },
  'mixed-directions': {
    policies: [
      policy('shop', 'proof', {
        podSelector: {},
        policyTypes: ['Ingress', 'Egress'],
        ingress: [{ from: [{ podSelector: app('web') }] }],
        egress: [{ to: [{ namespaceSelector: inNamespace('pay') }] }],
      }),
    ],
    from: shop('web'),
    to: shop('mongo'),
    port: tcp(27017),
  },
};
