import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import {
  type HostReport,
  type Reporter,
  type ReportSink,
  type ReportStart,
  type Summary,
  SummaryBuilder,
} from '../../../src/report/index.js';
import type { Outcome } from '../../../src/spec/index.js';
import { exampleOutcome } from '../spec/example-outcome.js';

export const host: HostReport = {
  hostname: 'bench-1',
  kernel: '6.1.0',
  cpuModel: 'Example CPU',
  cpuCount: 2,
  memoryBytes: 8 * 1024 ** 3,
  swapBytes: 0,
  load: 0.5,
  governor: 'performance',
  smt: false,
  pressure: { cpu: 0.1, memory: 0, io: null },
  stealMs: 10,
  throttledMs: null,
};

export const startOf = (over: Partial<ReportStart> = {}): ReportStart => ({
  id: 'run-1',
  version: '0.1.0',
  startedAt: '2026-01-02T03:04:05.000Z',
  host,
  total: 1,
  suites: ['sum'],
  workers: 2,
  ...over,
});

export const outcomeOf = (over: Partial<Outcome> = {}): Outcome => ({
  ...exampleOutcome,
  suite: 'sum',
  worker: 0,
  ...over,
});

export const failed = (over: Partial<Outcome> = {}): Outcome =>
  outcomeOf({
    status: 'nonzero-exit',
    verdict: 'failed',
    exitCode: 1,
    failures: ['expected exit code 0, but it was 1'],
    ...over,
  });

export const skipped = (over: Partial<Outcome> = {}): Outcome =>
  outcomeOf({
    status: 'cancelled',
    verdict: 'skipped',
    exitCode: null,
    message: 'not run: job "first" did not pass',
    ...over,
  });

export const written = (text: string): Outcome['stdout'] => ({
  text,
  bytes: Buffer.byteLength(text),
  truncated: false,
});

export class MemorySink implements ReportSink {
  text = '';
  write(text: string): void {
    this.text += text;
  }
}

interface Run {
  readonly start?: Partial<ReportStart>;
  readonly stopped?: Summary['stopped'];
}

/** Tells a reporter of a whole run. */
export async function play(
  reporter: Reporter,
  outcomes: Iterable<Outcome>,
  { start: over, stopped = null }: Run = {},
): Promise<Summary> {
  const list = [...outcomes];
  const total = list.filter(({ role, final }) => role === 'program' && final).length;
  const start = startOf({ total, ...over });
  const builder = new SummaryBuilder(start);
  await reporter.onStart?.(start);
  for (const outcome of list) {
    builder.add(outcome);
    await reporter.onOutcome(outcome);
  }
  const end = { host, wallMs: 1234.5, finishedAt: '2026-01-02T03:04:06.234Z' };
  const summary = builder.finish({ stopped, ...end });
  await reporter.onEnd?.(summary);
  return summary;
}

/** What a reporter writes of these outcomes. */
export async function textOf(
  create: (sink: ReportSink) => Reporter,
  outcomes: Iterable<Outcome>,
  run: Run = {},
): Promise<string> {
  const sink = new MemorySink();
  await play(create(sink), outcomes, run);
  return sink.text;
}

export function tempDir(): string {
  const directory = mkdtempSync(join(tmpdir(), 'hotcell-report-test-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export const read = (path: string): string => readFileSync(path, 'utf8');

const codePoints = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, index) => String.fromCodePoint(from + index)).join('');

/** What has broken some format or other: every control character, markup, terminators, formulas, halves of pairs. */
export const HOSTILE: Readonly<Record<string, string>> = {
  controls: codePoints(0, 0x1f),
  'C1 controls': codePoints(0x7f, 0x9f),
  'lone surrogates': '\ud800 x \udfff',
  noncharacters: '\ufffe\uffff\u{1fffe}',
  'bidi and zero width': 'a\u202eb\u2066c\u200bd\ufeff',
  'line separators': 'a\u2028b\u2029c',
  'end of CDATA': ']]> <![CDATA[ <!-- --> <?xml?> &lt; &#0;',
  markup: '</failure><script>alert(1)</script><img src=x onerror=alert(1)>',
  quotes: `"'\`\\ \\u0000 \\" \\#`,
  'TAP lines': '\n1..0\nBail out!\nok 1 - fine\nnot ok 2 # TODO\n  ---\n  ...\n# SKIP \\# done',
  formula: '=HYPERLINK("http://x","y")',
  'other formulas': '+1\t-2\r@SUM(A1)\n=cmd|/c calc',
  terminal: '\u001b[2J\u001b]0;title\u0007\u001b[31mred\u001bP+q\u001b\\',
  'CR and LF': 'a\rb\r\nc\n\rd',
  wide: '日本語 👩‍👩‍👧 é',
};
