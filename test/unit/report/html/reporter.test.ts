import { createHash } from 'node:crypto';
import { Script } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { createHtmlReporter, type HtmlReportOptions } from '../../../../src/report/html/index.js';
import type { Outcome } from '../../../../src/spec/index.js';
import { failed, MemorySink, outcomeOf, play, skipped, startOf, textOf, written } from '../support.js';
import { ALL_ATTACKS, hostileOutcomes } from './hostile.js';
import { SAMPLE_START, sampleRun } from './sample.js';

const htmlOf = (
  outcomes: readonly Outcome[],
  options: HtmlReportOptions = {},
  run: Parameters<typeof textOf>[2] = { start: SAMPLE_START },
): Promise<string> => textOf((sink) => createHtmlReporter(sink, options), outcomes, run);

/** The page of a run as it lies in the report. */
const pageOf = (report: string, index: number): string =>
  new RegExp(`<script type="text/html" id="d${index}">([^]*?)</script>`).exec(report)?.[1] ?? '';

const headingOf = (report: string): string => /<h1 [^>]*>([^<]*)<\/h1>/.exec(report)?.[1] ?? '';
const repeated = (count: number, make: (index: number) => Outcome): Outcome[] =>
  Array.from({ length: count }, (_, index) => make(index));

describe('the HTML report', () => {
  it('refuses outcomes of a run that it was not told of', async () => {
    const reporter = createHtmlReporter(new MemorySink());
    await expect(async () => reporter.onOutcome(outcomeOf())).rejects.toThrow('not open');
    await expect(Promise.resolve(reporter.onAbort?.())).resolves.toBeUndefined();
  });

  it('passes on what its sink fails with', async () => {
    const reporter = createHtmlReporter({ write: () => Promise.reject(new Error('disk full')) });
    await expect(async () => reporter.onStart?.(startOf())).rejects.toThrow('disk full');
  });

  it('says in its first line how it went', async () => {
    const heading = async (outcomes: readonly Outcome[]): Promise<string> =>
      headingOf(await htmlOf(outcomes));
    expect(await heading([])).toBe('Nothing was run');
    expect(await heading([outcomeOf()])).toBe('The one case passed');
    expect(await heading([outcomeOf(), outcomeOf()])).toBe('All 2 cases passed');
    expect(await heading([outcomeOf(), failed()])).toBe('1 of 2 cases did not pass');
    expect(await heading([outcomeOf(), skipped()])).toBe('1 of 2 cases passed, the rest was skipped');
    expect(await heading([failed({ role: 'build' }), outcomeOf()])).toBe('1 build failed');
  });

  it('says how a run was made, and what it was worth', async () => {
    const input = { text: '<1> 2\n', bytes: 4000, truncated: true };
    const report = await htmlOf([failed({ command: ['./sum', 'a b'], input, points: 10 })]);
    const page = pageOf(report, 0).replaceAll(/<[^>]*>/g, ' ');
    expect(page).toContain('./sum &#39;a b&#39;');
    expect(page).toContain('the beginning of 4000 bytes');
    expect(page).toContain('&lt;1&gt; 2');
    expect(page).toMatch(/points\s+0 of 10/);
    expect(report).toMatch(/<dt>points<\/dt><dd>0 of 10<\/dd>/);
  });

  it('never says that all is well when the run was stopped or outcomes were lost', async () => {
    const stopped = await htmlOf([outcomeOf()], {}, { stopped: 'timeout' });
    expect(headingOf(stopped)).toBe('1 case passed before the run was stopped');
    expect(stopped).toContain('its time was up');
    const lost = await htmlOf([outcomeOf()], {}, { start: { total: 5 } });
    expect(headingOf(lost)).toBe('Only 1 of 5 cases left an outcome');
    expect(lost).toContain('4 cases of 5 announced left no outcome.');
    expect(lost).toContain('data-ok="no"');
  });

  it('writes the page of a run when it is told of it', async () => {
    const sink = new MemorySink();
    const reporter = createHtmlReporter(sink);
    await reporter.onStart?.(startOf());
    await reporter.onOutcome(outcomeOf({ stdout: written('first') }));
    expect(pageOf(sink.text, 0)).toContain('first');
    await reporter.onAbort?.();
  });

  it('runs its own script and style and no other, by their hashes', async () => {
    const report = await htmlOf(sampleRun(5));
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(report)?.[1] ?? '';
    const hashes = ['script', 'style'].map((tag) => {
      const [, text = ''] = new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(report) ?? [];
      return `${tag}-src 'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    });
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      ...hashes,
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
    ]);
  });

  it('has a script that can be compiled and cannot end early', async () => {
    const [, script = ''] = /<script>([\s\S]*?)<\/script>/.exec(await htmlOf([])) ?? [];
    expect(() => new Script(script)).not.toThrow();
    expect(script).not.toContain('<!--');
    expect(script.length).toBeGreaterThan(3000);
  });

  it('refers to nothing outside of itself', async () => {
    const report = await htmlOf(sampleRun(60));
    const targets = [...report.matchAll(/\b(?:href|src)="([^"]*)"/g)].map(([, target]) => target ?? '');
    expect(targets.filter((target) => !target.startsWith('#') && target !== 'data:,')).toEqual([]);
    expect(report).not.toMatch(/@import|url\(|<(?:iframe|object|embed|img|form|base)\b/);
  });

  it('holds no markup of others, in the overview or in a page', async () => {
    const outcomes = hostileOutcomes();
    const report = await htmlOf(
      outcomes,
      {},
      { start: { id: ALL_ATTACKS, suites: [ALL_ATTACKS], version: ALL_ATTACKS } },
    );
    const texts = [report, ...outcomes.map((_, index) => pageOf(report, index))];
    for (const text of texts) {
      expect(text).not.toMatch(/<(?:img|a href="javascript|[^>]*\son\w+=)/);
      expect(text).not.toMatch(/[^\P{Cc}\n\t]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    }
    const ours = /<script(?:| type="text\/html" id="d\d+"| type="application\/json" id="data-rows")>/g;
    expect(report.match(ours)).toHaveLength(report.match(/<script/g)?.length ?? 0);
  });

  it('keeps a bounded part of what was written, and says so', async () => {
    const long = written('x'.repeat(1_000_000));
    const report = await htmlOf([failed({ stdout: long }), outcomeOf({ stdout: long })]);
    expect(report.length).toBeLessThan(120_000);
    expect(pageOf(report, 0)).toContain('x'.repeat(16_384));
    expect(pageOf(report, 0)).toContain('983\u202f616 characters left out of this page');
    expect(pageOf(report, 1)).not.toContain('x'.repeat(4097));
  });

  it('leaves output out once all pages together are too large, and keeps the figures', async () => {
    const outcomes = repeated(50, () => failed({ stdout: written('y'.repeat(5000)) }));
    const report = await htmlOf(outcomes, { maxPages: 20_000 });
    expect(pageOf(report, 0)).toContain('yyy');
    expect(pageOf(report, 49)).not.toContain('yyy');
    expect(pageOf(report, 49)).toContain('5\u202f000 characters left out of this page');
    expect(pageOf(report, 49)).toContain('peak memory');
  });

  it('bounds every list that a run can fill', async () => {
    const texts = Array.from({ length: 5000 }, (_, index) => `reason ${index} ${'z'.repeat(200)}`);
    const outcome = failed({
      failures: texts,
      differences: texts.map((text) => ({
        what: 'stdout',
        compare: 'lines',
        line: null,
        column: null,
        expected: null,
        actual: null,
        text,
      })),
      labels: Object.fromEntries(texts.map((text) => [text, text])),
      isolation: { level: 'full', tier: 'T1', degraded: texts },
      outputs: texts.map((path) => ({ path, bytes: 1, sha256: null, mode: 0o644, error: null })),
    });
    const report = await htmlOf([outcome]);
    expect(report.length).toBeLessThan(200_000);
    expect(report).toContain('4\u202f980 more reasons');
  });

  it('shows a hundred failures in full and names the number of the others', async () => {
    const report = await htmlOf(repeated(250, (index) => failed({ case: `case-${index}` })));
    expect(report.match(/<details class="failure"/g)).toHaveLength(100);
    expect(report).toContain('And 150 more; the list below has them all.');
    expect(report).toContain('case-249');
  });

  it('lists each case once, with its last attempt, and links the earlier ones', async () => {
    const first = failed({ attempt: 1, final: false, failures: ['lost its connection'] });
    const report = await htmlOf([first, outcomeOf({ attempt: 2 })]);
    const rows = JSON.parse(/id="data-rows">([^<]*)</.exec(report)?.[1] ?? '[]') as unknown[][];
    expect(rows.map(([index, , , name, note]) => [index, name, note])).toEqual([[1, 'small', '2 attempts']]);
    expect(pageOf(report, 1)).toMatch(/href="#r0">attempt 1<\/a> <span>lost its connection/);
    expect(report).toContain('Passed, but not at the first attempt.');
  });

  it('has the same cases for readers with and without a script', async () => {
    const report = await htmlOf(sampleRun(60));
    const rows = JSON.parse(/id="data-rows">([^<]*)</.exec(report)?.[1] ?? '[]') as unknown[][];
    const plain = report.slice(report.indexOf('<noscript>'), report.indexOf('</noscript>'));
    expect(plain.match(/<tr><td>/g)).toHaveLength(rows.length);
    for (const [, , , name] of rows) expect(plain).toContain(String(name));
  });

  it('takes little memory and time for many outcomes', async () => {
    let characters = 0;
    const reporter = createHtmlReporter({
      write(text) {
        characters += text.length;
      },
    });
    const began = performance.now();
    await play(
      reporter,
      repeated(10_000, (index) => outcomeOf({ case: `case-${index}` })),
    );
    expect(characters / 10_000).toBeLessThan(4000);
    expect(performance.now() - began).toBeLessThan(60_000);
  }, 120_000);
});
