// The verb `lint`: what is wrong with profiles and policies, where, and what to do about it.
import type { Command } from 'commander';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { profileFindings } from './lint/profiles.ts';
import { countFindings, findingsAsData, formatFindings, placeFindings } from './lint/told.ts';
import { type InputFlags, inputOptions, outputOption } from './options.ts';
import { toJson, toYaml } from './output/manifests.ts';
import { paintOf } from './output/paint.ts';
import type { OutputTarget } from './output/target.ts';
import { writeOutput } from './output/write.ts';
import { noteAssumed, readFiles } from './read-world.ts';
import { endsWith, type Surroundings, verbCommand } from './verb.ts';

type Flags = InputFlags & { readonly output: OutputTarget<'text' | 'json' | 'yaml'> };

/** The verb `lint`. */
export function lintCommand(): Command {
  const command = verbCommand('lint', {
    examples: [
      ['ringfence lint -f platform.yaml -f app/', 'everything that is wrong, with its place in the files'],
      ['ringfence lint -f . -R -o json', 'the same for a program'],
    ],
    ok: 'nothing was found, or remarks only',
    found: 'there are errors or warnings',
  }).description(
    'Says what is wrong with profiles and policies: routes that are not in force and why, what a ring would cut off, and what somebody else opens. Each finding has a code, which `docs/reference` explains.',
  );
  for (const option of [...inputOptions(), outputOption(['text', 'json', 'yaml'], 'how to print it')])
    command.addOption(option);
  return command.action(endsWith(run));
}

async function run(around: Surroundings, { output, ...flags }: Flags): Promise<ExitCode> {
  const { world, input } = await readFiles(flags, around);
  noteAssumed(world, around);
  if (world.stores.view().platform === undefined) {
    around.note('there is no PlatformNetworkProfile in the input: profiles are only checked by themselves');
  }
  const findings = placeFindings(profileFindings(world), input);
  const text = {
    text: () => formatFindings(findings, paintOf(output, around.paint)),
    json: () => toJson(findingsAsData(findings)),
    yaml: () => toYaml(findingsAsData(findings)),
  }[output.format]();
  await writeOutput(output, text);
  around.note(countFindings(findings));
  return findings.some(({ severity }) => severity !== 'info') ? exitCodes.found : exitCodes.ok;
}
