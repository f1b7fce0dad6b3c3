// One example of each custom resource with every field: the reference takes its examples from here, field by field.
// A test reads them with the schemas and fails if a field is missing.

/** An AppNetworkProfile with every field and every end. */
export const appNetworkProfileExample = {
  apiVersion: 'ringfence.dev/v1alpha1',
  kind: 'AppNetworkProfile',
  metadata: { name: 'shop', namespace: 'shop' },
  spec: {
    egress: 'Restricted',
    routes: [
      { name: 'web-to-mongo', from: { app: 'web' }, to: { app: 'mongo' }, ports: [27017] },
      { name: 'users', from: { ingressController: { name: 'public' } }, to: { service: 'web' }, ports: [80] },
      {
        name: 'admin',
        from: { namespace: { name: 'shop-admin', pods: { matchLabels: { app: 'console' } } } },
        to: { app: 'mongo' },
        ports: [27017],
      },
      {
        name: 'reports',
        from: {
          namespace: {
            selector: { matchExpressions: [{ key: 'team', operator: 'In', values: ['finance', 'sales'] }] },
          },
        },
        to: { app: 'reports' },
        ports: ['http', '8000-8100'],
      },
      { name: 'payment', from: { app: 'web' }, to: { internet: {} }, ports: [443] },
      {
        name: 'warehouse',
        from: { pods: { matchLabels: { 'app.kubernetes.io/part-of': 'orders' } } },
        to: { cidr: { cidr: '10.20.0.0/16', except: ['10.20.99.0/24'] } },
        ports: ['5432/TCP'],
      },
      { name: 'traces', from: { pods: {} }, to: { monitoring: { name: 'prometheus' } }, ports: ['4317'] },
      { name: 'webhook', from: { kubernetesAPI: {} }, to: { app: 'admission' }, ports: [8443] },
      { name: 'host-agents', from: { nodes: {} }, to: { app: 'web' }, ports: ['8125/UDP'] },
      { name: 'catalogue', from: { cluster: {} }, to: { service: 'catalogue' } },
      { name: 'status-page', from: { anywhere: {} }, to: { app: 'status' }, ports: [8080] },
    ],
  },
  status: {
    observedGeneration: 3,
    policies: 9,
    counts: { routes: 11, active: 10, notNeeded: 0, pending: 1, rejected: 0 },
    routes: [
      { name: 'web-to-mongo', state: 'Active' },
      {
        name: 'users',
        state: 'Pending',
        reason: 'ServiceMissing',
        message: 'there is no Service `web` in this namespace yet',
        suggestion: 'to: {app: web}',
      },
    ],
    conditions: [
      {
        type: 'Ready',
        status: 'True',
        observedGeneration: 3,
        lastTransitionTime: '2026-01-02T15:04:05Z',
        reason: 'Programmed',
        message: '9 policies are written',
      },
    ],
  },
} as const;

