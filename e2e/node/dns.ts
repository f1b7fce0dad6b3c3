// CoreDNS as a cluster has it: a Deployment behind the Service kube-system/kube-dns. Pure.
import { dnsAddress } from './addresses.ts';
import { dnsImage } from './images.ts';

const namespace = 'kube-system';
const labels = { 'k8s-app': 'kube-dns' };

const corefile = `.:53 {
    errors
    health
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    cache 30
}
`;

/** Where its Deployment is. */
export const dnsDeployment = `/apis/apps/v1/namespaces/${namespace}/deployments/coredns`;

/** Each object with the path that it is created at. */
export const dnsObjects: readonly (readonly [path: string, object: object])[] = [
  [`/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name: 'coredns' } }],
  [
    '/apis/rbac.authorization.k8s.io/v1/clusterroles',
    {
      metadata: { name: 'system:coredns' },
      rules: [
        { apiGroups: [''], resources: ['services', 'pods', 'namespaces'], verbs: ['list', 'watch'] },
        { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
      ],
    },
  ],
  [
    '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
    {
      metadata: { name: 'system:coredns' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:coredns' },
      subjects: [{ kind: 'ServiceAccount', name: 'coredns', namespace }],
    },
  ],
  [
    `/api/v1/namespaces/${namespace}/configmaps`,
    { metadata: { name: 'coredns' }, data: { Corefile: corefile } },
  ],
  [
    `/api/v1/namespaces/${namespace}/services`,
    {
      metadata: { name: 'kube-dns', labels },
      spec: {
        selector: labels,
        clusterIP: dnsAddress,
        ports: [
          { name: 'dns', port: 53, protocol: 'UDP' },
          { name: 'dns-tcp', port: 53, protocol: 'TCP' },
        ],
      },
    },
  ],
  [
    dnsDeployment.replace(/\/coredns$/, ''),
    {
      metadata: { name: 'coredns', labels },
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: podSpec() } },
    },
  ],
];

function podSpec(): object {
  return {
    serviceAccountName: 'coredns',
    dnsPolicy: 'Default',
    terminationGracePeriodSeconds: 0,
    containers: [
      {
        name: 'coredns',
        image: dnsImage,
        imagePullPolicy: 'Never',
        args: ['-conf', '/etc/coredns/Corefile'],
        ports: [
          { containerPort: 53, name: 'dns', protocol: 'UDP' },
          { containerPort: 53, name: 'dns-tcp', protocol: 'TCP' },
          { containerPort: 8181, name: 'readiness' },
        ],
        readinessProbe: { httpGet: { path: '/ready', port: 'readiness' }, periodSeconds: 1 },
        securityContext: {
          runAsUser: 0,
          allowPrivilegeEscalation: false,
          capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] },
          readOnlyRootFilesystem: true,
        },
        volumeMounts: [{ name: 'config', mountPath: '/etc/coredns' }],
      },
    ],
    volumes: [{ name: 'config', configMap: { name: 'coredns' } }],
  };
}
