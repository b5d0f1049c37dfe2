import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { Parser } from 'tap-parser';
import { describe, expect, it } from 'vitest';
import { createTapReporter } from '../../../src/report/index.js';
import type { Outcome } from '../../../src/spec/index.js';
import { failed, HOSTILE, outcomeOf, skipped, tempDir, textOf, written } from './support.js';

type Run = Parameters<typeof textOf>[2];

interface Parsed {
  readonly ok: boolean;
  readonly bailout: unknown;
  readonly plan: { readonly end: number | null };
  readonly count: number;
  readonly failures: readonly unknown[];
  readonly points: readonly {
    ok: boolean;
    name: string;
    skip: unknown;
    diag: Record<string, unknown> | null;
  }[];
  /** What the parser could make nothing of. */
  readonly extra: readonly string[];
}

function parse(tap: string): Promise<Parsed> {
  return new Promise((resolve) => {
    const points: Parsed['points'][number][] = [];
    const extra: string[] = [];
    const parser = new Parser({ strict: true }, (results) =>
      resolve({ ...(results as unknown as Parsed), points, extra }),
    );
    parser.on('assert', (point: Parsed['points'][number]) => points.push(point));
    parser.on('extra', (text: string) => extra.push(text));
    parser.end(tap);
  });
}

const tap = async (outcomes: Iterable<Outcome>, run: Run = {}): Promise<Parsed> =>
  parse(await textOf(createTapReporter, outcomes, run));

describe('TAP', () => {
  it.each(Object.entries(HOSTILE))('stays valid with %s everywhere', async (_, text) => {
    const all = { failures: [text], message: text, stdout: written(text), stderr: written(`\n ${text}\n`) };
    const names = { suite: text, job: text, case: text };
    const result = await tap([failed({ ...names, ...all }), skipped({ ...names, ...all })]);
    expect(result).toMatchObject({ ok: false, bailout: false, plan: { end: 2 }, count: 2, extra: [] });
    expect(result.points.map(({ ok, skip }) => [ok, Boolean(skip)])).toEqual([
      [false, false],
      [true, true],
    ]);
    expect(result.points[0]?.diag).toMatchObject({ status: 'nonzero-exit', severity: 'fail', exitCode: 1 });
  });

  it.each(['   three\n\ttab  \n...\n---\n', 'a: b\n\n  - c\n...\n# d\n', '\n\nx', '- a', '"', '\t\n\t'])(
    'gives back %j',
    async (text) => {
      const { points } = await tap([failed({ stderr: written(text) })]);
      expect(points[0]?.diag?.stderr).toBe(text);
    },
  );

  it.each(Object.entries(HOSTILE))("is read by Perl's harness with %s everywhere", async (_, text) => {
    const all = { case: text, failures: [text], stdout: written(`${text}\n${text}`), stderr: written(text) };
    const file = join(tempDir(), 'out.tap');
    const text14 = await textOf(createTapReporter, [failed(all), skipped(all)]);
    // Many harnesses of Perl's do not know version 14 yet, which differs in nothing that we use.
    writeFileSync(file, text14.replace('version 14', 'version 13'));
    const { stdout, stderr } = await execa('prove', ['-e', 'cat', file], { reject: false });
    expect(`${stdout}${stderr}`).toContain('Failed 1/2 subtests');
    expect(`${stdout}${stderr}`).not.toMatch(/Parse errors|YAMLish|No plan/);
  });

  it('fails when outcomes are missing, and when the run was stopped', async () => {
    expect((await tap([outcomeOf()], { start: { total: 2 } })).ok).toBe(false);
    const stopped = await tap([outcomeOf(), skipped({ case: 'b' })], { stopped: 'cancelled' });
    expect(stopped).toMatchObject({ ok: false, bailout: 'cancelled' });
  });

  it('fails for builds that failed or never ran', async () => {
    for (const build of [failed, skipped]) {
      const result = await tap([build({ role: 'build', case: null }), outcomeOf()]);
      expect(result).toMatchObject({ ok: false, count: 2, plan: { end: 2 } });
    }
  });

  it('passes what passed, at once or after another attempt', async () => {
    const result = await tap([
      outcomeOf(),
      failed({ case: 'b', final: false }),
      outcomeOf({ case: 'b', attempt: 2 }),
    ]);
    expect(result).toMatchObject({ ok: true, count: 2, plan: { end: 2 }, extra: [] });
    expect(result.points[1]).toMatchObject({ name: 'sum › sum › b', diag: { attempts: 2 } });
    expect((await tap([])).plan.end).toBe(0);
  });
});
