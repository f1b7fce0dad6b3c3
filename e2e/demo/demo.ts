// `make demo`: starts a real control plane, with a node where one can run, and the operator as its own process, tells the story, and
// stops all. --node gets what a node runs; --keep leaves everything up until Ctrl-C, to try by hand. Must not know what happens in
// the story.
import { once } from 'node:events';
import { Cluster } from '../cluster.ts';
import { ensureBinaries } from '../control-plane/binaries.ts';
import { type ControlPlane, startControlPlane } from '../control-plane/control-plane.ts';
import { kubernetesVersion } from '../control-plane/kubernetes.ts';
import { shellExports } from '../control-plane/shell-exports.ts';
import { startNode } from '../node/node.ts';
import { OperatorProcess } from '../support/operator-process.ts';
import { Narrator } from './narrator.ts';
import { PacketsTold } from './packets-told.ts';
import { tellStory } from './story.ts';
import { Traffic } from './traffic.ts';
import { whyWithoutPackets } from './with-packets.ts';

const narrator = new Narrator();

try {
  await tell();
} catch (error) {
  process.stderr.write(`error: ${(error as Error).message}\n`);
  process.exitCode = 1;
}

async function tell(): Promise<void> {
  narrator.title('Ringfence: what it does, on a real API server');
  const why = await whyWithoutPackets(process.argv.includes('--node'));
  await using stage = why === undefined ? await startWithNode() : await startWithoutNode(why);
  const { controlPlane, traffic } = stage;
  const cluster = new Cluster(controlPlane);
  narrator.command('kubectl apply -k config/crd');
  await cluster.installCrds();
  narrator.command('kubectl apply -k config/rbac');
  const kubeconfig = await cluster.operatorKubeconfig();
  await stage.whenInstalled();
  narrator.command('npm run operator');
  await using operator = await OperatorProcess.start({ kubeconfig, settle: 2 });
  await operator.logged('caches synced');
  const packets = traffic && new PacketsTold(cluster, traffic, narrator);
  await tellStory(cluster, narrator, packets);
  if (process.argv.includes('--keep')) await keep(controlPlane, packets);
}

/** What the story is told on. */
interface Stage extends AsyncDisposable {
  readonly controlPlane: ControlPlane;
  /** Absent without a node. */
  readonly traffic?: Traffic;
  /** Starts what should not run before the custom resources are there. */
  readonly whenInstalled: () => Promise<void>;
}

async function startWithNode(): Promise<Stage> {
  narrator.say(
    `Starting a Kubernetes ${kubernetesVersion} cluster of one node on this machine, in namespaces of its own, with throw-away certificates and data. Pods run, and kube-router enforces NetworkPolicies: the packets are real.`,
  );
  const node = await startNode();
  return {
    controlPlane: node.controlPlane,
    traffic: new Traffic(node),
    whenInstalled: async () => undefined,
    [Symbol.asyncDispose]: () => node.stop(),
  };
}

/** @param why it has no node */
async function startWithoutNode(why: string): Promise<Stage> {
  narrator.say(
    `Starting etcd, kube-apiserver and kube-controller-manager ${kubernetesVersion} on this machine, with throw-away certificates and data. There are no nodes: nothing runs in the namespaces, but every object is real. ${why}`,
  );
  const controlPlane = await startControlPlane({ controllerManager: 'later' });
  return {
    controlPlane,
    whenInstalled: () => controlPlane.startControllerManager(),
    [Symbol.asyncDispose]: () => controlPlane.stop(),
  };
}

async function keep({ kubeconfigPath }: ControlPlane, packets: PacketsTold | undefined): Promise<void> {
  const { kubectl } = await ensureBinaries(['kubectl'], {});
  narrator.title('Everything stays up until you press Ctrl-C. In another terminal:');
  const commands = [
    ...shellExports({ kubeconfigPath, kubectlPath: kubectl }),
    ...(packets?.toTry ?? []),
    'kubectl get platformnetworkprofiles,networkpolicies --all-namespaces',
    'kubectl patch platnet default --type merge -p \'{"spec":{"enforcement":"Enforce"}}\'',
  ];
  for (const command of commands) narrator.command(command);
  const stayAlive = setInterval(() => {}, 60_000);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  clearInterval(stayAlive);
}
