// Where everything is measured: two control planes with the same namespaces, one with the operator and one with a process that
// sends raw requests. Decides which namespaces there are, and waits until the operator is at rest.
// Must not know what is measured on it.
import { poll } from '../../e2e/control-plane/poll.ts';
import { Arena, ringOfFour } from '../arena.ts';
import type { ContenderProcess } from '../contender-process.ts';
import { rawRequests } from '../contenders.ts';
import type { ListAnswer, Order, Write } from '../raw-requests.ts';
import { numbered, readRing } from '../ring.ts';
import { createNamespaces } from '../sized-cluster.ts';
import type { PolicyFamily } from '../witness.ts';
import { RunningOperator } from './running-operator.ts';
import { WrittenPolicies } from './written-policies.ts';

/** How large a cluster is. */
export interface Size {
  readonly namespaces: number;
  /** The routes of each of them. */
  readonly routes: number;
}

/** Each part of a scenario ends within this time, or the benchmark gives up. */
export const timeoutMs = 1_800_000;

/** The family of the namespaces that are the bulk. */
export const family = 'sized';
/** The labels of some namespaces of the bulk, the first ones. */
export const someLabels = { 'ringfence-bench-some': 'yes' } as const;
const mostSome = 1_000;
/** The namespace whose routes are mirrored into others. */
export const mirroring = 'hub';
/** A namespace with this label is enforced from its creation, whatever the platform profile says of the others. */
const early = { 'ringfence-bench-early': 'yes' } as const;
const editedNamespaces = 20;
const warmNamespaces = 100;
const inFlight = 32;

const platform = {
  ...ringOfFour,
  enforcement: 'DryRun',
  mirrorFrom: { selector: { matchLabels: { 'kubernetes.io/metadata.name': mirroring } } },
  rules: [{ name: 'early', namespaces: { selector: { matchLabels: early } }, enforcement: 'Enforce' }],
};

/** The stage of one size. */
export class Stage {
  readonly size: Size;
  /** The operator's control plane. */
  readonly ours: Arena;
  /** That of the raw requests. */
  readonly raw: Arena;
  readonly writer: ContenderProcess;
  readonly #written: WrittenPolicies;
  #operatorStack = new AsyncDisposableStack();
  #operator: RunningOperator | undefined;
  #ring: readonly string[] = [];
  #number = 0;

  private constructor(
    size: Size,
    stack: AsyncDisposableStack,
    { ours, raw, written }: { ours: Arena; raw: Arena; written: WrittenPolicies },
  ) {
    this.size = size;
    this.ours = ours;
    this.raw = raw;
    this.#written = written;
    this.writer = raw.start(stack, rawRequests(raw));
    stack.defer(() => this.stopOperator());
  }

  /** Starts the control planes, creates the namespaces, and starts the operator, which only computes: a dry run. */
  static async open(stack: AsyncDisposableStack, size: Size): Promise<Stage> {
    const [ours, raw] = await Promise.all([Arena.open(stack, platform), Arena.open(stack, platform)]);
    const ending = new AbortController();
    stack.defer(() => ending.abort());
    const written = await WrittenPolicies.in(`${family}-1`, ours.client, ending.signal);
    const stage = new Stage(size, stack, { ours, raw, written });
    await stage.#fill();
    await stage.startOperator();
    await stage.atRest();
    await stage.#warmUp();
    return stage;
  }

