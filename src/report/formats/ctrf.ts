/** Common Test Report Format, https://ctrf.io, with the fields that all of its published versions know. */
import type { Outcome } from '../../spec/index.js';
import { isFailedBuild } from '../cell.js';
import type { HostReport, Reporter, ReportSink, ReportStart, Summary } from '../reporter.js';
import { jsonLine } from '../text/json.js';
import { type CtrfStatus, CtrfTests } from './ctrf-test.js';

const SPEC_VERSION = '0.1.0';

const noCounts = (): Record<CtrfStatus, number> => ({
  passed: 0,
  failed: 0,
  skipped: 0,
  pending: 0,
  other: 0,
});

function environment(host: HostReport): object {
  const { kernel, ...extra } = host;
  return { osPlatform: 'linux', osRelease: kernel, extra };
}

class CtrfReporter implements Reporter {
  readonly #sink: ReportSink;
  readonly #tests = new CtrfTests();
  readonly #counts = noCounts();
  readonly #suites = new Set<string>();
  #flaky = 0;
  #written = 0;

  constructor(sink: ReportSink) {
    this.#sink = sink;
  }

  onStart({ version, host }: ReportStart): void | Promise<void> {
    const head = `{"reportFormat":"CTRF","specVersion":"${SPEC_VERSION}",\n"results":{"tool":`;
    const tool = jsonLine({ name: 'hotcell', version });
    return this.#sink.write(`${head}${tool},\n"environment":${jsonLine(environment(host))},\n"tests":[`);
  }

  onOutcome(outcome: Outcome): void | Promise<void> {
    if (outcome.role !== 'program' && !isFailedBuild(outcome)) return;
    const test = this.#tests.add(outcome);
    if (test === null) return;
    this.#counts[test.status]++;
    this.#suites.add(outcome.suite ?? '');
    if (test.flaky) this.#flaky++;
    return this.#sink.write(`${this.#written++ === 0 ? '\n' : ',\n'}${jsonLine(test)}`);
  }

  onEnd({ startedAt, finishedAt, ok, stopped, wallMs }: Summary): void | Promise<void> {
    const summary = {
      tests: this.#written,
      ...this.#counts,
      flaky: this.#flaky,
      suites: this.#suites.size,
      start: Date.parse(startedAt),
      stop: Date.parse(finishedAt),
      extra: { wallMs, ok, stopped },
    };
    return this.#sink.write(`\n],\n"summary":${jsonLine(summary)}}}\n`);
  }
}

export const createCtrfReporter = (sink: ReportSink): Reporter => new CtrfReporter(sink);
