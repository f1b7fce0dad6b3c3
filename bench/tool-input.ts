// Manifests of the tool's benchmark: namespaces of workloads, each with a policy of its own that names pods of other namespaces, ports
// and addresses. The same every time. Must not know what is measured.

const teams = 7;

/** Namespaces with so many workloads each, and a policy for each workload. */
export function toolInput(namespaces: number, workloads: number): readonly object[] {
  const numbers = Array.from({ length: workloads }, (_, number) => number);
  return Array.from({ length: namespaces }, (_, namespace) => namespace).flatMap((index) => {
    const namespace = `team-${index}`;
    return [
      {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: namespace, labels: { team: `t${index % teams}` } },
      },
      ...numbers.flatMap((number) => [
        deployment(namespace, number),
        policy(namespace, index, number, workloads),
      ]),
    ];
  });
}

/** The same manifests without every tenth policy. */
export function withoutSomePolicies(manifests: readonly object[]): readonly object[] {
  const dropped = new Set(manifests.filter(isPolicy).filter((_, index) => index % 10 === 0));
  return manifests.filter((manifest) => !dropped.has(manifest));
}

function isPolicy(manifest: object): boolean {
  return 'kind' in manifest && manifest.kind === 'NetworkPolicy';
}

function deployment(namespace: string, number: number): object {
  const labels = { app: `app-${number}` };
  const containers = [{ name: 'main', image: 'none', ports: [{ containerPort: 8080 + number }] }];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: labels.app, namespace },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
  };
}

function policy(namespace: string, index: number, number: number, workloads: number): object {
  const mixed = index * workloads + number;
  const peer = {
    namespaceSelector: { matchLabels: { team: `t${(mixed * 5) % teams}` } },
    podSelector: { matchLabels: { app: `app-${(mixed * 3) % workloads}` } },
  };
  const several = Array.from({ length: 8 }, (_, place) => ({
    port: 100 + place,
    protocol: (mixed + place) % 2 === 0 ? 'TCP' : 'UDP',
  }));
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: `policy-${number}`, namespace },
    spec: {
      podSelector: { matchLabels: { app: `app-${number}` } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [peer], ports: [{ port: [80, 8080 + number, 9090][mixed % 3] }] }],
      egress: [
        {
          ports: [
            { port: 53, protocol: 'UDP' },
            { port: 53, protocol: 'TCP' },
          ],
        },
        { ports: several },
        { to: [peer], ports: [{ port: 8080 + ((mixed * 3) % workloads) }] },
        { to: [{ ipBlock: { cidr: `10.${index}.${number}.0/24` } }] },
      ],
    },
  };
}
