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
  const commands = program.commands.filter((command) => verbs.some(({ name }) => name === command.name()));
  return [
    "<!-- Generated from the tool's help by `make generate`: change that, not this. -->\n",
    '# The command line\n',
    'One file, `dist/main.mjs`, is the tool and the operator. `dist/ringfence.mjs` beside it starts it, with what V8 made of it the last time, which is kept in `~/.cache/ringfence` (or under `XDG_CACHE_HOME`; `NODE_DISABLE_COMPILE_CACHE=1` does without). `graph` also needs `graphviz.mjs` there, for all but Mermaid and DOT. It runs as `ringfence`, and as `kubectl ringfence` where `kubectl-ringfence` is on the path. From a checkout: `npm run -s ringfence -- VERB …`.\n',
    'Answers go to stdout or to a file (`-o`), which is there as a whole or not at all; remarks, progress and errors go to stderr. Colours are on a terminal only, and nowhere where `NO_COLOR` is set.\n',
    `What \`-o json\` prints is described by a JSON Schema: ${schemas.join(', ')}. \`-o yaml\` of \`plan\`, \`explain\`, \`matrix\` and \`lint\` prints the same as YAML.\n`,
    '| Exit code | Meaning |',
    '|---|---|',
    `| ${exitCodes.ok} | done, and there is nothing that a script should stop at |`,
    `| ${exitCodes.found} | done, and the answer is the other one: something changes, is denied, or is wrong |`,
    `| ${exitCodes.error} | not done: bad input, an unknown flag, no cluster; nothing was written |`,
    `| ${exitCodes.mistake} | ended by a mistake in ringfence itself: please report what it printed |`,
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
