// The wall clock jumps, as NTP or a resumed machine makes it: nothing that the operator does depends on it.
import { expect, test } from '@jest/globals';
import { denyIngress, transition } from '../cluster.ts';
import { appNamespace } from '../support/expected-policies.ts';
import { onTestbed } from './on-testbed.ts';
import { judge, settled } from './oracle.ts';
import { routes, teamSpec } from './shop.ts';

const testbed = onTestbed({ teams: ['calm'] });

test.each(['back', 'forth'])('a clock that jumps %s again and again', async (direction) => {
  const { cluster, recorder } = testbed;
  const live = `live-${direction}`;
  await cluster.createNamespace(live);
  await cluster.createProfile(live, 'team', teamSpec);
  const operator = await testbed.startOperator({
    preload: new URL('../support/shifted-clock.ts', import.meta.url),
    env: { CLOCK: direction },
    flags: ['--leader-elect', '--lease-duration', '10'],
  });
  await operator.logged('the lease is ours');
  await settled(testbed);
  const since = recorder.mark;
  await cluster.label(live, appNamespace);
  await cluster.eventually('it is closed', async () => (await cluster.policies(live)).get(denyIngress));
  await cluster.createProfile(live, 'other', { routes: [routes.job] });
  expect(await judge(testbed, { since, namespaces: [live, 'calm'] })).toEqual([]);
  expect(recorder.states.slice(since).some(({ policies }) => policies.has(`${live}/${transition}`))).toBe(
    true,
  );
  await cluster.deletePolicy('calm', denyIngress);
  await settled(testbed);
  expect(await cluster.policyNames('calm')).toContain(denyIngress);
  expect(operator.lines.filter(({ msg }) => msg.includes('lost'))).toEqual([]);
});
