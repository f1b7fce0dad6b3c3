// Preloaded into a command that is measured: when it ends, it writes what it used to the file that `USAGE_FILE` names.
// Must not know the command.
import { writeFileSync } from 'node:fs';

const { USAGE_FILE: file } = process.env;
if (file !== undefined) {
  process.on('exit', () => writeFileSync(file, JSON.stringify(process.resourceUsage())));
}
