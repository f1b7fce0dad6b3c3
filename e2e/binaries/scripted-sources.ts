// Sources of binaries for tests: they reach nothing but a folder of their own, in which small scripts stand for programs.
// Must not know which binaries there are.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheHome } from './binary-cache.ts';
import type { BinarySources } from './find-binaries.ts';

/** The sources of one test. */
export class ScriptedSources {
  /** For what the test lays down; `bin` in it is on the PATH. */
  readonly folder = mkdtempSync(join(tmpdir(), 'ringfence-sources-'));
  readonly #always: NodeJS.ProcessEnv;
  #written = '';

  /** @param always variables of all of them, such as those that turn a download off */
  constructor(always: NodeJS.ProcessEnv) {
    this.#always = always;
  }

  /** What was written to the terminal. */
  get written(): string {
    return this.#written;
  }

  /** Sources that reach nothing but what `env` adds. */
  with(env: NodeJS.ProcessEnv = {}): BinarySources {
    return {
      env: {
        PATH: `${join(this.folder, 'bin')}:/usr/bin:/bin`,
        XDG_CACHE_HOME: join(this.folder, 'cache'),
        ...this.#always,
        ...env,
      },
      terminal: {
        write: (text) => {
          this.#written += text;
        },
      },
    };
  }

  /** The folder in the cache of a version of a set. */
  cache(set: string, version: string): string {
    return join(cacheHome({ XDG_CACHE_HOME: join(this.folder, 'cache') }, set), version);
  }

  /** Removes the folder. */
  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** Writes a program of some lines of shell, and the folder around it. */
export function writeScript(path: string, ...lines: string[]): void {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, ['#!/bin/sh', ...lines, ''].join('\n'));
  chmodSync(path, 0o755);
}
