// What a person starts by hand, and what stays up until the person stops it: one of each kind, such as a control plane.
// A state file in the cache remembers it from one command to the next. The file is trusted only as far as the processes
// that it names still live: after a crash or a reboot, what is left is cleaned up.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type * as z from 'zod';
import { cacheHome } from '../binaries/binary-cache.ts';
import { belongsTo, endProcess } from './leftovers.ts';

/** What every kind remembers. */
interface Remembered {
  readonly directory: string;
  readonly supervisorPid: number;
}

/** A start that went well. */
export interface Started<State> {
  readonly state: State;
  /** Leaves it running when this process ends. */
  readonly letGo: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface Kind<State extends Remembered, Options> {
  /** The folder of the state file in `~/.cache/ringfence`, which is named after it. */
  readonly name: string;
  readonly schema: z.ZodType<State>;
  readonly start: (env: NodeJS.ProcessEnv, options: Options) => Promise<Started<State>>;
  /** Ends what a vanished supervisor left behind. */
  readonly endLeftovers: (state: State) => Promise<void>;
}

export class Persistence<State extends Remembered, Options> {
  readonly #kind: Kind<State, Options>;

  constructor(kind: Kind<State, Options>) {
    this.#kind = kind;
  }

  /** The one that is up, or undefined. */
  async current(env: NodeJS.ProcessEnv): Promise<State | undefined> {
    const state = await this.#remembered(env);
    const isUp = state !== undefined && (await belongsTo(state.directory, state.supervisorPid));
    return isUp ? state : undefined;
  }

  /**
   * Starts one that outlives this process, unless one is up.
   * @returns the one that is up now, and whether this call `started` it
   */
  async up(env: NodeJS.ProcessEnv, options: Options): Promise<{ running: State; started: boolean }> {
    const present = await this.current(env);
    if (present !== undefined) return { running: present, started: false };
    const stale = await this.#remembered(env);
    if (stale !== undefined) await this.#cleanUp(stale, env);
    const { state, letGo, stop } = await this.#kind.start(env, options);
    try {
      await this.#remember(state, env);
    } catch (error) {
      await stop();
      // Another `up`, at the same time, was quicker.
      const other = await this.current(env);
      if (other === undefined) throw error;
      return { running: other, started: false };
    }
    await letGo();
    return { running: state, started: true };
  }

  /**
   * Stops the one that is up, and returns when its processes are gone and its directory is deleted.
   * @returns whether there was one
   */
  async down(env: NodeJS.ProcessEnv): Promise<boolean> {
    const state = await this.#remembered(env);
    if (state === undefined) return false;
    const wasUp = (await this.current(env)) !== undefined;
    await endProcess(state.directory, state.supervisorPid, 'SIGTERM');
    await this.#cleanUp(state, env);
    return wasUp;
  }

  #file(env: NodeJS.ProcessEnv): string {
    return join(cacheHome(env, this.#kind.name), `${this.#kind.name}.json`);
  }

  /** What the state file says, or undefined; a file that cannot be understood is removed. */
  async #remembered(env: NodeJS.ProcessEnv): Promise<State | undefined> {
    const text = await readFile(this.#file(env), 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    try {
      return this.#kind.schema.parse(JSON.parse(text));
    } catch {
      await rm(this.#file(env), { force: true });
      return undefined;
    }
  }

  /** Writes the state file. @throws if there is one already */
  async #remember(state: State, env: NodeJS.ProcessEnv): Promise<void> {
    await mkdir(dirname(this.#file(env)), { recursive: true });
    await writeFile(this.#file(env), JSON.stringify(state, null, 2), { mode: 0o600, flag: 'wx' });
  }

  /** Ends what a vanished supervisor left behind, and forgets it. */
  async #cleanUp(state: State, env: NodeJS.ProcessEnv): Promise<void> {
    await this.#kind.endLeftovers(state);
    await rm(this.#file(env), { force: true });
  }
}
