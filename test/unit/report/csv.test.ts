import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { createCsvReporter } from '../../../src/report/index.js';
import type { Outcome } from '../../../src/spec/index.js';
import { failed, HOSTILE, outcomeOf, textOf } from './support.js';

const PARSE = `
import sys, io, csv, json
text = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", newline="")
json.dump(list(csv.reader(text, strict=True)), sys.stdout)`;

async function csv(outcomes: Iterable<Outcome>): Promise<Record<string, string>[]> {
  const text = await textOf(createCsvReporter, outcomes);
  const { stdout } = await execa('python3', ['-c', PARSE], { input: Buffer.from(text) });
  const [header = [], ...rows] = JSON.parse(stdout) as string[][];
  for (const row of rows) expect(row).toHaveLength(header.length);
  return rows.map((row) => Object.fromEntries(header.map((name, index) => [name, row[index] ?? ''])));
}

describe('CSV', () => {
  it.each(Object.entries(HOSTILE))(
    'stays valid with %s everywhere, and holds no formula',
    async (_, text) => {
      const rows = await csv([
        failed({ suite: text, job: text, case: text, failures: [text], labels: { a: text } }),
      ]);
      expect(rows).toHaveLength(1);
      for (const value of Object.values(rows[0] ?? {})) {
        expect(value).not.toMatch(/^\s*[=+\-@]/);
        expect(value).not.toMatch(/[^\P{Cc}\n\t]/u);
      }
    },
  );

  it.each(['=1', '+1', '-1', '@a', '\t=1', ' =1', '\n=1', '＝1'])('makes text of %j', async (text) => {
    const [row] = await csv([outcomeOf({ job: text })]);
    expect(row?.job?.startsWith("'")).toBe(true);
  });

  it('has a line for each attempt and build, and nothing for what is not known', async () => {
    const rows = await csv([
      outcomeOf({ role: 'build', case: null }),
      failed({ final: false }),
      outcomeOf({ attempt: 2, suite: null }),
    ]);
    expect(rows.map(({ role, attempt, verdict, suite }) => [role, attempt, verdict, suite])).toEqual([
      ['build', '1', 'passed', 'sum'],
      ['program', '1', 'failed', 'sum'],
      ['program', '2', 'passed', ''],
    ]);
    expect(rows[0]).toMatchObject({ ioWriteBytes: '', wallMs: '0.912', 'limit.pids': '64', reason: '' });
  });
});
