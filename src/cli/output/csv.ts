// CSV as RFC 4180 defines it, which spreadsheets open without running anything in it.
// Must not know what is in it.

/** Rows of cells, with a header; lines end in CRLF. */
export function formatCsv(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

/** A cell that begins like a formula gets an apostrophe, which spreadsheets take for the mark of a text. */
function cell(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
