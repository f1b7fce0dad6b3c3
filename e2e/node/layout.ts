// Lays down the files that the programs of a node read: certificates, kubeconfigs and configurations, one folder per machine. It
// starts nothing.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { filesIn } from '../control-plane/components.ts';
import { type ControlPlaneCredentials, writeCredentials } from '../control-plane/credentials.ts';
import { writeKubeconfig } from '../control-plane/kubeconfig.ts';
import { apiServer, type Family, type MachineAddresses, podRanges } from './addresses.ts';
import {
  containerdConfig,
  kubeletConfig,
  kubeProxyConfig,
  type MachineFiles,
  networkConfig,
} from './configs.ts';
import { pluginFolder, programAt } from './requirements.ts';

/** The files of the whole node. */
export const nodeFiles = (directory: string) => ({
  kubeletClientCertificate: join(directory, 'kubelet-client.crt'),
  kubeletClientKey: join(directory, 'kubelet-client.key'),
  schedulerKubeconfig: join(directory, 'scheduler.kubeconfig'),
  enforcerKubeconfig: join(directory, 'enforcer.kubeconfig'),
});

/** The folder of a machine. */
export const machineFolder = (directory: string, { number }: MachineAddresses): string =>
  join(directory, String(number));

/** The files of a machine. */
export function machineFiles(directory: string, machine: MachineAddresses) {
  const folder = machineFolder(directory, machine);
  return {
    ca: filesIn(directory).ca,
    servingCertificate: join(folder, 'kubelet.crt'),
    servingKey: join(folder, 'kubelet.key'),
    kubeletKubeconfig: join(folder, 'kubelet.kubeconfig'),
    proxyKubeconfig: join(folder, 'proxy.kubeconfig'),
    networkConfig: join(folder, 'cni'),
    kubeletConfig: join(folder, 'kubelet.yaml'),
    proxyConfig: join(folder, 'proxy.yaml'),
    containerdConfig: join(folder, 'containerd.toml'),
  } satisfies MachineFiles & Record<string, string>;
}

const administrators = ['system:masters'];
const secret = { mode: 0o600 };

/**
 * Writes all files of a node.
 * @param url of the API server, as the host reaches it
 */
export async function layOut(
  directory: string,
  url: string,
  family: Family,
  machines: readonly MachineAddresses[],
): Promise<ControlPlaneCredentials> {
  const addresses = machines.flatMap((machine) => machine.addresses);
  const credentials = await writeCredentials(directory, { url, insideUrl: apiServer.url, addresses });
  const files = nodeFiles(directory);
  const { authority } = credentials;
  const login = async (path: string, user: string, groups: readonly string[] = []) =>
    await writeKubeconfig(
      path,
      apiServer.url,
      authority.certificate,
      await authority.forClient({ user, groups }),
    );
  const kubeletClient = await authority.forClient({
    user: 'kube-apiserver-kubelet-client',
    groups: administrators,
  });
  await Promise.all([
    writeFile(files.kubeletClientCertificate, kubeletClient.certificate),
    writeFile(files.kubeletClientKey, kubeletClient.key, secret),
    login(files.schedulerKubeconfig, 'system:kube-scheduler'),
    login(files.enforcerKubeconfig, 'ringfence-test-enforcer', administrators),
  ]);
  const openFiles = await openFilesLimit();
  for (const machine of machines) {
    const own = machineFiles(directory, machine);
    await mkdir(own.networkConfig, { recursive: true });
    const serving = await authority.forServer([machine.name], machine.addresses);
    await Promise.all([
      login(own.kubeletKubeconfig, `system:node:${machine.name}`, ['system:nodes']),
      login(own.proxyKubeconfig, 'system:kube-proxy'),
      writeFile(own.servingCertificate, serving.certificate),
      writeFile(own.servingKey, serving.key, secret),
      writeFile(join(own.networkConfig, '10-ring.conflist'), networkConfig(machine)),
      writeFile(own.kubeletConfig, kubeletConfig(own, openFiles)),
      writeFile(own.proxyConfig, kubeProxyConfig(own, machine, podRanges(family))),
      writeFile(own.containerdConfig, containerdConfig({ ...own, ...hostPrograms() })),
    ]);
  }
  return credentials;
}

/** What containerd needs of the host; see requirements.ts, which has looked for both. */
function hostPrograms(): { plugins: string; runc: string } {
  const [plugins, runc] = [pluginFolder(), programAt('runc')];
  if (plugins === undefined || runc === undefined) throw new Error('runc and the CNI plugins are gone');
  return { plugins, runc };
}

/** How many files a process may have open here. */
async function openFilesLimit(): Promise<number> {
  const limits = await readFile('/proc/self/limits', 'utf8');
  return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? 1024);
}
