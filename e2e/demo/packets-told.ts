// What the chapters of the story add where pods run: who reads the database, who no longer can, and that an allowed way is never cut.
// A story without a node leaves all of it out.
import type { Cluster } from '../cluster.ts';
import type { PodKey } from '../node/node.ts';
import type { AgentPod } from '../node/pods.ts';
import { expectThat } from './claims.ts';
import type { Narrator } from './narrator.ts';
import { readWords, type Traffic } from './traffic.ts';

const [mongo, web, reports] = ['shop/mongo', 'shop/web-console', 'shop-reports/reports'] as const;
const [prometheus, stranger] = ['monitoring/prometheus', 'default/stranger'] as const;

/** What the samples know a pod by. */
const labelled = (name: string) => ({ 'app.kubernetes.io/name': name });

const metricsPort = 9216;

/** It listens on the port that it moves to, too. */
const pods: readonly AgentPod[] = [
  {
    key: mongo,
    labels: labelled('mongo'),
    says: 'order 1001: three umbrellas for Ada Lovelace, card 4000 0012 3456 7899',
    listen: ['tcp:27017', 'tcp:27018', `tcp:${metricsPort}`],
    portNames: { mongodb: { port: 27017 }, metrics: { port: metricsPort } },
  },
  { key: web, labels: labelled('web-console') },
  { key: prometheus, labels: labelled('prometheus') },
  { key: stranger },
];

/** The parts of the story that need pods, in its order. */
export class PacketsTold {
  readonly #cluster: Cluster;
  readonly #traffic: Traffic;
  readonly #narrator: Narrator;
  #mongoAddress = '';

  constructor(cluster: Cluster, traffic: Traffic, narrator: Narrator) {
    this.#cluster = cluster;
    this.#traffic = traffic;
    this.#narrator = narrator;
  }

  async strangerReads(): Promise<void> {
    await this.#cluster.createNamespace('monitoring');
    this.#narrator.command('kubectl apply -f pods.yaml', 'four pods');
    const running = await this.#traffic.start(pods);
    this.#narrator.table(
      ['NAMESPACE', 'POD', 'ADDRESS'],
      [...running].map(([key, { addresses }]) => [...key.split('/'), addresses.join(', ')]),
    );
    this.#mongoAddress = running.get(mongo)?.addresses[0] ?? '';
    this.#narrator.say(
      'The pod mongo stands for a database: it answers everybody with an order. The stranger has nothing to do with the shop.',
    );
    await this.#read(stranger, this.#mongo, true);
    await this.#traffic.keepTrying(prometheus, this.#mongoAddress, metricsPort);
    this.#narrator.say(
      'The stranger has read the database with one command. From now on, Prometheus connects to the metrics port of mongo every 50 ms. The platform profile will allow that, so none of its connections may fail.',
    );
  }

  async strangerIsShutOut(): Promise<void> {
    this.#narrator.say('The stranger tries again:');
    await this.#read(stranger, this.#mongo, false);
    await this.#traffic.read(readWords(web, this.#mongo), false);
    this.#narrator.say(
      'kube-router refuses what is denied; where another network plugin drops it, the command ends with a timeout. The web-console of the shop is denied too: no route lets it in yet.',
    );
    await this.#prometheusIsNeverCut('through the whole switch');
  }

  async routeLetsIn(): Promise<void> {
    await this.#read(web, 'mongo:27017', true);
    await this.#read(stranger, this.#mongo, false);
    this.#narrator.say("The web-console reads the database by its Service. The stranger still can't.");
  }

  async readsByNewPort(): Promise<void> {
    await this.#read(web, 'mongo:27017', true);
    this.#narrator.say('The web-console reads the Service as before.');
  }

  async onlyTheWayOut(): Promise<void> {
    this.#narrator.command('kubectl apply -f reports-pod.yaml', 'the pod reports in shop-reports');
    await this.#traffic.start([{ key: reports, labels: { app: 'reports' } }]);
    await this.#read(reports, 'mongo.shop:27017', true);
    await this.#read(reports, `${this.#mongoAddress}:${metricsPort}`, false);
    this.#narrator.say(
      'The pod reports finds the database by its name and reads it. It reaches no other port.',
    );
  }

  async strangerReadsAgain(): Promise<void> {
    await this.#read(stranger, this.#mongo, true);
    await this.#prometheusIsNeverCut('from the first chapter to this one');
  }

  /** Commands for somebody who goes on by hand. */
  get toTry(): readonly string[] {
    return [stranger, web].map((from) => `kubectl ${readWords(from, this.#mongo).join(' ')}`);
  }

  get #mongo(): string {
    return `${this.#mongoAddress}:27017`;
  }

  async #read(from: PodKey, server: string, canRead: boolean): Promise<void> {
    const words = readWords(from, server);
    this.#narrator.command(`kubectl ${words.join(' ')}`);
    this.#narrator.output(await this.#traffic.read(words, canRead));
  }

  async #prometheusIsNeverCut(when: string): Promise<void> {
    const { tried, failed } = await this.#traffic.soFar();
    this.#narrator.say(
      `Prometheus has connected to mongo every 50 ms ${when}: ${tried} connections were tried, and ${failed} failed.`,
    );
    expectThat(tried > 0 && failed === 0, 'an allowed connection is never cut');
  }
}
