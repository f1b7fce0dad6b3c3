// A reverse proxy on loopback between the operator and the API server, which injects the faults of a test.
// It knows HTTP and nothing of Kubernetes. It shows the API server's own certificate, so that TLS works as usual; a
// client certificate does not pass through, so a user logs in with a token.
import { readFile, writeFile } from 'node:fs/promises';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Agent, createServer, request, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { filesIn } from '../control-plane/components.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { WatchLines } from './watch-lines.ts';

/** What the proxy does instead of forwarding a request, or its answer. */
export type Act =
  /** Answers by itself; the API server receives nothing. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: OutgoingHttpHeaders;
      readonly body?: string;
    }
  /** Resets the connection; the API server receives nothing. */
  | { readonly kind: 'reset' }
  /** Resets the connection instead of forwarding the API server's answer: a write has happened. */
  | { readonly kind: 'swallow' }
  /** Forwards this many bytes of the answer, and then ends it as if it were complete. */
  | { readonly kind: 'truncate'; readonly bytes: number }
  /** Forwards this many bytes of the answer, and then resets the connection. */
  | { readonly kind: 'tear'; readonly bytes: number }
  /** Forwards the request after a delay. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Never answers; the API server receives nothing. */
  | { readonly kind: 'hang' }
  /** Does something when the API server has answered, so that a write has happened, and forwards the answer after that. */
  | { readonly kind: 'interrupt'; readonly run: () => Promise<void> }
  /** Forwards one byte of the answer from time to time. */
  | { readonly kind: 'drip'; readonly everyMs: number };

/** Which requests are hit, and what happens to them. The first injected fault wins. */
export interface Fault {
  readonly method?: string | readonly string[];
  /** Compared with the path including its query. */
  readonly path?: RegExp;
  /** This many requests pass before the first one is hit. */
  readonly after?: number;
  /** After this many requests the fault is over; if absent, never. */
  readonly times?: number;
  readonly act: Act;
}

/** An active fault. */
export interface Injected {
  /** How many requests it has hit. */
  readonly hits: number;
  end(): void;
}

/** A received request. */
export interface Seen {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** `performance.now()`. */
  readonly at: number;
  /** The body; empty until it was read. */
  body: string;
}

/** A request that is being answered. */
interface OpenRequest {
  readonly seen: Seen;
  readonly reset: () => void;
  /** Nothing passes any more. */
  dead: boolean;
}

/** A running proxy. */
export class FaultProxy implements AsyncDisposable {
  /** Every request so far, including those that a fault hit. */
  readonly seen: Seen[] = [];
  /** How the events of watches pass. */
  readonly watches = new WatchLines();
  readonly #controlPlane: ControlPlane;
  readonly #server: Server;
  readonly #ca: string;
  readonly #upstream: Agent;
  /** By remote port: TLS hides the socket that can be reset. */
  readonly #sockets = new Map<number, Socket>();
  readonly #open = new Set<OpenRequest>();
  readonly #faults: { readonly fault: Fault; passed: number; hits: number }[] = [];

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
    server.on('request', (incoming, answer) => {
      // The client may be gone before everything was sent.
      this.#serve(incoming, answer).catch(() => answer.destroy());
    });
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

