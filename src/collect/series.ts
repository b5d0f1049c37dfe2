import type { RunFacts, Sample, Series } from '../spec/index.js';

/** Every second of them is dropped when there are more: a run of days must not fill the outcome. */
const MOST_SAMPLES = 4096;

/** What a run used as it went on, at most {@link MOST_SAMPLES} evenly spaced samples of it. */
export class SeriesRecorder {
  #samples: Sample[] = [];
  #intervalMs: number;
  /** Of so many that come one is kept. */
  #stride = 1;
  #seen = 0;

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  push(sample: Sample): void {
    if (this.#seen++ % this.#stride !== 0) return;
    this.#samples.push(sample);
    if (this.#samples.length === MOST_SAMPLES) this.#thin();
  }

  /** What was seen while the program was being cleared away, after its end, is none of its own. */
  outcome({ metrics }: Pick<RunFacts, 'metrics'>): Series {
    const endMs = (metrics.get('wallNs') ?? Number.POSITIVE_INFINITY) / 1e6;
    const samples = this.#samples.filter(({ atMs }) => atMs <= endMs);
    const list = <Name extends keyof Sample>(name: Name): Sample[Name][] =>
      samples.map((sample) => sample[name]);
    return {
      intervalMs: this.#intervalMs,
      atMs: list('atMs'),
      cpuMs: list('cpuMs'),
      memoryBytes: list('memoryBytes'),
      pids: list('pids'),
    };
  }

  #thin(): void {
    this.#samples = this.#samples.filter((_, index) => index % 2 === 0);
    this.#stride *= 2;
    this.#intervalMs *= 2;
  }
}
