// A reverse proxy on loopback between the operator and the API server, which misbehaves as a test tells it to.
// It knows HTTP and nothing of Kubernetes. It shows the API server's own certificate, so that TLS works as usual; a
// client certificate does not pass through, so that a user logs in with a token.
import { readFile, writeFile } from 'node:fs/promises';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Agent, createServer, request, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { filesIn } from './control-plane/components.ts';
import type { ControlPlane } from './control-plane/control-plane.ts';

/** What the proxy does instead of passing a request on, or its answer back. */
export type Act =
  /** Answers by itself; the API server hears nothing. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: OutgoingHttpHeaders;
      readonly body?: string;
    }
  /** Resets the connection; the API server hears nothing. */
  | { readonly kind: 'reset' }
  /** Resets the connection instead of giving the API server's answer: a write has happened. */
  | { readonly kind: 'swallow' }
  /** Gives so many bytes of the answer, and then ends it as if it were whole. */
  | { readonly kind: 'truncate'; readonly bytes: number }
  /** Gives so many bytes of the answer, and then resets the connection. */
  | { readonly kind: 'tear'; readonly bytes: number }
  /** Gives no answer; the API server hears nothing. */
  | { readonly kind: 'hang' }
  /** Gives the answer byte by byte, with a pause between two. */
  | { readonly kind: 'drip'; readonly everyMs: number }
  /** Passes the request on after a while. */
  | { readonly kind: 'delay'; readonly ms: number };

/** Which requests are hit, and what happens to them. The fault that was injected first wins. */
export interface Fault {
  readonly method?: string;
  /** Matched against the path with its query. */
  readonly path?: RegExp;
  /** After so many requests the fault is over; for ever when absent. */
  readonly times?: number;
  readonly act: Act;
}

/** A fault in force. */
export interface Injected {
  /** How many requests it has hit. */
  readonly hits: number;
  end(): void;
}

/** A request that came in. */
export interface Seen {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** `performance.now()`. */
  readonly at: number;
}

/** A running proxy. */
export class FaultProxy implements AsyncDisposable {
  /** Every request so far, also those that were hit by a fault. */
  readonly seen: Seen[] = [];
  readonly #controlPlane: ControlPlane;
  readonly #server: Server;
  readonly #ca: string;
  readonly #upstream: Agent;
  /** By remote port: TLS hides the socket that can be reset. */
  readonly #sockets = new Map<number, Socket>();
  readonly #open = new Set<{ readonly seen: Seen; readonly reset: () => void }>();
  readonly #faults: { readonly fault: Fault; hits: number }[] = [];