  /** From now on, this fault hits requests, until it is over. */
  inject(fault: Fault): Injected {
    const entry = { fault, passed: 0, hits: 0 };
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

  /** Ends every active fault. */
  endFaults(): void {
    this.#faults.length = 0;
  }

  /** Resets every connection with a current request to such a path. */
  cut(path: RegExp): void {
    for (const { seen, reset } of this.#open) if (path.test(seen.path)) reset();
  }

  /**
   * Forwards nothing more on open requests to such a path, and leaves their connections open: like
   * a firewall that has dropped them.
   */
  deaden(path: RegExp): void {
    for (const open of this.#open) if (path.test(open.seen.path)) open.dead = true;
  }

  /** How long the youngest request to such a path has been running, in milliseconds; 0 if there is none. */
  openFor(path: RegExp): number {
    const ages = [...this.#open].filter(({ seen }) => path.test(seen.path)).map(({ seen }) => seen.at);
    return ages.length === 0 ? 0 : performance.now() - Math.max(...ages);
  }

  /** The paths without their queries of the running requests to such a path, each once. */
  openTo(path: RegExp): ReadonlySet<string> {
    const open = [...this.#open].map(({ seen }) => seen.path).filter((each) => path.test(each));
    return new Set(open.map((each) => each.replace(/\?.*/, '')));
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
    const open: OpenRequest = { seen: { method, path, at: performance.now(), body: '' }, reset, dead: false };
    this.#remember(open, answer);
    const body = await buffer(incoming);
    open.seen.body = String(body);
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
    this.#forward(incoming, body, answer, (upstream) => this.#giveBack(act, open, upstream, answer));
  }

  /** Forwards the API server's answer, or a part of it. */
  async #giveBack(
    act: Act | undefined,
    open: OpenRequest,
    upstream: IncomingMessage,
    answer: ServerResponse,
  ): Promise<void> {
    if (act?.kind === 'swallow') {
      open.reset();
      return;
    }
    if (act?.kind === 'interrupt') await act.run();
    const { 'content-length': length, ...headers } = upstream.headers;
    // An answer that is cut short although it has a length leaves its connection waiting.
    answer.writeHead(upstream.statusCode ?? 502, act?.kind === 'truncate' ? headers : upstream.headers);
    // A quiet watch has no body for a minute.
    answer.flushHeaders();
    switch (act?.kind) {
      case 'truncate':
        return giveSome(upstream, answer, act.bytes, () => answer.end());
      case 'tear':
        return giveSome(upstream, answer, act.bytes, open.reset);
      case 'drip':
        return drip(upstream, answer, act.everyMs);
    }
    const { path } = open.seen;
    if (upstream.statusCode === 200 && /[?&]watch=true/.test(path))
      this.watches.pass(path, upstream, answer, () => open.dead);
    else upstream.pipe(answer);
  }

  #remember(open: OpenRequest, answer: ServerResponse): void {
    this.seen.push(open.seen);
    this.#open.add(open);
    answer.once('close', () => this.#open.delete(open));
  }

  #actOn(method: string, path: string): Act | undefined {
    const entry = this.#faults.find(
      ({ fault, hits }) =>
        hits < (fault.times ?? Number.POSITIVE_INFINITY) &&
        [fault.method ?? method].flat().includes(method) &&
        (fault.path?.test(path) ?? true),
    );
    if (entry === undefined) return undefined;
    entry.passed += 1;
    if (entry.passed <= (entry.fault.after ?? 0)) return undefined;
    entry.hits += 1;
    return entry.fault.act;
  }

  #forward(
    incoming: IncomingMessage,
    body: Buffer,
    answer: ServerResponse,
    onAnswer: (upstream: IncomingMessage) => Promise<void>,
  ): void {
    const outgoing = request(
      this.#controlPlane.url + incoming.url,
      { method: incoming.method, headers: incoming.headers, agent: this.#upstream, ca: this.#ca },
      (upstream) => {
        upstream.on('error', () => answer.destroy());
        void onAnswer(upstream);
      },
    );
    outgoing.on('error', () => answer.destroy());
    answer.on('close', () => outgoing.destroy());
    outgoing.end(body);
  }
}

/** Forwards a byte from time to time, as long as somebody reads them. */
async function drip(upstream: IncomingMessage, answer: ServerResponse, everyMs: number): Promise<void> {
  for await (const chunk of upstream) {
    for (const byte of chunk as Buffer) {
      if (answer.destroyed) return;
      answer.write(Buffer.of(byte));
      await sleep(everyMs);
    }
  }
  answer.end();
}

/** Forwards this many bytes, and then calls `end`. */
function giveSome(upstream: IncomingMessage, answer: ServerResponse, bytes: number, end: () => void): void {
  let left = bytes;
  if (left === 0) end();
  upstream.on('data', (chunk: Buffer) => {
    if (left <= 0) return;
    const piece = chunk.subarray(0, left);
    left -= piece.length;
    // The written bytes have to be sent before the end.
    answer.write(piece, () => {
      if (left === 0) end();
    });
  });
  upstream.on('end', () => answer.end());
}
