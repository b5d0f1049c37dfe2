import { join } from 'node:path';
import { validateStrict } from 'ctrf';
import { execa } from 'execa';
import fc from 'fast-check';
import { Parser } from 'tap-parser';
import { describe, expect, it } from 'vitest';
import {
  createCsvReporter,
  createJunitReporter,
  createReporter,
  createTapReporter,
} from '../../../src/report/index.js';
import type { Outcome } from '../../../src/spec/index.js';
import { failed, HOSTILE, outcomeOf, play, read, skipped, tempDir, textOf, written } from './support.js';

/** Any code units, halves of pairs among them, and what means something to some format. */
const anyText = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
      fc.constantFrom(
        '\n',
        '\r',
        '\t',
        ' ',
        '"',
        "'",
        '\\',
        '#',
        '-',
        '=',
        '|',
        '>',
        '<',
        '&',
        ']]>',
        ': ',
        '---',
      ),
      fc.constantFrom(...Object.values(HOSTILE)),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(''));

const anyOutcome: fc.Arbitrary<Outcome> = fc
  .record({ name: anyText, why: anyText, out: anyText, kind: fc.constantFrom(failed, skipped, outcomeOf) })
  .map(({ name, why, out, kind }) =>
    kind({
      suite: 's',
      job: name,
      case: why,
      failures: [why],
      message: out,
      command: [out, name],
      input: { text: out, bytes: 5000, truncated: true },
      stdout: written(out),
      labels: { [out]: name },
    }),
  );

const outcomes = fc.sample(anyOutcome, { numRuns: 400, seed: 7 });

async function python(script: string, input: string): Promise<unknown> {
  const { stdout } = await execa('python3', ['-c', script], { input: Buffer.from(input) });
  return JSON.parse(stdout);
}

describe('whatever programs and names hold', () => {
  it('JUnit XML is well-formed and has every case', async () => {
    const script = `import sys, json, xml.etree.ElementTree as tree
json.dump(len(tree.fromstring(sys.stdin.buffer.read()).findall("./testsuite/testcase")), sys.stdout)`;
    expect(await python(script, await textOf(createJunitReporter, outcomes))).toBe(outcomes.length);
  });

  it('TAP has every case and nothing else', async () => {
    const text = await textOf(createTapReporter, outcomes);
    const extra: string[] = [];
    const oks: boolean[] = [];
    const parser = new Parser({ strict: true });
    parser.on('extra', (line: string) => extra.push(line));
    parser.on('assert', ({ ok }: { ok: boolean }) => oks.push(ok));
    parser.end(text);
    expect(extra).toEqual([]);
    expect(oks).toEqual(outcomes.map(({ verdict }) => verdict !== 'failed'));
  });

  it('CTRF in a file is what its own package takes as valid, and has every case', async () => {
    const file = join(tempDir(), 'report.ctrf.json');
    await play(createReporter('ctrf', { file }), outcomes);
    const report: unknown = JSON.parse(read(file));
    validateStrict(report);
    expect(report.results.tests).toHaveLength(outcomes.length);
    const { tests, passed, failed: ofFailed, skipped: ofSkipped } = report.results.summary;
    expect(passed + ofFailed + ofSkipped).toBe(tests);
  });

  it('CSV has a row for every outcome and as many cells in each', async () => {
    const script = `import sys, io, csv, json
rows = list(csv.reader(io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", newline=""), strict=True))
json.dump([len(rows), len(set(map(len, rows)))], sys.stdout)`;
    expect(await python(script, await textOf(createCsvReporter, outcomes))).toEqual([outcomes.length + 1, 1]);
  });
});
