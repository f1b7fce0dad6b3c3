// Checks with packets that the policies of an installed operator do what they say, from pods by kubectl, as on any cluster. It leaves
// nothing of its own behind, whatever the result is.
import { isDeepStrictEqual } from 'node:util';
import { poll } from '../control-plane/poll.ts';
import { applyObjects, kubectl } from '../kubectl.ts';
import { clients, connectProgram, namespaces, node, packetObjects, port, stages } from './packets.ts';

/** A cluster, by the kubeconfig of its administrator. */
interface Reached {
  readonly kubeconfigPath: string;
}

export interface PacketCheck {
  /** The image of the operator, which the pods run, too. */
  readonly image: string;
  /** Hears what was found. */
  readonly say: (text: string) => void;
}

/**
 * Runs all stages, and waits until what it made is gone.
 * @throws Error where others reach `shop/web` than should
 */
export async function checkPackets(cluster: Reached, { image, say }: PacketCheck): Promise<void> {
  try {
    const address = await startPods(cluster, image);
    for (const { enforcement, reach } of stages) {
      const patch = JSON.stringify({ spec: { enforcement } });
      await kubectl(cluster, 'patch', 'platformnetworkprofile', 'default', '--type=merge', '--patch', patch);
      await becomes(cluster, reach, address);
      say(`${enforcement}: ${reach.join(', ')} reach shop/web, and nobody else`);
    }
  } finally {
    await removeObjects(cluster);
  }
}

/** @returns the address of `shop/web` */
async function startPods(cluster: Reached, image: string): Promise<string> {
  const objects = Map.groupBy(packetObjects(image), ({ kind }) => kind === 'Namespace');
  const inAll = async (...words: readonly string[]) => {
    for (const namespace of namespaces)
      await kubectl(cluster, 'wait', '--timeout=180s', '--namespace', namespace, ...words);
  };
  await applyObjects(cluster, objects.get(true) ?? []);
  // A pod is refused as long as its namespace has no service account.
  await inAll('--for=create', 'serviceaccount/default');
  await applyObjects(cluster, objects.get(false) ?? []);
  await inAll('--for=condition=Ready', 'pods', '--all');
  return await kubectl(cluster, 'get', 'pod', 'web', '--namespace=shop', '--output=jsonpath={.status.podIP}');
}

/** Waits until just these reach `address`: a plugin takes some time to follow a policy. */
async function becomes(cluster: Reached, reach: readonly string[], address: string): Promise<void> {
  let found: readonly string[] = [];
  const look = async () => {
    const tries = await Promise.all(clients.map((client) => reaches(cluster, client, address)));
    found = clients.filter((_, index) => tries[index]);
    return isDeepStrictEqual(found, reach);
  };
  await poll(look, { expired: () => new Error(`[${found}] reach shop/web, not [${reach}]`) });
}

async function reaches(cluster: Reached, client: string, address: string): Promise<boolean> {
  const [namespace = '', pod = ''] = client.split('/');
  const words = [node, '--eval', connectProgram, address, String(port)];
  return (await kubectl(cluster, 'exec', '--namespace', namespace, pod, '--', ...words)).trim() === 'reached';
}

/** kubectl waits until they are gone. The profile goes first, so that the operator puts nothing back. */
async function removeObjects(cluster: Reached): Promise<void> {
  const remove = (...words: readonly string[]) =>
    kubectl(cluster, 'delete', '--ignore-not-found', '--timeout=180s', ...words);
  await remove('platformnetworkprofile', 'default');
  await remove('namespace', ...namespaces);
}
