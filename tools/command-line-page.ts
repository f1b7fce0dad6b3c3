// The reference page of the command line: the help of every verb as it is printed, and the exit codes of the enum.
// Must not know a verb: what is not in its help is not in the page.
import type { Command } from 'commander';
import { exitCodes } from '../src/cli/exit-codes.ts';
import { programOf } from '../src/cli/program.ts';
import { verbs } from '../src/verbs.ts';
import { outputSchemas } from './output-schemas.ts';

/** The page, in Markdown. */
export async function commandLinePage(): Promise<string> {
  const program = await programOf({ verbs, calledAs: 'ringfence', version: '', load: 'all' });
  const schemas = [...(await outputSchemas()).keys()].map((verb) => `[${verb}](${verb}.schema.json)`);
  const shown = verbs.filter(({ isHidden }) => !isHidden).map(({ name }) => name);
  const commands = program.commands.filter((command) => shown.includes(command.name()));
  return [
    "<!-- Generated from the tool's help by `make generate`: change that, not this. -->\n",
    '# The command line\n',
    "One file, `dist/main.mjs`, is the tool and the operator. `dist/ringfence.mjs` beside it starts it with V8's compile cache, which is in `~/.cache/ringfence` (or under `XDG_CACHE_HOME`; `NODE_DISABLE_COMPILE_CACHE=1` disables it). `graph` also needs `graphviz.mjs` there, for all formats except Mermaid and DOT. It runs as `ringfence`, and as `kubectl ringfence` if `kubectl-ringfence` is on the path. From a checkout: `npm run -s ringfence -- VERB …`.\n",
    'Answers go to stdout or to a file (`-o`), which is written completely or not at all; remarks, progress and errors go to stderr. Colours appear only on a terminal, and never if `NO_COLOR` is set.\n',
    `A JSON Schema describes what \`-o json\` prints: ${schemas.join(', ')}. \`-o yaml\` prints the same as YAML; \`render\` and \`crds\` print a document for each object, as \`kubectl apply -f -\` reads them.\n`,
    '| Exit code | Meaning |',
    '|---|---|',
    `| ${exitCodes.ok} | done, and a script can continue |`,
    `| ${exitCodes.found} | done, but something changes, is denied, or is wrong |`,
    `| ${exitCodes.error} | not done: bad input, an unknown flag, no cluster; nothing was written |`,
    `| ${exitCodes.disagrees} | done, but the network does not do what the policies say (\`verify\`) |`,
    `| ${exitCodes.mistake} | ended by a bug in ringfence: please report what it printed |`,
    '',
    ...[program, ...commands].map(section),
  ].join('\n');
}

function section(command: Command): string {
  const title = command.parent === null ? 'ringfence' : `ringfence ${command.name()}`;
  return `## ${title}\n\n\`\`\`text\n${helpOf(command)}\n\`\`\`\n`;
}

/** As it is printed, with what is added to it. */
function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (more) => {
      text += more;
    },
  });
  command.outputHelp();
  return text.trimEnd();
}
