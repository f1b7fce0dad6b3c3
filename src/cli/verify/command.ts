// The verb `verify`: explain's answer beside a packet's, by a pod that policies can't tell from one of SRC.
// Must not know how a connection is tried.
import { Argument, InvalidArgumentError, Option } from 'commander';
import * as z from 'zod';
import { ApiClient } from '../../kube/api-client.ts';
import { connect, loadKubeConfig } from '../../kube/connection.ts';
import { ApiError, classify } from '../../kube/errors.ts';
import { formatKey } from '../../model/object-key.ts';
import type { CommandContext } from '../command-context.ts';
import { defineVerb } from '../define-verb.ts';
import { destinationWithPort } from '../explain/end-with-port.ts';
import { cannotReach, ToolError } from '../failures.ts';
import { type ClusterFlags, FileOption, namespaceOf, repeatable, type WriteFlags } from '../options.ts';
import type { ClusterSnapshot } from '../snapshot/cluster-snapshot.ts';
import { loadSnapshot } from '../snapshot/load-snapshot.ts';
import { TwinClient } from '../writing/twin-client.ts';
import { type AskedCheck, readChecks } from './checks-file.ts';
import { type VerifyResult, verifyFormats } from './format.ts';
import { type CheckContext, type DoneCheck, prepareCheck, tryCheck } from './run-check.ts';

interface Flags extends ClusterFlags, WriteFlags {
  readonly namespace?: string;
  readonly operatorNamespace: string;
  readonly node?: string;
  readonly image?: string;
  readonly settle: number;
  readonly all?: boolean;
  readonly filename?: readonly string[];
}

/** The verb `verify`. */
export const verifyVerb = defineVerb({
  description:
    'Tries a connection in the cluster of the current context, and says whether the network does what the policies say. Unlike most verbs it writes to the cluster, with your own rights: a Job in the namespace of SRC. Its pod has the labels and the service account of a pod of SRC, without a token, is on the same node, is never ready, and opens one connection at a time, without sending anything. The Job is deleted as soon as there is an answer, or by the cluster after a minute. No pod is started where it would do harm: what is printed says why.',
  help: {
    examples: [
      ['ringfence verify shop/web shop/mongo 27017', 'is this connection as the policies say?'],
      ['ringfence verify shop/web service/shop/mongo 27017 --node node-2', 'from a pod of SRC on that node'],
      ['ringfence verify shop/web shop/mongo 27017 --dry-run', 'print the Job, and start nothing'],
      ['ringfence verify --all -f checks.yaml -o junit', 'a list of connections, for a build system'],
    ],
    ok: 'allowed, and the network agrees; with `--all`, every check is as expected, and the network agrees',
    found: 'denied, and the network agrees; with `--all`, a check is not as expected',
    disagrees:
      'the network disagrees with the policies, or nothing is proved: what is printed says what to look at',
  },
  args: [
    new Argument('[src]', 'namespace/name of a workload, a pod, or an app by its label'),
    new Argument('[dst]', 'the same, a Service, or an address'),
    new Argument('[port]', 'a port number or name, as for `explain`; UDP only to DNS servers'),
  ],
  writes: true,
  flags: [
    new Option('-n, --namespace <name>', 'the namespace of ends that name none (default: default)'),
    new Option('--node <name>', 'a node that runs a pod of SRC (default: that of the first Ready pod)'),
    new Option('--image <name>', 'the image of the pod (default: that of the operator)'),
    new Option('--settle <seconds>', 'how long to wait until the CNI knows the new pod')
      .default(5)
      .argParser(secondsIn),
    new Option('--all', 'try every check in the files of `-f`'),
    repeatable(
      new FileOption('-f, --filename <path>', 'with --all, a YAML list of {from, to, port, expect, node}'),
    ),
    new Option('--operator-namespace <name>', 'the namespace of the operator').default('ringfence-system'),
  ],
  formats: verifyFormats,
  run: async (context, flags: Flags, source?: string, destination?: string, port?: string) => {
    const asked = await checksOf(flags, { source, destination, port });
    // The files of `-f` are checks, not objects.
    const { kubeconfig, context: contextName, operatorNamespace } = flags;
    const cluster = { ...(kubeconfig && { kubeconfig }), ...(contextName && { context: contextName }) };
    const snapshot = await loadSnapshot({ ...cluster, operatorNamespace }, context);
    return await withTwins(flags, async ({ client, explain }) => {
      const { facts } = snapshot;
      const image = flags.image ?? operatorImage(snapshot, operatorNamespace);
      const namespace = namespaceOf(flags);
      const checking = { snapshot, facts, namespace, image, settle: flags.settle, client };
      const result = await verify(asked, { ...checking, explain }, flags, context);
      return { result, exit: exitOf(result, flags.all === true) };
    });
  },
});

interface Words {
  readonly source: string | undefined;
  readonly destination: string | undefined;
  readonly port: string | undefined;
}