/** A PlatformNetworkProfile with every field. */
export const platformNetworkProfileExample = {
  apiVersion: 'ringfence.dev/v1alpha1',
  kind: 'PlatformNetworkProfile',
  metadata: { name: 'default' },
  spec: {
    enforcement: 'Enforce',
    egress: 'ClusterOnly',
    namespaces: {
      selector: { matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['sandbox'] }] },
      exclude: ['sandbox-*'],
    },
    systemNamespaces: ['kube-system'],
    rules: [
      {
        name: 'prod',
        namespaces: { names: ['prod-*'], selector: { matchLabels: { tier: 'critical' } } },
        enforcement: 'Enforce',
        egress: 'Restricted',
        allow: {
          ends: ['app', 'pods', 'service', 'namespace', 'ingressController', 'internet'],
          cidrs: ['203.0.113.0/24'],
        },
      },
    ],
    appLabel: 'app.kubernetes.io/name',
    ingressControllers: [
      { name: 'public', preset: 'ingress-nginx', classes: ['nginx'] },
      {
        name: 'internal',
        namespace: 'gateways',
        pods: { matchLabels: { gateway: 'internal' } },
        hostNetwork: true,
        cidrs: ['198.51.100.0/26'],
      },
    ],
    gatewayNamespaces: {
      names: ['gateways', 'edge-*'],
      selector: { matchLabels: { 'example.com/gateways': 'yes' } },
    },
    ingressRoutes: 'Auto',
    monitoring: [
      {
        name: 'prometheus',
        preset: 'prometheus',
        namespace: 'observability',
        pods: { matchLabels: { 'app.kubernetes.io/name': 'prometheus' } },
        ports: ['metrics', 9090],
      },
    ],
    mirrorFrom: { selector: { matchLabels: { 'ringfence.dev/trusted': 'true' } } },
    dns: {
      namespace: 'kube-system',
      podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
      ports: ['53/UDP', '53/TCP'],
      addresses: ['10.96.0.10', '169.254.20.10'],
    },
    kubernetesAPI: {
      addresses: ['10.96.0.1', '172.18.0.2'],
      ports: [443, 6443],
      controlPlane: {
        cidrs: ['172.18.0.0/28'],
        namespace: 'kube-system',
        pods: { matchLabels: { 'k8s-app': 'konnectivity-agent' } },
      },
    },
    cluster: {
      podRanges: ['10.244.0.0/16', 'fd00:10:244::/56'],
      serviceRanges: ['10.96.0.0/16', 'fd00:10:96::/112'],
      nodeRanges: ['172.18.0.0/16'],
    },
  },
  status: {
    observedGeneration: 7,
    counts: { enforced: 41, dryRun: 3, off: 2, transitioning: 1, failing: 1, policies: 312, planned: 9 },
    failing: [{ namespace: 'shop', reason: 'Contested', message: 'something else undoes what is written' }],
    discovered: {
      dns: {
        namespace: 'kube-system',
        podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
        ports: ['53/UDP', '53/TCP'],
        addresses: ['10.96.0.10'],
        servicePorts: ['53/UDP', '53/TCP'],
      },
      kubernetesAPI: { endpoints: [{ address: '10.96.0.1', port: 443 }] },
      cluster: {
        podRanges: ['10.244.0.0/16'],
        serviceRanges: ['10.96.0.0/16'],
        nodeRanges: ['172.18.0.0/16'],
        podsWithin: ['10.244.0.0/15'],
        servicesWithin: ['10.96.0.0/15'],
        nodesWithin: ['172.16.0.0/12'],
      },
    },
    enforcement: {
      nodes: { enforced: 11, failing: 1, all: 40 },
      effect: { p50Milliseconds: 120, p99Milliseconds: 900 },
      newPods: { tried: 2, openMilliseconds: 640, allowedMilliseconds: 210 },
      capabilities: [
        { name: 'EndPort', value: 'Yes', meaning: 'a range of ports (`endPort`) is followed' },
        {
          name: 'Denial',
          value: 'Dropped',
          meaning: 'a denied connection is refused at once, or dropped without an answer',
        },
        {
          name: 'SCTP',
          value: 'Unknown',
          meaning: 'rules for SCTP are followed',
          why: 'the canary cannot speak SCTP',
        },
      ],
    },
    conditions: [
      {
        type: 'Ready',
        status: 'False',
        observedGeneration: 7,
        lastTransitionTime: '2026-01-02T15:04:05Z',
        reason: 'NamespacesFailing',
        message: "policies can't be written in 1 namespace",
      },
    ],
  },
} as const;

/** A NetworkPause with every field. */
export const networkPauseExample = {
  apiVersion: 'ringfence.dev/v1alpha1',
  kind: 'NetworkPause',
  metadata: { name: 'shop' },
  spec: {
    namespace: 'shop',
    direction: 'Ingress',
    until: '2026-01-02T17:04:05Z',
    reason: 'checkout is down, INC-4711',
  },
  status: {
    observedGeneration: 1,
    state: 'Active',
    message: 'everything is allowed to the pods of `shop`',
  },
} as const;
