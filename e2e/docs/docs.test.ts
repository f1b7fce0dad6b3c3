// The pages are true: every command in them is run, in order, on a real control plane of their own with the operator
// beside it; what they show is what is printed; every manifest is accepted with strict validation.
// `UPDATE_DOCS=1` rewrites what is shown: read the difference before you keep it.
import { expect, test } from '@jest/globals';
import { type Page, readPages } from '../../test/pages.ts';
import { Cluster } from '../cluster.ts';
import { type ControlPlane, startControlPlane } from '../control-plane/control-plane.ts';
import { OperatorProcess } from '../support/operator-process.ts';
import { follow, isFollowed } from './follow.ts';
import { isPrinted, pageTextOf } from './printed.ts';
import { Reader } from './reader.ts';

const pages = readPages();

/** A page that installs Ringfence itself says so at its top. */
const startsFromNothing = (page: Page) =>
  page.text.includes('<!-- starts: before Ringfence is installed -->');

async function installed(controlPlane: ControlPlane, reader: Reader): Promise<OperatorProcess> {
  await new Cluster(controlPlane).installCrds();
  await reader.run('kubectl apply -k config/rbac');
  const kubeconfig = await controlPlane.serviceAccountKubeconfig('ringfence-system', 'ringfence-operator');
  const operator = await OperatorProcess.start({
    kubeconfig,
    flags: ['--leader-elect', '--lease-duration', '60', '--node-delay', '1'],
  });
  await operator.logged('caches synced');
  return operator;
}

test('what differs from run to run is not compared, and all else is', () => {
  const shown = 'NAME   AGE\nshop   3s\n...\nlast in 12 ms';
  expect(isPrinted(shown, 'NAME      AGE\nshop      2m5s   \nmore\nlast in 9.5 ms\n')).toBe(true);
  expect(isPrinted(shown, 'NAME   AGE\nshop   3s\nmore\n')).toBe(false);
  expect(isPrinted('a.b', 'aXb')).toBe(false);
  expect(isPrinted('allowed', 'ringfence: reading the cluster …\nallowed\n')).toBe(true);
  expect(isPrinted('allowed', 'ringfence: no such verb\nallowed\n')).toBe(false);
  expect(pageTextOf('ringfence: analysing …\nallowed  \n')).toBe('allowed');
  const server = (port: number) =>
    `- address: 192.0.2.1\n  port: ${port}\n192.0.2.1/32   all ports but ${port}`;
  expect(isPrinted(server(6443), server(29252))).toBe(true);
  expect(isPrinted('192.0.2.1, port 53', '192.0.2.1, port 54')).toBe(false);
});

test.concurrent.each(pages.filter(isFollowed))('$path does what it says', async (page) => {
  await using controlPlane = await startControlPlane({ controllerManager: startsFromNothing(page) });
  await using reader = await Reader.at(controlPlane.kubeconfigPath);
  if (startsFromNothing(page)) {
    await follow(page, reader);
    return;
  }
  await using _operator = await installed(controlPlane, reader);
  await follow(page, reader);
});

test('the other pages have manifests that the API server takes', async () => {
  await using controlPlane = await startControlPlane();
  await using reader = await Reader.at(controlPlane.kubeconfigPath);
  await new Cluster(controlPlane).installCrds();
  for (const page of pages.filter((each) => !isFollowed(each))) await follow(page, reader);
});
