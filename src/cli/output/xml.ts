// JUnit XML, which build systems read, and texts in XML 1.0.
// Must not know what is tested.

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

/** A JUnit report. @param cases a `testcase` element for each, indented by four */
export function junitReport(name: string, cases: readonly string[], failures: number): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    `  <testsuite name="${name}" tests="${cases.length}" failures="${failures}">`,
    ...cases,
    '  </testsuite>',
    '</testsuites>\n',
  ].join('\n');
}
