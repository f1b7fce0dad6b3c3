import { describe, expect, test } from '@jest/globals';
import { decodeText } from './decode-text.ts';

const utf16 = (text: string, bigEndian: boolean) => {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return bigEndian ? bytes.swap16() : bytes;
};

describe('a text', () => {
  test.each([
    ['UTF-8', Buffer.from('kind: 𝒫')],
    ['UTF-8 with its mark', Buffer.from('\ufeffkind: 𝒫')],
    ['UTF-16, as some shells write it', utf16('kind: 𝒫', false)],
    ['UTF-16 of the other byte order', utf16('kind: 𝒫', true)],
  ])('in %s is read without its mark', (_, bytes) => {
    expect(decodeText(bytes)).toEqual({ ok: true, value: 'kind: 𝒫' });
  });

  test.each([
    [Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1]), 'byte 4 is zero'],
    [Buffer.from([0x6b, 0xff]), 'not valid UTF-8'],
    [Buffer.from([0xff, 0xfe, 0x00, 0xd8]), 'not valid UTF-16LE'],
  ])('is not what a program wrote: %s', (bytes, why) => {
    const decoded = decodeText(bytes);
    expect(decoded.ok ? '' : decoded.error).toContain(why);
  });
});
