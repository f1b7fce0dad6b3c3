#!/usr/bin/env node
// What `ringfence` starts: the bundle, with V8 set up for a long-running operator or for a verb that ends soon. A verb reuses
// the code that V8 compiled the last time; parsing it anew takes longer than most verbs. Must not know what a verb does, and
// must work without a cache.
import nodeModule from 'node:module';
import { isAbsolute, join } from 'node:path';
import v8 from 'node:v8';

/**
 * The cache folder of the user, by the XDG Base Directory Specification. Node's default is a folder to which everybody may
 * write, and the content of a cache is executed.
 */
function cacheFolder({ XDG_CACHE_HOME = '', HOME = '' }: NodeJS.ProcessEnv): string | undefined {
  if (isAbsolute(XDG_CACHE_HOME)) return join(XDG_CACHE_HOME, 'ringfence');
  return isAbsolute(HOME) ? join(HOME, '.cache', 'ringfence') : undefined;
}

const folder = cacheFolder(process.env);
// The operator runs for months and mostly waits: without optimized code it needs less memory (ADR 22).
if (process.argv[2] === 'operator')
  for (const flag of ['--no-opt', '--no-maglev']) v8.setFlagsFromString(flag);
// The operator starts once, and would hold the cache in memory. If no folder is writable, there is no cache.
else if (folder !== undefined) nodeModule.enableCompileCache(folder);
await import('./main.ts');