async function checksOf({ all, filename, node }: Flags, words: Words): Promise<readonly AskedCheck[]> {
  const { source, destination, port } = words;
  if (all) {
    if (source !== undefined)
      throw new ToolError('`--all` tries the checks of the files: name no SRC beside it');
    if (node !== undefined) throw new ToolError('with `--all`, name the node in the check: `node: NAME`');
    return await readChecks(filename ?? []);
  }
  if (filename !== undefined) throw new ToolError('`-f` names files of checks: add `--all`');
  const { end, port: asked } = destinationWithPort(destination ?? '', port);
  if (source === undefined || destination === undefined || asked === undefined) {
    throw new ToolError('name SRC, DST and PORT, as in `ringfence verify shop/web shop/mongo 27017`');
  }
  return [{ from: source, to: end, port: asked, ...(node === undefined ? {} : { node }) }];
}

/** One after the other: many pods at once would be a burden, and the policies of one may select another. */
async function verify(
  asked: readonly AskedCheck[],
  { explain, ...checking }: CheckContext & Pick<Twins, 'explain'>,
  { dryRun = false, all = false }: Flags,
  { progress }: CommandContext,
): Promise<VerifyResult> {
  const done: DoneCheck[] = [];
  const jobs: object[] = [];
  const failed: { check: AskedCheck; message: string }[] = [];
  for (const [index, check] of asked.entries()) {
    progress.show('trying', `${index + 1} of ${asked.length}: ${check.from} -> ${check.to} ${check.port}`);
    try {
      const prepared = await prepareCheck(check, checking);
      if (dryRun) jobs.push(await checking.client.checked(prepared.job));
      else done.push(await tryCheck(prepared, checking));
    } catch (error) {
      const explained = explain(error);
      // One that can't be tried must not hide the others.
      if (!all) throw explained;
      failed.push({ check, message: explained.message });
    }
  }
  return { asked, done, failed, jobs, dryRun };
}

function exitOf({ done, failed, dryRun }: VerifyResult, all: boolean): 'ok' | 'found' | 'disagrees' {
  if (failed.length > 0 || done.some(({ verdict }) => verdict.agreement !== 'Agrees')) return 'disagrees';
  const isWrong = ({ check, expected }: DoneCheck) =>
    expected !== (check.expect ?? (all ? expected : 'allowed'));
  return !dryRun && done.some(isWrong) ? 'found' : 'ok';
}

/** The Jobs of a cluster, and what its refusals mean. */
interface Twins {
  readonly client: TwinClient;
  /** Why one check can't be tried. @throws what is about more than one check, such as ToolError if the cluster does not answer */
  readonly explain: (error: unknown) => ToolError;
}

/** @throws ConfigurationError if the kubeconfig is not usable */
async function withTwins<T>(flags: ClusterFlags, use: (twins: Twins) => Promise<T>): Promise<T> {
  const connection = await connect(loadKubeConfig(flags));
  const { server } = connection;
  const client = new ApiClient(connection);
  const explain = (error: unknown) => {
    if (error instanceof ToolError) return error;
    if (!(error instanceof ApiError)) throw error;
    if (classify(error) === 'unreachable') throw cannotReach(server, error);
    return refused(error, server);
  };
  try {
    return await use({ client: new TwinClient(client), explain });
  } finally {
    await client.close();
  }
}

function refused(error: ApiError, server: string): ToolError {
  const { message } = error;
  switch (classify(error)) {
    case 'denied':
      return new ToolError(
        `no permission: ${message}; ask for the ClusterRole \`ringfence-verifier\` in the namespace of SRC`,
      );
    default:
      return new ToolError(`the API server at \`${server}\` refuses it: ${message}`);
  }
}

const deploymentSpec = z.looseObject({
  template: z.looseObject({
    spec: z.looseObject({ containers: z.array(z.looseObject({ name: z.string(), image: z.string() })) }),
  }),
});

/** @throws ToolError if the operator is not there */
function operatorImage({ objects }: ClusterSnapshot, namespace: string): string {
  const operator = objects.find(
    ({ kind, metadata }) =>
      kind === 'Deployment' && metadata.namespace === namespace && metadata.name === 'ringfence-operator',
  );
  const spec = deploymentSpec.safeParse(operator?.spec).data;
  const image = spec?.template.spec.containers.find(({ name }) => name === 'operator')?.image;
  if (image !== undefined) return image;
  const name = formatKey({ namespace, name: 'ringfence-operator' });
  throw new ToolError(
    `there is no Deployment \`${name}\`, whose image the pod would have: name an image of ringfence with \`--image\``,
  );
}

function secondsIn(text: string): number {
  const seconds = Number(text);
  if (text !== '' && seconds >= 0 && seconds <= 30) return seconds;
  throw new InvalidArgumentError('write seconds from 0 to 30');
}
