// Prints crds/ and docs/reference/ from the schemas and the code, which are the only source: a test fails if a file is stale.
// The core knows neither files nor YAML, so both are here.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { generatedFiles } from './generated-files.ts';

for (const [path, text] of await generatedFiles()) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
