// The cast as objects to create: pods that answer on their ports, and the Deployment.
// Must not know the worlds around them.
import type { Labels } from '../../../src/model/selectors.ts';
import type { Manifest } from '../../cluster.ts';
import { appLabel, type CastMember, cast, type ServedPort } from './cast.ts';

/** Where the pods are to be, and what they run. */
export interface CastPlace {
  /** One or two names. */
  readonly nodes: readonly string[];
  /** The image of the agent, which serves what its arguments name. */
  readonly image: string;
}

/** The pods, and the Deployment. */
export function podObjects(place: CastPlace): readonly Manifest[] {
  return cast.map((member) => (member.node === undefined ? deployment(member, place) : pod(member, place)));
}

/** The labels that a member always has. */
export function fixedLabels({ app, labels }: CastMember): Labels {
  return { [appLabel]: app, ...labels };
}

function pod(member: CastMember, place: CastPlace): Manifest {
  const { namespace, name, node = 0 } = member;
  return {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name, labels: fixedLabels(member) } },
    spec: { ...podSpec(member, place), nodeName: place.nodes[node % place.nodes.length] },
  };
}

function deployment(member: CastMember, place: CastPlace): Manifest {
  const { namespace, name } = member;
  const labels = fixedLabels(member);
  const selector = { matchLabels: { [appLabel]: member.app } };
  const spread = {
    ...{ maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'DoNotSchedule' },
    labelSelector: selector,
  };
  return {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { namespace, name } },
    spec: {
      ...{ replicas: 2, selector },
      template: {
        metadata: { labels },
        spec: { ...podSpec(member, place), topologySpreadConstraints: [spread] },
      },
    },
  };
}

function podSpec({ name, ports }: CastMember, { image }: CastPlace) {
  const container = {
    ...{ name: 'agent', image, imagePullPolicy: 'Never' },
    args: ['-name', name, ...ports.map(({ protocol, number }) => `${protocol.toLowerCase()}:${number}`)],
    ports: ports.filter(({ declared }) => declared).map(containerPort),
  };
  return { containers: [container], terminationGracePeriodSeconds: 0, automountServiceAccountToken: false };
}

function containerPort({ name, protocol, number }: ServedPort) {
  return { ...(name === undefined ? {} : { name }), protocol, containerPort: number };
}
