import { HotcellError } from '../core/index.js';
import type { Outcome } from '../spec/index.js';
import { createCsvReporter } from './formats/csv.js';
import { createCtrfReporter } from './formats/ctrf.js';
import { createJsonlReporter, createJsonReporter } from './formats/json.js';
import { createJunitReporter } from './formats/junit.js';
import { createMetaReporter } from './formats/meta.js';
import { createTapReporter } from './formats/tap.js';
import { createHtmlReporter } from './html/index.js';
import { checkedName, type ReporterName } from './names.js';
import type { Reporter, ReportSink, ReportStart, Summary } from './reporter.js';
import { openFileSink } from './sink/file-sink.js';
import type { OpenSink } from './sink/open-sink.js';
import { borrow, standardOutput } from './sink/stream-sink.js';
import { createSummaryReporter } from './summary/index.js';

/** Where a reporter writes, and how. */
export interface ReportTarget {
  /** Null or left out is `stdout`. */
  readonly file?: string | null | undefined;
  /** What takes the place of standard output: this process's own when it is left out. It stays open. */
  readonly stdout?: ReportSink | undefined;
  /** Only for people's reports; false when left out. */
  readonly color?: boolean | undefined;
  /** Characters in a line of the terminal; when left out, as for a file or a pipe, nothing is cut. */
  readonly columns?: number | undefined;
}

type Make = (sink: ReportSink, target: ReportTarget) => Reporter;

const MAKERS: Readonly<Record<Exclude<ReporterName, 'meta'>, Make>> = {
  summary: createSummaryReporter,
  json: createJsonReporter,
  jsonl: createJsonlReporter,
  junit: createJunitReporter,
  tap: createTapReporter,
  ctrf: createCtrfReporter,
  csv: createCsvReporter,
  html: (sink) => createHtmlReporter(sink),
};

/** Opens its place when the run starts, and keeps what it wrote only when the run got to its end. */
class PlacedReporter implements Reporter {
  readonly #open: () => Promise<OpenSink>;
  readonly #make: (sink: ReportSink) => Reporter;
  #placed: { readonly sink: OpenSink; readonly reporter: Reporter } | undefined;

  constructor(open: () => Promise<OpenSink>, make: (sink: ReportSink) => Reporter) {
    this.#open = open;
    this.#make = make;
  }

  async onStart(start: ReportStart): Promise<void> {
    const sink = await this.#open();
    const reporter = this.#make(sink);
    this.#placed = { sink, reporter };
    await this.#whole(() => reporter.onStart?.(start));
  }

  async onOutcome(outcome: Outcome): Promise<void> {
    await this.#whole((reporter) => reporter.onOutcome(outcome));
  }

  async onEnd(summary: Summary): Promise<void> {
    await this.#whole((reporter) => reporter.onEnd?.(summary));
    await this.#placed?.sink.close();
    this.#placed = undefined;
  }

  async onAbort(): Promise<void> {
    const placed = this.#placed;
    this.#placed = undefined;
    await placed?.reporter.onAbort?.();
    await placed?.sink.abort();
  }

  async #whole(action: (reporter: Reporter) => void | Promise<void>): Promise<void> {
    if (this.#placed === undefined) {
      throw new HotcellError({ code: 'internal', message: 'a reporter was told of a run that is not open' });
    }
    try {
      await action(this.#placed.reporter);
    } catch (error) {
      await this.onAbort();
      throw error;
    }
  }
}

function metaReporter(directory: string | null): Reporter {
  if (directory !== null) return createMetaReporter(directory);
  throw new HotcellError({ code: 'invalid-usage', message: 'reporter "meta" needs a directory' });
}

/**
 * One of Hotcell's own reporters. Its `onStart` rejects with HotcellError `io` when the target cannot be written, the others
 * do when it no longer can.
 */
export function createReporter(name: ReporterName, target: ReportTarget = {}): Reporter {
  const { file = null, stdout = standardOutput } = target;
  checkedName(name); // from JavaScript it may be any text
  if (name === 'meta') return metaReporter(file);
  const make = MAKERS[name];
  const open = async (): Promise<OpenSink> =>
    file === null ? borrow(stdout) : openFileSink(file, { live: name === 'jsonl' });
  return new PlacedReporter(open, (sink) => make(sink, target));
}
