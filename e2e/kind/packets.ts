// The packet check: pods, a route, and who must and who must not reach the pod `web` while they are ringed. Pure: a test
// compares what is expected here with what the analysis says of the policies that Ringfence writes.

/** A pod that tries to reach `web`, as `namespace/name`. */
export const clients = ['shop/friend', 'shop/stranger', 'elsewhere/outsider'] as const;

/** Who reaches `web` in each stage of the check, in its order. */
export const stages = [
  { enforcement: 'DryRun', reach: clients },
  { enforcement: 'Enforce', reach: ['shop/friend'] },
  { enforcement: 'Off', reach: clients },
] as const;

/** Where they are. */
export const namespaces = ['shop', 'elsewhere'] as const;

/** An object to apply. */
interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: object;
  readonly spec?: object;
}

/** The port that `web` listens on. */
export const port = 8080;

const selected = { 'ringfence-packets': 'yes' };
const group = 'ringfence.dev/v1alpha1';

/** What `web` runs; a port and an address to listen on may follow. */
const serve = `
  require('node:net').createServer((socket) => socket.end()).listen(process.argv[1] ?? ${port}, process.argv[2]);
  process.once('SIGTERM', () => process.exit());
`;

/** What a client runs, with an address and a port as its arguments: it prints `reached`, or why not. */
export const connectProgram = `
  const [, host, port] = process.argv;
  const socket = require('node:net').connect({ host, port, timeout: 2000 });
  const end = (word) => { console.log(word); process.exit(); };
  socket.on('connect', () => end('reached')).on('timeout', () => end('timeout')).on('error', ({ code }) => end(code));
`;

/** The Node of the image. */
export const node = '/usr/local/bin/node';

/**
 * Everything to apply. The pods run the image of the operator, whose Node can serve and connect, so that no other one is
 * pulled.
 */
export function packetObjects(image: string): readonly Manifest[] {
  return [
    ...namespaces.map((name) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: selected },
    })),
    pod('shop/web', 'web', image),
    pod('shop/friend', 'friend', image),
    pod('shop/stranger', 'stranger', image),
    // With a friend's label, in another namespace.
    pod('elsewhere/outsider', 'friend', image),
    {
      apiVersion: group,
      kind: 'AppNetworkProfile',
      metadata: { name: 'shop', namespace: 'shop' },
      spec: {
        routes: [{ name: 'friend-to-web', from: { app: 'friend' }, to: { app: 'web' }, ports: [port] }],
      },
    },
    {
      apiVersion: group,
      kind: 'PlatformNetworkProfile',
      metadata: { name: 'default' },
      spec: { enforcement: stages[0].enforcement, namespaces: { selector: { matchLabels: selected } } },
    },
  ];
}

function pod(key: string, app: string, image: string): Manifest {
  const [namespace, name] = key.split('/');
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: { 'app.kubernetes.io/name': app } },
    spec: { containers: [{ name: 'node', image, command: [node, '--eval', serve] }] },
  };
}