  private constructor(controlPlane: ControlPlane, server: Server, ca: string) {
    this.#controlPlane = controlPlane;
    this.#server = server;
    this.#ca = ca;
    this.#upstream = new Agent({ ca, keepAlive: true });
    server.on('connection', (socket: Socket) => {
      const { remotePort = 0 } = socket;
      this.#sockets.set(remotePort, socket);
      socket.once('close', () => this.#sockets.delete(remotePort));
    });
    server.on('request', (incoming, answer) => void this.#serve(incoming, answer));
  }

  /** Starts one in front of a control plane. */
  static async start(controlPlane: ControlPlane): Promise<FaultProxy> {
    const files = filesIn(controlPlane.directory);
    const [ca, cert, key] = await Promise.all(
      [files.ca, files.servingCertificate, files.servingKey].map((file) => readFile(file, 'utf8')),
    );
    const server = createServer({ cert, key });
    const proxy = new FaultProxy(controlPlane, server, ca ?? '');
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `https://127.0.0.1:${this.#port}`;
  }

  /**
   * A copy of a kubeconfig that leads to the proxy.
   *
   * @param path of a kubeconfig that logs in with a token
   * @returns the path of the copy
   */
  async kubeconfig(path: string): Promise<string> {
    const config = parse(await readFile(path, 'utf8'));
    for (const { cluster } of config.clusters) cluster.server = this.url;
    const copy = join(this.#controlPlane.directory, `proxy-${this.#port}.kubeconfig`);
    await writeFile(copy, stringify(config), { mode: 0o600 });
    return copy;
  }

  /** From now on, requests are hit by this fault, until it is over. */
  inject(fault: Fault): Injected {
    const entry = { fault, hits: 0 };
    this.#faults.push(entry);
    return {
      get hits() {
        return entry.hits;
      },
      end: () => {
        const index = this.#faults.indexOf(entry);
        if (index >= 0) this.#faults.splice(index, 1);
      },
    };
  }

  /** Resets every connection that carries a request with such a path now. */
  cut(path: RegExp): void {
    for (const { seen, reset } of this.#open) if (path.test(seen.path)) reset();
  }

  /** For how long the youngest request with such a path is being answered, in milliseconds; 0 where there is none. */
  openFor(path: RegExp): number {
    const ages = [...this.#open].filter(({ seen }) => path.test(seen.path)).map(({ seen }) => seen.at);
    return ages.length === 0 ? 0 : performance.now() - Math.max(...ages);
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
    this.#upstream.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  get #port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async #serve(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const { method = '', url: path = '' } = incoming;
    const { remotePort = 0 } = incoming.socket;
    const reset = () => this.#sockets.get(remotePort)?.resetAndDestroy();
    this.#remember({ seen: { method, path, at: performance.now() }, reset }, answer);
    const act = this.#actOn(method, path);
    switch (act?.kind) {
      case 'answer':
        answer.writeHead(act.status, act.headers).end(act.body);
        return;
      case 'reset':
        reset();
        return;
      case 'hang':
        return;
      case 'delay':
        await sleep(act.ms);
    }
    this.#forward(incoming, answer, (upstream) => {
      if (act?.kind === 'swallow') {
        reset();
        return;
      }
      const { 'content-length': length, ...headers } = upstream.headers;
      // An answer that is cut short and says how long it was leaves its connection waiting.
      answer.writeHead(upstream.statusCode ?? 502, act?.kind === 'truncate' ? headers : upstream.headers);
      // A quiet watch has no body for a minute.
      answer.flushHeaders();
      if (act?.kind === 'truncate') giveSome(upstream, answer, act.bytes, () => answer.end());
      else if (act?.kind === 'tear') giveSome(upstream, answer, act.bytes, reset);
      else if (act?.kind === 'drip') void drip(upstream, answer, act.everyMs);
      else upstream.pipe(answer);
    });
  }

  #remember(open: { readonly seen: Seen; readonly reset: () => void }, answer: ServerResponse): void {
    this.seen.push(open.seen);
    this.#open.add(open);
    answer.once('close', () => this.#open.delete(open));
  }

  #actOn(method: string, path: string): Act | undefined {
    const entry = this.#faults.find(
      ({ fault, hits }) =>
        hits < (fault.times ?? Number.POSITIVE_INFINITY) &&
        (fault.method ?? method) === method &&
        (fault.path?.test(path) ?? true),
    );
    if (entry === undefined) return undefined;
    entry.hits += 1;
    return entry.fault.act;
  }

  #forward(
    incoming: IncomingMessage,
    answer: ServerResponse,
    onAnswer: (upstream: IncomingMessage) => void,
  ): void {
    const outgoing = request(
      this.#controlPlane.url + incoming.url,
      { method: incoming.method, headers: incoming.headers, agent: this.#upstream, ca: this.#ca },
      (upstream) => {
        upstream.on('error', () => answer.destroy());
        onAnswer(upstream);
      },
    );
    outgoing.on('error', () => answer.destroy());
    answer.on('close', () => outgoing.destroy());
    incoming.pipe(outgoing);
  }
}

/** Passes on one byte at a time, until nobody reads it. */
async function drip(upstream: IncomingMessage, answer: ServerResponse, everyMs: number): Promise<void> {
  for (const byte of await buffer(upstream)) {
    if (answer.destroyed) return;
    answer.write(Buffer.of(byte));
    await sleep(everyMs);
  }
  answer.end();
}

/** Passes on so many bytes, and calls `end` when they are given. */
function giveSome(upstream: IncomingMessage, answer: ServerResponse, bytes: number, end: () => void): void {
  let left = bytes;
  if (left === 0) end();
  upstream.on('data', (chunk: Buffer) => {
    if (left <= 0) return;
    const piece = chunk.subarray(0, left);
    left -= piece.length;
    // What was written has to be out before the end.
    answer.write(piece, () => {
      if (left === 0) end();
    });
  });
  upstream.on('end', () => answer.end());
}
