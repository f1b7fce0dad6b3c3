// The published JSON Schemas: what `-o json` of each verb prints.
// Must not know a verb: a verb says what it prints in its `format.ts`.
import * as z from 'zod';
import { toolVerbs } from '../src/cli/program.ts';

/** The schema of each verb that prints JSON, as the text of a file, by the name of the verb. */
export async function outputSchemas(): Promise<ReadonlyMap<string, string>> {
  const schemas = new Map<string, string>();
  for (const { name, definition } of toolVerbs) {
    const { schema } = (await definition()).formats;
    if (schema === undefined) continue;
    const { $schema, ...rest } = z.toJSONSchema(schema, {
      target: 'draft-2020-12',
      io: 'input',
      reused: 'ref',
    });
    const title = `What \`ringfence ${name} -o json\` prints`;
    const $comment = 'Generated from the code by `make generate`: change that, not this.';
    schemas.set(name, `${JSON.stringify({ $schema, $comment, title, ...rest }, null, 2)}\n`);
  }
  return schemas;
}
