// Creates the families of metrics in one registry. A counter that was never incremented is zero, not absent: otherwise an alert
// could not see the first failure as a change. Must not know what is measured.
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** The values of labels, by name. */
export type MetricLabels = Readonly<Record<string, string>>;

/** One number of a family. */
export interface Reading {
  readonly labels: MetricLabels;
  readonly value: number;
}

/** Makes metrics in a registry, each with its name and its meaning, for people. */
export class MetricFamilies {
  readonly #registry: Registry;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** Numbers that are read at each scrape. */
  gauge(name: string, help: string, labelNames: readonly string[], read: () => Iterable<Reading>): void {
    new Gauge({
      name,
      help,
      labelNames,
      registers: [this.#registry],
      collect() {
        this.reset();
        for (const { labels, value } of read()) this.set(labels, value);
      },
    });
  }

  /** One number that is read at each scrape, always with the same labels. */
  reading(name: string, help: string, labels: MetricLabels, read: () => number): void {
    this.gauge(name, help, Object.keys(labels), () => [{ labels, value: read() }]);
  }

  /** A counter, with the label values that are known from the start. */
  counter(
    name: string,
    help: string,
    labelNames: readonly string[],
    known: readonly MetricLabels[] = [],
  ): Counter {
    const counter = new Counter({ name, help, labelNames, registers: [this.#registry] });
    for (const labels of known) counter.inc(labels, 0);
    return counter;
  }

  /** A counter that something else counts: it is read at each scrape. */
  countedElsewhere(name: string, help: string, read: () => number): void {
    new Counter({
      name,
      help,
      registers: [this.#registry],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  }

  /** A histogram of seconds, always with the same labels. */
  seconds(name: string, help: string, buckets: readonly number[], labels: MetricLabels = {}): Histogram {
    const labelNames = Object.keys(labels);
    const histogram = new Histogram({
      name,
      help,
      labelNames,
      buckets: [...buckets],
      registers: [this.#registry],
    });
    if (labelNames.length > 0) histogram.zero(labels);
    return histogram;
  }
}
