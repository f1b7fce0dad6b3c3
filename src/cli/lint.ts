// The verb `lint`: what is wrong with profiles and policies, where, and what to do about it.
import type { Command } from 'commander';
import { compile } from '../compile/compile.ts';
import { foundWorld } from './ask-world.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import type { Input } from './input/input.ts';
import { policyFindings } from './lint/policies.ts';
import { type LintFinding, profileFindings } from './lint/profiles.ts';
import { countFindings, findingsAsData, formatFindings, placeFindings } from './lint/told.ts';
import { checkNamespace, namespacesOf } from './namespace-check.ts';
import { type ClusterFlags, clusterOptions, type InputFlags, inputOptions, outputOption } from './options.ts';
import { toJson, toYaml } from './output/manifests.ts';
import { paintOf } from './output/paint.ts';
import type { OutputTarget } from './output/target.ts';
import { endsWith, type Surroundings, verbCommand } from './verb.ts';
import type { World } from './world.ts';

type Flags = InputFlags & ClusterFlags & { readonly output: OutputTarget<'text' | 'json' | 'yaml'> };

/** The verb `lint`. */
export function lintCommand(): Command {
  const command = verbCommand('lint', {
    examples: [
      ['ringfence lint -f platform.yaml -f app/', 'everything that is wrong, with its place in the files'],
      ['ringfence lint -f . -R -o json', 'the same for a program'],
      [
        'ringfence lint -n shop',
        'in the cluster of the current context, only what is about the namespace shop',
      ],
    ],
    ok: 'nothing was found, or remarks only',
    found: 'there are errors or warnings',
  }).description(
    'Says what is wrong with profiles and policies: routes that are not in force and why, routes, policies and rules that lead nowhere or say what others say, namespaces that nothing isolates, what a ring would cut off, and what somebody else opens. A namespace in DryRun is taken as if it were enforced. Each finding has a code, which `docs/reference/findings.md` explains. Without `-f` it looks at the current context, and reads only. With `-n` only what is about that namespace is printed.',
  );
  for (const option of [
    ...inputOptions(),
    ...clusterOptions(),
    outputOption(['text', 'json', 'yaml'], 'how to print it'),
  ]) {
    command.addOption(option);
  }
  return command.action(endsWith(run));
}

async function run(around: Surroundings, { output, ...flags }: Flags): Promise<ExitCode> {
  const { world, input } = await foundWorld(flags, around);
  if (world.stores.view().platform === undefined) {
    const where = input === undefined ? 'cluster' : 'input';
    around.note(
      `there is no PlatformNetworkProfile in the ${where}: profiles are only checked by themselves`,
    );
  }
  if (flags.namespace !== undefined) checkNamespace(flags.namespace, namespacesOf(world), 'nothing');
  around.progress.tell('analysing');
  const findings = placeFindings(findingsIn(world, input, flags.namespace), input);
  const text = {
    text: () => formatFindings(findings, paintOf(output, around.paint)),
    json: () => toJson(findingsAsData(findings)),
    yaml: () => toYaml(findingsAsData(findings)),
  }[output.format]();
  await around.answer(output, text);
  around.note(countFindings(findings));
  return findings.some(({ severity }) => severity !== 'info') ? exitCodes.found : exitCodes.ok;
}

function findingsIn(
  world: World,
  input: Input | undefined,
  namespace: string | undefined,
): readonly LintFinding[] {
  const compiled = compile(world.stores.view());
  const ofProfiles = profileFindings(world, compiled);
  const known = input === undefined ? 'the cluster' : 'some files';
  const ofPolicies = policyFindings(world, known, ofProfiles, compiled);
  return [...ofProfiles, ...ofPolicies].filter(
    ({ subject }) => namespace === undefined || (subject.namespace ?? subject.name) === namespace,
  );
}
