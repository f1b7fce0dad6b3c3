// The cast as pods that run the agent, and as a Deployment of such pods. Must not know the worlds around them.
import type { Labels } from '../../../src/model/selectors.ts';
import type { Manifest } from '../../cluster.ts';
import { type AgentPod, agentPodManifest } from '../pods.ts';
import { appLabel, type CastMember, cast } from './cast.ts';

/** The labels that a member always has. */
export function fixedLabels({ app, labels }: CastMember): Labels {
  return { [appLabel]: app, ...labels };
}

/** The pods that no Deployment makes. @param machines one or two names */
export function castPods(machines: readonly string[]): readonly AgentPod[] {
  return cast.flatMap((member) => {
    if (member.node === undefined) return [];
    const machine = machines[member.node % machines.length];
    return [{ ...agentPod(member), ...(machine === undefined ? {} : { machine }) }];
  });
}

/** The Deployments, each with a pod on every machine. */
export function castDeployments(machines: readonly string[]): readonly Manifest[] {
  return cast
    .filter(({ node }) => node === undefined)
    .map((member) => {
      const { namespace, name } = member;
      const selector = { matchLabels: { [appLabel]: member.app } };
      const { spec, metadata } = agentPodManifest(agentPod(member));
      const spread = {
        ...{ maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'DoNotSchedule' },
        labelSelector: selector,
      };
      return {
        ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { namespace, name } },
        spec: {
          ...{ replicas: machines.length, selector },
          template: {
            metadata: { labels: metadata.labels },
            spec: { ...spec, topologySpreadConstraints: [spread] },
          },
        },
      };
    });
}

function agentPod(member: CastMember): AgentPod {
  const named = member.ports.flatMap(({ name, protocol, number }) =>
    name === undefined ? [] : [[name, { port: number, protocol }] as const],
  );
  return {
    key: `${member.namespace}/${member.name}`,
    labels: fixedLabels(member),
    listen: member.ports.map(({ protocol, number }) => `${protocol.toLowerCase()}:${number}`),
    portNames: Object.fromEntries(named),
  };
}
