import { describe, expect, test } from '@jest/globals';
import { ToolError } from './failures.ts';
import { programOf, toolVerbs } from './program.ts';

async function refusal(...words: readonly string[]): Promise<string> {
  const program = await programOf({ verbs: toolVerbs, calledAs: 'ringfence', version: '', load: words[0] });
  const error: unknown = await program.parseAsync(words, { from: 'user' }).catch((thrown: unknown) => thrown);
  return error instanceof ToolError ? error.message : `${error}`;
}

describe('a mistake on the command line', () => {
  test.each([
    [['lint', '--filenam', 'a'], 'unknown option `--filenam`: did you mean `--filename`?'],
    [['lint', '--colour'], 'unknown option `--colour`'],
    [['explian'], 'unknown command `explian`: did you mean `explain`?'],
    [['explain', 'shop/web'], '`dst` is missing: `--help` says what it is'],
    [['completion', 'tcsh'], '`tcsh` is not a valid shell: must be one of bash, zsh, fish'],
    [
      ['crds', '-o', 'xml'],
      '`-o xml`: must be one of yaml, json, or a file with such an extension, or `format=file`',
    ],
    [['lint', 'a.yaml'], '`lint` takes no argument `a.yaml`: files and folders are named with `-f a.yaml`'],
    [
      ['status', 'shop'],
      '`status` takes no argument `shop`: files and folders are named with `-f shop`, a namespace with `-n shop`',
    ],
    [['resume', '-n', 'shop'], '`resume` takes the namespace as an argument, without `-n`'],
    [['crds', 'a'], '`crds` takes no argument `a`'],
    [['lint', '-f'], '`-f` needs a value: `-f, --filename <path>`'],
  ])('%j is reported in words of ours', async (words, message) => {
    expect(await refusal(...words)).toBe(message);
  });
});
