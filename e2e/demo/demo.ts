// `make demo`: starts a real control plane and the operator as its own process, tells the story, and stops both.
// With --keep it leaves everything up until Ctrl-C, to try by hand. Must not know what happens in the story.
import { once } from 'node:events';
import { Cluster } from '../cluster.ts';
import { startControlPlane } from '../control-plane/control-plane.ts';
import { kubernetesVersion } from '../control-plane/kubernetes.ts';
import { OperatorProcess } from '../support/operator-process.ts';
import { Narrator } from './narrator.ts';
import { tellStory } from './story.ts';

const narrator = new Narrator();
const keep = process.argv.includes('--keep');

narrator.title('Ringfence: what it does, on a real API server');
narrator.say(
  `Starting etcd, kube-apiserver and kube-controller-manager ${kubernetesVersion} on this machine, with throw-away certificates and data. There are no nodes: nothing runs in the namespaces, but every object is real.`,
);
await using controlPlane = await startControlPlane({ controllerManager: 'later' });
const cluster = new Cluster(controlPlane);
narrator.command('kubectl apply -k config/crd');
await cluster.installCrds();
narrator.command('kubectl apply -k config/rbac');
const kubeconfig = await cluster.operatorKubeconfig();
await controlPlane.startControllerManager();
narrator.command('npm run operator');
await using operator = await OperatorProcess.start({ kubeconfig, settle: 2 });
await operator.logged('caches synced');

await tellStory(cluster, narrator);

if (keep) {
  narrator.title('Everything stays up until you press Ctrl-C. In another terminal:');
  narrator.command(`export KUBECONFIG=${controlPlane.kubeconfigPath}`);
  narrator.command('kubectl get platformnetworkprofiles,networkpolicies --all-namespaces');
  narrator.command('kubectl patch platnet default --type merge -p \'{"spec":{"enforcement":"Enforce"}}\'');
  const stayAlive = setInterval(() => {}, 60_000);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  clearInterval(stayAlive);
}
