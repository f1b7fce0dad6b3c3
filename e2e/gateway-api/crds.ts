// The CRDs of the Gateway API as its project ships them, from the Go module proxy, verified by go.sum beside this file.
// Nothing of the module is built.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import type { AnyCluster } from '../cluster.ts';

const run = promisify(execFile);
const kinds = [
  ...['gateways', 'listenersets', 'referencegrants'],
  ...['httproutes', 'grpcroutes', 'tlsroutes', 'tcproutes', 'udproutes'],
] as const;

/** The manifests of the kinds that Ringfence looks at; takes seconds the first time. */
export async function gatewayApiCrds(): Promise<readonly { readonly metadata: { readonly name: string } }[]> {
  const folder = dirname(fileURLToPath(import.meta.url));
  const { stdout } = await run('go', ['mod', 'download', '-json', 'sigs.k8s.io/gateway-api'], {
    cwd: folder,
  });
  const { Dir: module } = JSON.parse(stdout) as { Dir: string };
  return Promise.all(
    kinds.map(async (kind) => {
      const file = join(module, 'config/crd/standard', `gateway.networking.k8s.io_${kind}.yaml`);
      return parse(await readFile(file, 'utf8'));
    }),
  );
}

/** Installs them; that they are served comes later. */
export async function installGatewayApi({ api }: Pick<AnyCluster, 'api'>): Promise<void> {
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  for (const crd of await gatewayApiCrds()) await api.json('POST', path, crd);
}
