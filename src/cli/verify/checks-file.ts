// Reads the file of `--all`: a list of connections to try, each with what is expected of it.
// Must not know how a connection is tried.
import * as z from 'zod';
import { decode, type Problem } from '../../api/decode.ts';
import { ToolError } from '../failures.ts';
import { decodeText } from '../input/decode-text.ts';
import { readDocuments, type WrittenDocument } from '../input/documents.ts';
import { InputError, type InputProblem } from '../input/problems.ts';
import { findSources, type Source } from '../input/sources.ts';

const check = z.strictObject({
  from: z.string().min(1),
  to: z.string().min(1),
  port: z.union([z.int().min(1).max(65_535), z.string().min(1)]).transform(String),
  expect: z.enum(['allowed', 'denied']).exactOptional(),
  node: z.string().min(1).exactOptional(),
});

/** One connection in the words of a person. */
export type AskedCheck = z.output<typeof check>;

const checks = z.array(check).min(1, 'has no check: write a list of `{from, to, port}`');

/**
 * Reads every check of these files, in their order.
 *
 * @throws InputError with each mistake and its place
 */
export async function readChecks(paths: readonly string[]): Promise<readonly AskedCheck[]> {
  if (paths.length === 0) throw new ToolError('say which file has the checks: `-f checks.yaml`');
  const { sources, problems } = findSources({ paths, kustomizations: [], recursive: false });
  if (problems.length > 0) throw new InputError(problems);
  const read = await Promise.all(sources.map(readSource));
  const wrong = read.flatMap((each) => each.problems);
  if (wrong.length > 0) throw new InputError(wrong);
  return read.flatMap((each) => each.checks);
}

interface ReadChecks {
  readonly checks: readonly AskedCheck[];
  readonly problems: readonly InputProblem[];
}

async function readSource({ name: file, read }: Source): Promise<ReadChecks> {
  const bytes = await read();
  if (!bytes.ok) return { checks: [], problems: [bytes.error] };
  const text = decodeText(bytes.value);
  if (!text.ok) return { checks: [], problems: [{ file, message: text.error }] };
  const { documents, problems } = readDocuments({ file, text: text.value });
  if (documents.length === 0 && problems.length === 0) {
    return { checks: [], problems: [{ file, message: 'has no check: write a list of `{from, to, port}`' }] };
  }
  const decoded = documents.map((document) => readDocument(file, document));
  return {
    checks: decoded.flatMap((each) => each.checks),
    problems: [...problems, ...decoded.flatMap((each) => each.problems)],
  };
}

function readDocument(file: string, document: WrittenDocument): ReadChecks {
  const decoded = decode(checks, document.value);
  if (decoded.ok) return { checks: decoded.value, problems: [] };
  return { checks: [], problems: decoded.error.map((problem) => placed(file, document, problem)) };
}

function placed(file: string, { place }: WrittenDocument, { code, path, message }: Problem): InputProblem {
  const field = path === '' ? '' : `\`${path.replace(/^\[\d+\]\.?/, '') || 'check'}\` `;
  return {
    file,
    place: place(path, code === 'UnknownField' ? 'key' : 'value'),
    message: `${field}${message}`,
  };
}
