// Texts in XML 1.0.
// Must not know which elements there are.

// biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 can't hold these characters, escaped or not
const notInXml = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/** A text for an attribute or the content of an element. */
export function escapeXml(text: string): string {
  return text
    .replace(notInXml, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;');
}
