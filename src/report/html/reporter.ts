import { HotcellError } from '../../core/index.js';
import type { Outcome } from '../../spec/index.js';
import { Attempts } from '../cell.js';
import type { Reporter, ReportSink, ReportStart, Summary } from '../reporter.js';
import { GroupedSpool } from '../sink/grouped-spool.js';
import { reasonOf } from '../text/reasons.js';
import { oneLine } from '../text/show.js';
import { type Earlier, outcomePage } from './detail/page.js';
import { DOCUMENT_END, documentBegin, OVERVIEW_END, overviewBegin } from './document.js';
import { Facts } from './facts/facts.js';
import type { Row } from './facts/row.js';
import { brief } from './format.js';
import { type Html, markupBlock } from './markup.js';
import { distributionSection, flakySection, rankingSection, timelineSection } from './overview/charts.js';
import { Failures } from './overview/failures.js';
import { headline } from './overview/headline.js';
import { hostSection } from './overview/host.js';
import { LIST_BEGIN, LIST_END, plainRow, rowJson } from './overview/list.js';

export interface HtmlReportOptions {
  /** Characters of each stream that the page of a run keeps when it passed; a quarter of `maxOutput` when left out. */
  readonly maxPassedOutput?: number | undefined;
  /** Characters of each stream that the page of a run keeps; 16,384 when left out. */
  readonly maxOutput?: number | undefined;
  /** Characters of all pages together, beyond which no more output is kept; 64 Mi when left out. */
  readonly maxPages?: number | undefined;
}

const DEFAULT_MAX_OUTPUT = 16_384;
const DEFAULT_MAX_PAGES = 64 << 20;

/** Everything that is known only as outcomes come. */
interface State {
  readonly start: ReportStart;
  readonly facts: Facts;
  readonly failures: Failures;
  readonly spool: GroupedSpool;
}

class HtmlReporter implements Reporter {
  readonly #sink: ReportSink;
  readonly #maxOutput: number;
  readonly #maxPassedOutput: number;
  readonly #maxPages: number;
  readonly #attempts = new Attempts((outcome) => this.#earlier(outcome));
  #state: State | undefined;
  #outcomes = 0;
  #rows = 0;
  #pages = 0;

  constructor(sink: ReportSink, options: HtmlReportOptions) {
    this.#sink = sink;
    this.#maxOutput = options.maxOutput ?? DEFAULT_MAX_OUTPUT;
    this.#maxPassedOutput = options.maxPassedOutput ?? this.#maxOutput / 4;
    this.#maxPages = options.maxPages ?? DEFAULT_MAX_PAGES;
  }

  async onStart(start: ReportStart): Promise<void> {
    this.#state = {
      start,
      facts: new Facts(start.startedAt, { withSuite: start.suites.length > 1 }),
      failures: new Failures(),
      spool: new GroupedSpool(),
    };
    await this.#write(documentBegin(`Hotcell report ${oneLine(brief(start.id, 80))}`));
  }

  async onOutcome(outcome: Outcome): Promise<void> {
    const { facts, failures, spool } = this.#open();
    const index = this.#outcomes;
    const earlier = this.#attempts.add(outcome) ?? [];
    this.#outcomes++;
    const page = outcomePage(outcome, earlier, this.#outputOf(outcome));
    const block = markupBlock(`d${index}`, page);
    this.#pages += block.length;
    await this.#sink.write(block);
    const row = facts.add(index, outcome);
    if (row === null) return;
    failures.add(row, outcome);
    await this.#list(spool, row);
  }

  async onEnd(summary: Summary): Promise<void> {
    const { start, facts, failures, spool } = this.#open();
    try {
      await this.#write(overviewBegin(oneLine(brief(start.id, 80))));
      await this.#write(headline(start, summary));
      await this.#write(failures.section());
      await this.#write(flakySection(summary.flaky));
      await this.#write(timelineSection(facts, summary.wallMs));
      await this.#write(distributionSection(facts));
      await this.#write(rankingSection(facts));
      await this.#write(LIST_BEGIN);
      for await (const text of spool.read('plain')) await this.#sink.write(text);
      await this.#write(LIST_END);
      await this.#write(hostSection(start, summary));
      await this.#write(OVERVIEW_END);
      await this.#sink.write('<script type="application/json" id="data-rows">[');
      for await (const text of spool.read('data')) await this.#sink.write(text);
      await this.#sink.write(`]</script>\n${DOCUMENT_END}`);
    } finally {
      await spool.close();
    }
  }

  async onAbort(): Promise<void> {
    await this.#state?.spool.close();
  }

  #open(): State {
    if (this.#state !== undefined) return this.#state;
    throw new HotcellError({ code: 'internal', message: 'a reporter was told of a run that is not open' });
  }

  async #write(part: Html): Promise<void> {
    if (part.text !== '') await this.#sink.write(part.text);
  }

  async #list(spool: GroupedSpool, row: Row): Promise<void> {
    const separator = this.#rows++ === 0 ? '\n' : ',\n';
    await spool.add('plain', plainRow(row));
    await spool.add('data', separator + rowJson(row));
  }

  #outputOf({ verdict }: Outcome): number {
    if (this.#pages >= this.#maxPages) return 0;
    return verdict === 'passed' ? this.#maxPassedOutput : this.#maxOutput;
  }

  #earlier(outcome: Outcome): Earlier {
    const { attempt, verdict } = outcome;
    return { index: this.#outcomes, attempt, verdict, reason: oneLine(brief(reasonOf(outcome), 200)) };
  }
}

/**
 * One HTML file for people: it needs nothing but itself, can be read without its script, and runs nothing that a program
 * wrote. The pages of the runs are written as they come, the overview at the end; some hundred bytes for each run wait in
 * memory or a nameless file.
 */
export function createHtmlReporter(sink: ReportSink, options: HtmlReportOptions = {}): Reporter {
  return new HtmlReporter(sink, options);
}
