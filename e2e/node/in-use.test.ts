// What a node needs of the host may be in use: a port is told, and addresses are no obstacle, since its network is its own.
import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { findBinaries } from '../binaries/find-binaries.ts';
import { writeCredentials } from '../control-plane/credentials.ts';
import { freePorts } from '../control-plane/ports.ts';
import { Supervision } from '../control-plane/supervision.ts';
import { runCommand } from '../support/run-command.ts';
import { apiServer, dnsAddress, machineAddresses } from './addresses.ts';
import { directoryPrefix } from './clean-up.ts';
import { nodeBinaries } from './node-binaries.ts';
import { controlPlaneOn, hostUrl } from './node-control-plane.ts';
import { describeOnNode } from './on-node.ts';
import { nodeEnvironment } from './requirements.ts';

describeOnNode('a node', () => {
  test('says so where a process has taken its port since it was chosen', async () => {
    const hostPorts = await freePorts('etcd', 'apiServer', 'controllerManager');
    const thief = createServer().listen(hostPorts.apiServer, '127.0.0.1');
    const directory = await mkdtemp(directoryPrefix());
    const supervision = Supervision.over(directory, join(import.meta.dirname, 'clean-up.ts'));
    try {
      const { agent } = await findBinaries(nodeBinaries, ['agent']);
      const idle = join(directory, 'idle');
      await writeFile(idle, '#!/bin/sh\nexec sleep 600\n', { mode: 0o755 });
      const controlPlane = await controlPlaneOn({
        directory,
        supervision,
        agent,
        hostPorts,
        family: 'ipv4',
        // It is the host itself: nothing that needs a machine is started.
        machine: {
          component: (name, command, args) => ({
            ...{ name, command, args },
            log: join(directory, `${name}.log`),
          }),
        },
        credentials: await writeCredentials(directory, { url: hostUrl(hostPorts) }),
        paths: { etcd: idle, 'kube-apiserver': idle, 'kube-controller-manager': idle },
      });
      await expect(controlPlane.startApiServer()).rejects.toThrow(
        /^`forward-outside` ended with code 1.*127\.0\.0\.1:\d+: bind: address already in use/s,
      );
    } finally {
      await supervision.stop();
      thief.close();
    }
  });

  test('starts where the host itself has its addresses', async () => {
    const [machine = ''] = machineAddresses(1, 'ipv4').addresses;
    const [pods = ''] = machineAddresses(1, 'ipv4').podRanges;
    const taken = [machine, apiServer.address, dnsAddress, pods.replace('.0/', '.1/')];
    const program = `
      const { startNode } = await import(${JSON.stringify(join(import.meta.dirname, 'node.ts'))});
      await using node = await startNode({ enforcer: 'none' });
      console.log(await node.api.text('GET', '/version'));`;
    const script = [
      'ip link set lo up && ip link add name taken type bridge && ip link set taken up',
      ...[...new Set(taken)].map((address) => `ip address add ${address} dev taken`),
      'exec "$0" --input-type=module --eval "$1"',
    ].join(' && ');
    const words = ['--net', 'sh', '-c', script, process.execPath, program];
    const env = { ...nodeEnvironment, NODE_OPTIONS: '' };
    const { code, stdout, stderr } = await runCommand('unshare', words, env);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('gitVersion');
  });
});
