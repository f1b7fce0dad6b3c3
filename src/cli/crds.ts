// The verb `crds`: prints the CustomResourceDefinitions, which are made from the schemas.
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { customResourceDefinition } from '../api/crd.ts';
import { customResources } from '../api/resources.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { outputOption } from './options.ts';
import { jsonList, yamlDocuments } from './output/manifests.ts';
import type { OutputTarget } from './output/target.ts';
import { endsWith, type Surroundings, verbCommand } from './verb.ts';

/** An object as the files in crds/ hold it. kubectl reads YAML 1.1, to which a bare `Off` is false. */
export function crdText(crd: object): string {
  return stringify(crd, { version: '1.1', aliasDuplicateObjects: false, lineWidth: 120 });
}

/** The verb `crds`. */
export function crdsCommand(): Command {
  return verbCommand('crds', {
    examples: [
      [
        'ringfence crds | kubectl apply --server-side -f -',
        'install the custom resources, or bring them up to date',
      ],
      ['ringfence crds -o crds.yaml', 'write them to a file'],
    ],
    ok: 'printed',
  })
    .description('Prints the CustomResourceDefinitions of AppNetworkProfile and PlatformNetworkProfile.')
    .addOption(outputOption(['yaml', 'json'], 'how to print them'))
    .action(
      endsWith((around, flags: { readonly output: OutputTarget<'yaml' | 'json'> }) =>
        run(around, flags.output),
      ),
    );
}

async function run(around: Surroundings, output: OutputTarget<'yaml' | 'json'>): Promise<ExitCode> {
  const crds = customResources.map(customResourceDefinition);
  await around.answer(output, output.format === 'json' ? jsonList(crds) : yamlDocuments(crds, crdText));
  return exitCodes.ok;
}
