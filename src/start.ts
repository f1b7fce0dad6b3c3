#!/usr/bin/env node
// What `ringfence` starts: the bundle, with the code that V8 made of it the last time; parsing it anew takes longer than
// most verbs. Must not know what is started, and must do without a cache.
import nodeModule from 'node:module';
import { isAbsolute, join } from 'node:path';

/**
 * Where a person's caches are, by the XDG Base Directory Specification. Node's own choice is a folder that everybody may write
 * to, and what is in a cache is run.
 */
function cacheFolder({ XDG_CACHE_HOME = '', HOME = '' }: NodeJS.ProcessEnv): string | undefined {
  if (isAbsolute(XDG_CACHE_HOME)) return join(XDG_CACHE_HOME, 'ringfence');
  return isAbsolute(HOME) ? join(HOME, '.cache', 'ringfence') : undefined;
}

const folder = cacheFolder(process.env);
// The operator starts once, and would hold the cache in memory. Where nothing can be written, there is none.
if (folder !== undefined && process.argv[2] !== 'operator') nodeModule.enableCompileCache(folder);
await import('./main.ts');
