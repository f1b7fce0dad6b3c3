// From bytes to text: byte-order marks, encodings, and data that is not text.
// Must not know the meaning of the text.
import { failure, type Result, success } from '../../model/result.ts';

/** A byte-order mark defines the encoding of the text (the Unicode Standard, section 23.8); without one it is UTF-8. */
const marks = [
  { bytes: [0xef, 0xbb, 0xbf], encoding: 'utf-8' },
  { bytes: [0xff, 0xfe], encoding: 'utf-16le' },
  { bytes: [0xfe, 0xff], encoding: 'utf-16be' },
] as const;

/** The text of a file, without its byte-order mark; or why it is not text. */
export function decodeText(bytes: Uint8Array): Result<string, string> {
  const mark = marks.find((candidate) => candidate.bytes.every((byte, index) => bytes[index] === byte));
  const encoding = mark?.encoding ?? 'utf-8';
  if (encoding === 'utf-8') {
    const zero = bytes.indexOf(0);
    if (zero >= 0) return failure(notText(`byte ${zero} is zero`));
  }
  try {
    return success(new TextDecoder(encoding, { fatal: true }).decode(bytes));
  } catch {
    return failure(notText(`it is not valid ${encoding.toUpperCase()}`));
  }
}

function notText(why: string): string {
  return `this is not text, so it is neither YAML nor JSON: ${why}`;
}
