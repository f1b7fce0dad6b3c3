// Every folder in sessions/ holds files and a session with the tool about them. `UPDATE_GOLDEN=1` writes the answers anew:
// read them with a person's eye before you keep them.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { replay } from './session.ts';
import { useTool } from './use-tool.ts';

/** A session starts the tool many times, beside whatever else the machine does. */
const patience = 120_000;

const sessions = join(import.meta.dirname, 'sessions');
const tool = useTool();

describe('a session with the tool', () => {
  test.each(readdirSync(sessions).sort())(
    'about %s goes as it is written',
    async (name) => {
      const folder = join(sessions, name);
      const path = join(folder, 'session.txt');
      const session = readFileSync(path, 'utf8');
      const now = await replay(session, tool, folder);
      if (process.env.UPDATE_GOLDEN === '1') writeFileSync(path, now);
      expect(readFileSync(path, 'utf8')).toBe(now);
      expect(now).toContain('$ ringfence');
    },
    patience,
  );
});
