/** JUnit's XML as Maven's surefire writes it and CI systems read it. A test per case; builds only if they failed. */
import type { Outcome } from '../../spec/index.js';
import { isFailedBuild } from '../cell.js';
import type { Reporter, ReportSink, ReportStart, Summary } from '../reporter.js';
import { GroupedSpool } from '../sink/grouped-spool.js';
import { xmlAttributes } from '../text/xml.js';
import { JunitCases } from './junit-case.js';

interface Counts {
  tests: number;
  failures: number;
  errors: number;
  skipped: number;
  ms: number;
}

const noCounts = (): Counts => ({ tests: 0, failures: 0, errors: 0, skipped: 0, ms: 0 });

const seconds = (ms: number): string => (ms / 1000).toFixed(3);

/** A build has no verdict of a case: when it did not pass, that is an error of the suite. */
function count(counts: Counts, { role, verdict, metrics }: Outcome): void {
  counts.tests++;
  counts.ms += metrics.wallMs ?? 0;
  if (verdict === 'skipped') counts.skipped++;
  else if (verdict === 'error' || role === 'build') counts.errors++;
  else if (verdict === 'failed') counts.failures++;
}

class JunitReporter implements Reporter {
  readonly #sink: ReportSink;
  readonly #spool = new GroupedSpool();
  readonly #cases = new JunitCases();
  readonly #suites = new Map<string, Counts>();
  readonly #all = noCounts();
  #start: ReportStart | undefined;

  constructor(sink: ReportSink) {
    this.#sink = sink;
  }

  onStart(start: ReportStart): void {
    this.#start = start;
  }

  async onOutcome(outcome: Outcome): Promise<void> {
    if (outcome.role !== 'program' && !isFailedBuild(outcome)) return;
    const text = this.#cases.add(outcome);
    if (text === null) return;
    const name = outcome.suite ?? '';
    const counts = this.#suites.get(name) ?? noCounts();
    this.#suites.set(name, counts);
    count(counts, outcome);
    count(this.#all, outcome);
    await this.#spool.add(name, text);
  }

  async onEnd(summary: Summary): Promise<void> {
    try {
      await this.#write(summary);
    } finally {
      await this.onAbort();
    }
  }

  async onAbort(): Promise<void> {
    await this.#spool.close();
  }

  async #write(summary: Summary): Promise<void> {
    const { id: _, ...all } = this.#attributes('hotcell', this.#all, 0);
    const time = { time: seconds(summary.wallMs), timestamp: summary.startedAt };
    await this.#sink.write(
      `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${xmlAttributes({ ...all, ...time })}>\n`,
    );
    let id = 0;
    for (const [name, counts] of this.#suites) {
      await this.#sink.write(`  <testsuite${xmlAttributes(this.#attributes(name, counts, id++))}>\n`);
      for await (const text of this.#spool.read(name)) await this.#sink.write(text);
      await this.#sink.write('  </testsuite>\n');
    }
    await this.#sink.write('</testsuites>\n');
  }

  #attributes(name: string, { tests, failures, errors, skipped, ms }: Counts, id: number) {
    const time = { time: seconds(ms), timestamp: this.#start?.startedAt ?? null };
    return { name: name === '' ? 'hotcell' : name, id, tests, failures, errors, skipped, ...time };
  }
}

/** Nothing is written before the end: what comes first are the counts. Outcomes wait in memory or in a temporary file. */
export const createJunitReporter = (sink: ReportSink): Reporter => new JunitReporter(sink);
