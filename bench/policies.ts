// The cluster of the analysis benchmark as objects of an API server: 9 pods and 22 or 23 policies for each namespace, a
// quarter of them for egress. Must not know what is measured.

const podsPerNamespace = 9;
const namespacesPerTeam = 10;

/** Namespaces with their pods and policies; 600 of them have 5,400 pods and 13,600 policies. */
export function clusterOf(namespaces: number): readonly object[] {
  return Array.from({ length: namespaces }, (_, index) => namespaceObjects(index, namespaces)).flat();
}

function namespaceObjects(index: number, namespaces: number): readonly object[] {
  const namespace = nameOf(index);
  const team = `team-${Math.floor(index / namespacesPerTeam)}`;
  const policies = index % 3 < 2 ? 23 : 22;
  return [
    object('v1', 'Namespace', { name: namespace, labels: { team } }, {}),
    ...Array.from({ length: podsPerNamespace }, (_, pod) => podOf(namespace, index, pod)),
    ...Array.from({ length: policies }, (_, policy) => {
      const neighbour = nameOf((index + 1 + policy) % namespaces);
      return policyOf(namespace, policy, neighbour, team);
    }),
  ];
}

function podOf(namespace: string, index: number, pod: number): object {
  const labels = {
    app: `app-${pod}`,
    tier: pod < 3 ? 'front' : 'back',
    'pod-template-hash': `${index}x${pod}`,
  };
  const ports = [
    { name: 'http', containerPort: 8080 + pod },
    { name: 'metrics', containerPort: 9090 },
  ];
  const address = `10.${Math.floor(index / 250)}.${index % 250}.${pod + 1}`;
  return {
    ...object('v1', 'Pod', { name: `app-${pod}`, namespace, labels }, { containers: [{ ports }] }),
    status: { podIPs: [{ ip: address }, { ip: `fd00::${index.toString(16)}:${pod + 1}` }] },
  };
}

function policyOf(namespace: string, policy: number, neighbour: string, team: string): object {
  const isEgress = policy % 4 === 3;
  const peer = peerOf(Math.floor(policy / 4) + policy, neighbour, team);
  const ports = [
    [{ port: 'http' }],
    [
      { port: 8080, endPort: 8090 },
      { port: 53, protocol: 'UDP' },
    ],
    [{ port: 443 }],
  ][policy % 3];
  const rule = { [isEgress ? 'to' : 'from']: [peer], ports };
  const spec = {
    podSelector: { matchLabels: { app: `app-${policy % podsPerNamespace}` } },
    policyTypes: [isEgress ? 'Egress' : 'Ingress'],
    [isEgress ? 'egress' : 'ingress']: [rule],
  };
  return object('networking.k8s.io/v1', 'NetworkPolicy', { name: `policy-${policy}`, namespace }, spec);
}

/** Pods of the namespace by a label, of another one by its name, of the namespaces of a team, or addresses. */
function peerOf(kind: number, neighbour: string, team: string): object {
  switch (kind % 4) {
    case 0:
      return { podSelector: { matchLabels: { tier: 'front' } } };
    case 1:
      return {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': neighbour } },
        podSelector: {},
      };
    case 2:
      return { namespaceSelector: { matchLabels: { team } }, podSelector: { matchLabels: { tier: 'back' } } };
    default:
      return { ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8', '192.168.0.0/16'] } };
  }
}

function object(apiVersion: string, kind: string, metadata: object, spec: object): object {
  return { apiVersion, kind, metadata, spec };
}

function nameOf(index: number): string {
  return `app-${String(index).padStart(4, '0')}`;
}
