// From the command line to a verb, and from a thrown error to an exit code. Must not know what a verb does.
import packageJson from '../package.json' with { type: 'json' };
import { endingOf } from './cli/failures.ts';
import { programOf, verbIn, wordsMeant } from './cli/program.ts';
import { verbs } from './verbs.ts';

const [, calledAs = '', ...given] = process.argv;
const words = wordsMeant(given, verbs);

// The reader of our output may have closed it, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
try {
  const program = await programOf({ verbs, calledAs, version: packageJson.version, load: verbIn(words) });
  await program.parseAsync(words, { from: 'user' });
} catch (error) {
  const { text, exitCode } = endingOf(error);
  process.stderr.write(text);
  process.exitCode = exitCode;
}
