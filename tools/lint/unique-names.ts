// Run by `make lint`: in src a file's base name occurs once, and an exported name is declared in one file, so that a name leads a
// reader, or a search, to one thing. The fixed names of a slice are the exception. Must not know what the files do.
import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import ts from 'typescript';

/** A file of source code. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

/** Each room or verb may have one of these. */
const fixedBaseNames: readonly string[] = ['index.ts', 'command.ts', 'format.ts'];

/** What is named twice, each as a sentence with all places. */
export function repeatedNames(sources: readonly Source[]): readonly string[] {
  const files = sources.map(({ path }) => ({ name: basename(path), path }));
  const exported = sources.flatMap(({ path, text }) =>
    exportedNames(path, text).map((name) => ({ name, path })),
  );
  return [
    ...repeated(files)
      .filter(([name]) => !fixedBaseNames.includes(name))
      .map(([name, paths]) => `the base name \`${name}\` occurs ${paths.length} times: ${paths.join(', ')}`),
    ...repeated(exported).map(
      ([name, paths]) => `\`${name}\` is exported by ${paths.length} files: ${paths.join(', ')}`,
    ),
  ];
}

function repeated(
  places: readonly { readonly name: string; readonly path: string }[],
): readonly (readonly [string, readonly string[]])[] {
  return [...Map.groupBy(places, ({ name }) => name)]
    .map(([name, all]) => [name, [...new Set(all.map(({ path }) => path))].sort()] as const)
    .filter(([, paths]) => paths.length > 1)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The names that a file declares and exports; what it passes on from another file is declared there. */
function exportedNames(path: string, text: string): readonly string[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
  return file.statements.flatMap((statement) => {
    if (ts.isExportDeclaration(statement)) return namesOfClause(statement);
    if (!ts.canHaveModifiers(statement)) return [];
    const modifiers = ts.getModifiers(statement) ?? [];
    return modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ? declaredNames(statement) : [];
  });
}

/** As in `export { a, b }`, without `from`. */
function namesOfClause({ exportClause, moduleSpecifier }: ts.ExportDeclaration): readonly string[] {
  if (moduleSpecifier !== undefined || exportClause === undefined) return [];
  return ts.isNamedExports(exportClause) ? exportClause.elements.map(({ name }) => name.text) : [];
}

function declaredNames(statement: ts.Statement): readonly string[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.flatMap(({ name }) => boundNames(name));
  const { name } = statement as ts.DeclarationStatement;
  return name !== undefined && ts.isIdentifier(name) ? [name.text] : [];
}

/** All names of a pattern as `{ a, b: [c] }`. */
function boundNames(name: ts.BindingName): readonly string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? boundNames(element.name) : []));
}

if (process.argv[1] === import.meta.filename) {
  const paths = globSync('src/**/*.ts').filter((path) => !path.endsWith('.test.ts'));
  const found = repeatedNames(paths.map((path) => ({ path, text: readFileSync(path, 'utf8') })));
  for (const sentence of found)
    process.stderr.write(`${sentence}; rename all but one after what sets it apart\n`);
  process.exitCode = found.length === 0 && paths.length > 0 ? 0 : 1;
}
