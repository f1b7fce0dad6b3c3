// The configuration of a machine follows its number and its family.
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { machineAddresses, podRanges, serviceRanges } from './addresses.ts';
import { kubeProxyConfig, networkConfig } from './configs.ts';
import { routeLines } from './setup-script.ts';

const files = {
  ca: '/ca',
  servingCertificate: '/crt',
  servingKey: '/key',
  kubeletKubeconfig: '/kubelet',
  proxyKubeconfig: '/proxy',
  networkConfig: '/cni',
};

describe('the second machine of a dual-stack node', () => {
  const machine = machineAddresses(2, 'dual');

  test('has an address and a range of pods in each family', () => {
    expect(machine.addresses).toEqual(['10.250.0.2', 'fd00:10:250::2']);
    expect(machine.podRanges).toEqual(['10.244.2.0/24', 'fd00:10:244:2::/64']);
  });

  test('gives its pods addresses and ways out of both', () => {
    const [bridge] = JSON.parse(networkConfig(machine)).plugins;
    expect(bridge.ipam.ranges).toEqual([[{ subnet: '10.244.2.0/24' }], [{ subnet: 'fd00:10:244:2::/64' }]]);
    expect(bridge.ipam.routes).toEqual([{ dst: '0.0.0.0/0' }, { dst: '::/0' }]);
  });

  test('tells kube-proxy of the pods of all machines, and not to set what is of the host', () => {
    const config = parse(kubeProxyConfig(files, machine, podRanges('dual')));
    expect(config).toMatchObject({
      clusterCIDR: '10.244.0.0/16,fd00:10:244::/48',
      hostnameOverride: 'ring-2',
      bindAddress: '10.250.0.2',
      conntrack: { maxPerCore: 0, min: 0 },
    });
  });

  test('finds the pods of the first one behind its addresses', () => {
    expect(routeLines(machine, [machineAddresses(1, 'dual'), machine])).toEqual([
      'ip route replace 10.244.1.0/24 via 10.250.0.1',
      'ip route replace fd00:10:244:1::/64 via fd00:10:250::1',
    ]);
  });
});

describe('a node of IPv4', () => {
  test('has nothing of IPv6', () => {
    const all = [machineAddresses(1, 'ipv4'), podRanges('ipv4'), serviceRanges('ipv4')];
    expect(JSON.stringify(all)).not.toContain('fd00');
  });
});
