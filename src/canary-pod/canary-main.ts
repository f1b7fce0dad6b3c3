// What the canary's pods start: a listener, a client or a new pod, by the first argument. A bundle of its own, since a client must stay small.
// Must not load what the operator needs.
import { constants, hostname } from 'node:os';
import { CanaryClient } from './client.ts';
import { ReportLease } from './cluster-api.ts';
import { reportFirstConnections } from './first-connections.ts';
import { ApiServer } from './in-cluster-api.ts';
import { runListener } from './listener.ts';

const log = (line: string) => process.stderr.write(`${line}\n`);
const [, , role] = process.argv;
// In a container it is process 1, for which no signal has a default. A new pod that is ended has not reported: its Job must not count as
// complete.
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.once(name, () => process.exit(role === 'fresh' ? 128 + constants.signals[name] : 0));

const { NODE_NAME: node = '', NODE_ADDRESS: nodeAddress = '', POD_UID: uid = '' } = process.env;

if (role === 'listener') await runListener(hostname());
else if (role === 'client') {
  const api = new ApiServer();
  const lease = new ReportLease(api, { name: hostname(), uid, node });
  await new CanaryClient({ api, lease, node, nodeAddress, log }).run();
} else if (role === 'fresh') {
  const api = new ApiServer();
  const lease = new ReportLease(api, { name: hostname(), uid, node });
  await reportFirstConnections({ api, lease, node });
} else {
  log('usage: canary.mjs listener|client|fresh');
  process.exitCode = 2;
}
