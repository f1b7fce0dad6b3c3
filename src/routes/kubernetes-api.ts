// The end `kubernetesAPI`: the control plane of this cluster.
import { type NonEmpty, nonEmpty, type Rule } from '../model/network-policy.ts';
import { parsePort } from '../model/ports.ts';
import { failure, type Result, success } from '../model/result.ts';
import { type EndProblem, routeEnd, type WrittenPorts } from './route-end.ts';
import { fields } from './schema/fields.ts';

/** The API server, and the control plane around it. */
export const kubernetesApiEnd = routeEnd({
  name: 'kubernetesAPI',
  schema: fields({}),
  description:
    'As `to`, the Kubernetes API server: its Service address and every endpoint, each on its own port, so you can leave out `ports`; if you set them, one of them must be a port of the API server. As `from`, the control plane that calls a webhook or an aggregated API in this namespace: the addresses of its nodes, or the konnectivity pods.',
  peers: (_, { controlPlane }) => {
    const peers = nonEmpty(controlPlane);
    return peers === undefined ? failure(unknownControlPlane) : success(peers);
  },
  rules: (_, { apiServer }, ports) => {
    const rules = nonEmpty(apiServer);
    return rules === undefined ? failure(unknownServer) : rulesOnPorts(rules, ports);
  },
  // The konnectivity pods.
  namespaceScope: () => 'declared',
});

/**
 * The Service of the API server has a port that differs from the API server's own, and some CNIs match the Service address before its
 * translation and some after it: a route that names one of the ports means it with all of the addresses.
 */
function rulesOnPorts(apiServer: NonEmpty<Rule>, written: WrittenPorts): Result<NonEmpty<Rule>, EndProblem> {
  const numbers = apiServer.flatMap(({ ports = [] }) => ports.map(({ port }) => Number(port)));
  const has = [...new Set(numbers)].sort((a, b) => a - b);
  if (written === undefined || written.some((port) => namesOneOf(has, port))) return success(apiServer);
  const quotedPorts = has.map((port) => `\`${port}\``).join(', ');
  return failure({
    state: 'Rejected',
    reason: 'ServicePortMissing',
    message: `the API server answers on ${quotedPorts}: leave \`ports\` out, or name one of these`,
    suggestion: `ports: [${has.join(', ')}]`,
    at: 'ports',
  });
}

/** `https` is the name of the port in the Service `kubernetes`. */
function namesOneOf(ports: readonly number[], written: number | string): boolean {
  const spec = parsePort(written);
  if (!spec.ok || spec.value.protocol !== 'TCP') return false;
  if ('name' in spec.value) return spec.value.name === 'https';
  const { first, last } = spec.value.interval;
  return ports.some((port) => first <= port && port <= last);
}

const unknownServer = {
  state: 'Pending',
  reason: 'ApiServerUnknown',
  message:
    'the addresses of the API server are not known: a platform engineer sets `spec.kubernetesAPI.addresses` and `spec.kubernetesAPI.ports` of the platform profile',
} as const;

const unknownControlPlane = {
  state: 'Pending',
  reason: 'ApiServerUnknown',
  message:
    'the addresses that the control plane calls from are not known: a platform engineer sets `spec.kubernetesAPI.controlPlane` of the platform profile',
} as const;