  /** The operator that runs now. */
  get operator(): RunningOperator {
    if (this.#operator === undefined) throw new Error('no operator runs');
    return this.#operator;
  }

  /** The namespaces that are the bulk. */
  get namespaces(): readonly string[] {
    return Array.from({ length: this.size.namespaces }, (_, index) => `${family}-${index + 1}`);
  }

  /** The first of them, at most 1,000. */
  get someNamespaces(): readonly string[] {
    return this.namespaces.slice(0, mostSome);
  }

  /** The policies that each of them has when it is enforced. */
  get namesOfBulk(): readonly string[] {
    return this.ours.witness.policiesOf('model-0').map(({ name }) => name);
  }

  /** The names of the policies of a namespace without a profile. */
  get ring(): readonly string[] {
    return this.#ring;
  }

  /** Namespaces that are enforced from the beginning and have a profile with one route, and the policies of that route. */
  get edited(): readonly Required<PolicyFamily>[] {
    return numbered('edited', editedNamespaces).map((name) => {
      const policies = this.ours.witness.policiesOf(name).map((policy) => policy.name);
      return { family: name, names: policies.filter((policy) => !this.#ring.includes(policy)) };
    });
  }

  /** Another one each time, for names and ports that are used once. */
  nextNumber(): number {
    this.#number += 1;
    return this.#number;
  }

  /** What was written in one namespace of the bulk since this was last asked: the same as in every other one. */
  takeWrites(): readonly Write[] {
    return this.#written.take();
  }

  async startOperator(): Promise<RunningOperator> {
    this.#operator = await RunningOperator.start(this.#operatorStack, this.ours);
    return this.#operator;
  }

  async stopOperator(): Promise<void> {
    this.#operator = undefined;
    await this.#operatorStack.disposeAsync();
    this.#operatorStack = new AsyncDisposableStack();
  }

  /** Waits until the operator has reported that everything is written, and computes nothing. @param reason of the condition Ready */
  async atRest(reason?: string): Promise<void> {
    const ready = this.ours.cluster.platformCondition('Ready', 'True', reason, timeoutMs);
    await Promise.race([ready, this.operator.process.failed()]);
    await poll(() => this.operator.isIdle(), {
      timeoutMs,
      everyMs: 0,
      expired: () => new Error('the operator does not come to rest'),
    });
  }

  /** Creates a namespace that the operator encloses at once. */
  async createEarly(name: string): Promise<void> {
    await this.ours.createNamespace(name, early);
  }

  /** Edits the only route of a profile. @param port a new one */
  async edit(namespace: string, port: number): Promise<void> {
    await this.ours.cluster.patchProfile(namespace, 'edited', { spec: { routes: [editedRoute(port)] } });
  }

  /** Creates a profile in each of the namespaces. */
  async createProfiles(
    namespaces: readonly string[],
    name: string,
    routes: readonly object[],
  ): Promise<void> {
    const { cluster } = this.ours;
    await inParallel(namespaces, (namespace) => cluster.createProfile(namespace, name, { routes }));
  }

  /** How many milliseconds the raw writer takes to read all policies by a watch-list. */
  async listRaw(): Promise<number> {
    const { ms }: ListAnswer = JSON.parse(await this.writer.ask(JSON.stringify({ list: true })));
    return ms;
  }

  /** Sends raw writes in namespaces; somebody else waits for them. */
  tellWriter(writes: readonly Write[], namespaces: readonly string[]): void {
    this.#tell({ namespaces, create: false, writes });
  }

  async #fill(): Promise<void> {
    const { namespaces, routes } = this.size;
    const some = this.someNamespaces.length;
    for (const arena of [this.ours, this.raw]) {
      await createNamespaces(arena, 0, some, someLabels);
      await createNamespaces(arena, some, namespaces);
    }
    const edited = numbered('edited', editedNamespaces);
    await inParallel(['plain-0', 'model-0', ...edited], (name) => this.createEarly(name));
    await this.createProfiles(edited, 'edited', [editedRoute(8080)]);
    if (routes > 0) await this.createProfiles(['model-0', ...this.namespaces], 'app', routesOf(routes));
  }

  /** Connections are opened and code is compiled: that is not measured. Here it also shows what a ring is. */
  async #warmUp(): Promise<void> {
    const ring = await readRing(this.ours.client, 'plain-0');
    this.#ring = ring.map(({ metadata }) => metadata.name);
    const names = numbered('warm', warmNamespaces);
    this.#tell({
      namespaces: names,
      create: true,
      writes: ring.map((policy) => ({ method: 'POST', policy })),
    });
    await inParallel(names, (name) => this.createEarly(name));
    await Promise.all(
      [this.ours, this.raw].map(({ witness }) => witness.allOf('warm', warmNamespaces * ring.length)),
    );
  }

  #tell(order: Order): void {
    this.writer.tell(JSON.stringify(order));
  }
}

function editedRoute(port: number): object {
  return { name: 'web-to-mongo', from: { app: 'web' }, to: { app: 'mongo' }, ports: [port] };
}

/** Routes of a namespace within itself and to the outside, which are written the same in each. */
function routesOf(count: number): readonly object[] {
  const kinds = [
    (name: string, port: number) => ({
      name,
      from: { app: 'web' },
      to: { app: `db-${name}` },
      ports: [port],
    }),
    (name: string, port: number) => ({
      name,
      from: { app: `job-${name}` },
      to: { app: 'api' },
      ports: [port],
    }),
    (name: string) => ({
      ...{ name, from: { pods: { matchLabels: { tier: 'batch' } } } },
      ...{ to: { app: `api-${name}` }, ports: ['http', '8000-8100'] },
    }),
    (name: string) => ({
      name,
      from: { app: 'web' },
      to: { cidr: { cidr: '203.0.113.0/24' } },
      ports: [443],
    }),
    (name: string, port: number) => ({
      ...{ name, from: { cidr: { cidr: '198.51.100.0/24' } }, to: { app: 'web' }, ports: [port] },
    }),
  ];
  return Array.from(
    { length: count },
    (_, index) => kinds[index % kinds.length]?.(`route-${index}`, 7000 + index) ?? {},
  );
}

async function inParallel(names: readonly string[], act: (name: string) => Promise<unknown>): Promise<void> {
  const rest = names.values();
  const work = async () => {
    for (const name of rest) await act(name);
  };
  await Promise.all(Array.from({ length: inFlight }, work));
}
