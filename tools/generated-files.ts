// What the generated files hold, by their path from the root of the repository.
// Must not write them: generate.ts does, and a test only compares.
import { execFileSync } from 'node:child_process';
import { customResourceDefinition } from '../src/api/crd.ts';
import { customResources } from '../src/api/custom-resources.ts';
import {
  appNetworkProfileExample,
  networkPauseExample,
  platformNetworkProfileExample,
} from '../src/api/examples.ts';
import { referencePage } from '../src/api/reference.ts';
import { canaryPolicies, canaryWorkloads } from '../src/canary/canary-objects.ts';
import { crdText } from '../src/cli/crds/format.ts';
import { commandLinePage } from './command-line-page.ts';
import { findingsPage } from './findings-page.ts';
import { metricsPage } from './metrics-page.ts';
import { outputSchemas } from './output-schemas.ts';

const examples = [appNetworkProfileExample, platformNetworkProfileExample, networkPauseExample];

/** Every generated file: its path and what it should hold. */
export async function generatedFiles(): Promise<ReadonlyMap<string, string>> {
  const files = new Map([
    ['docs/reference/metrics.md', await metricsPage()],
    ['docs/reference/findings.md', findingsPage()],
    ['docs/reference/command-line.md', await commandLinePage()],
    ['docs/pictures/shop.svg', shopPicture()],
    ['config/canary/policies.yaml', canaryFile(canaryPolicies)],
    ['config/canary/workloads.yaml', canaryFile(canaryWorkloads)],
  ]);
  for (const resource of customResources) {
    const crd = customResourceDefinition(resource);
    const example = examples.find(({ kind }) => kind === resource.kind);
    if (!example) throw new Error(`no example of ${resource.kind} in src/api/examples.ts`);
    files.set(`crds/${crd.metadata.name}.yaml`, crdFile(crd));
    files.set(`docs/reference/${kebabCase(resource.kind)}.md`, referencePage(resource, example, crdText));
  }
  for (const [verb, schema] of await outputSchemas()) {
    files.set(`docs/reference/${verb}.schema.json`, schema);
  }
  return files;
}

/** The picture of the README, drawn by the command that the README shows. */
function shopPicture(): string {
  const files = ['shop', 'workloads'].flatMap((folder) => ['-f', `config/samples/${folder}`]);
  const words = ['src/main.ts', 'graph', ...files, '-o', 'svg'];
  return execFileSync(process.execPath, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

function crdFile(crd: object): string {
  return `# Generated from the schemas in src/api and src/routes by \`make generate\`: change those, not this.\n${crdText(crd)}`;
}

function canaryFile(objects: readonly object[]): string {
  const text = objects.map((object) => crdText(object)).join('---\n');
  return `# Generated from src/canary/canary-table.ts by \`make generate\`: change that, not this.\n${text}`;
}

function kebabCase(words: string): string {
  return words.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
}
