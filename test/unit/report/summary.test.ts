import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { createSummaryReporter } from '../../../src/report/index.js';
import type { Outcome } from '../../../src/spec/index.js';
import { failed, HOSTILE, host, outcomeOf, skipped, textOf, written } from './support.js';

type Run = Parameters<typeof textOf>[2];

const summary = (outcomes: Iterable<Outcome>, run: Run = {}, columns = 80): Promise<string> =>
  textOf((sink) => createSummaryReporter(sink, { columns }), outcomes, run);

const withMetrics = (metrics: Partial<Outcome['metrics']>, over: Partial<Outcome> = {}): Outcome =>
  outcomeOf({ ...over, metrics: { ...outcomeOf().metrics, ...metrics } });

const everywhere = (text: string): Outcome[] => {
  const difference = { what: text, compare: 'exact', line: 1, column: 1, expected: text, actual: text, text };
  const names = { suite: text, job: text, case: text };
  const how = { command: [text, text], input: { text, bytes: 10_000, truncated: true } };
  return [
    failed({ ...names, ...how, input: { path: text } }),
    failed({
      ...names,
      ...how,
      failures: [text],
      message: text,
      stdout: written(text),
      stderr: written(text),
    }),
    failed({ ...names, differences: [difference], role: 'build' }),
    skipped({ ...names, message: text }),
    outcomeOf({ ...names, attempt: 2, isolation: { level: 'full', tier: 'T3', degraded: [text] } }),
  ];
};

const CONTROLS = /[^\P{Cc}\n]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

describe('the summary', () => {
  it.each(Object.entries(HOSTILE))(
    'sends no control character to the terminal with %s everywhere',
    async (_, text) => {
      expect(await summary(everywhere(text))).not.toMatch(CONTROLS);
    },
  );

  it('fits the terminal whatever it is told', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 300 }),
      fc.constantFrom(...Object.values(HOSTILE)),
    );
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 60, max: 130 }), async (given, columns) => {
        const shown = await summary(everywhere(given), {}, columns);
        for (const line of shown.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
        expect(shown).not.toMatch(CONTROLS);
      }),
      { numRuns: 60 },
    );
  });

  it('says of the first of those that failed alike how it was run', async () => {
    const input = (text: string) => ({ text, bytes: 3000, truncated: true });
    const text = await summary([
      failed({ case: 'a', command: ['./sum', '-x', "it's"], input: input('1 2\n3\n') }),
      failed({ case: 'b', command: ['./sum'], input: { path: '/work/b.in' } }),
      failed({ case: 'c', failures: ['other'], command: ['./sum'], input: { path: '/work/b in' } }),
    ]);
    expect(text).toContain(
      "    $ ./sum -x 'it'\\''s'\n    stdin (the beginning of 3000 bytes):\n    1 2\n    3\n",
    );
    expect(text).toContain('The same of 1 other');
    expect(text).toContain("    $ ./sum < '/work/b in'\n");
    expect(text).not.toContain('/work/b.in');
  });

  it('shows the lines of what a checker says', async () => {
    const text = await summary([failed({ failures: ['checker: expected 3\n  got 4'] })]);
    expect(text).toContain('    checker: expected 3\n      got 4\n');
  });

  it('counts points where there are any', async () => {
    expect(await summary([outcomeOf({ points: 2.5 }), failed({ case: 'b', points: 10 })])).toContain(
      'Points     2.5 of 12.5\n',
    );
    expect(await summary([outcomeOf()])).not.toContain('Points');
  });

  it('cuts nothing where there is no terminal', async () => {
    const long = `${'word '.repeat(1000)}end`;
    const text = await textOf(createSummaryReporter, [
      failed({ case: 'c'.repeat(300), failures: [long], stderr: written(`${'e'.repeat(3000)}\n`) }),
    ]);
    expect(text).toContain(`    ${long}\n`);
    expect(text).toContain('c'.repeat(300));
    expect(text).toContain('e'.repeat(3000));
  });

  it('shows of each failure why, the difference, and the end of what was written', async () => {
    const text = await summary([
      failed({
        failures: ['stdout differs at line 3: x', 'expected exit code 0, but it was 1'],
        message: 'exit code 0',
        stdout: written('12\n'),
        stderr: written(`${'noise\n'.repeat(50)}last words\n`),
        differences: [
          {
            what: 'stdout',
            compare: 'lines',
            line: 3,
            column: 5,
            expected: 'x',
            actual: 'y',
            text: 'stdout differs at line 3\n- x·\n+ y',
          },
        ],
      }),
    ]);
    expect(text).toContain('✗ sum › sum › small  nonzero-exit');
    expect(text).toContain(
      '    expected exit code 0, but it was 1\n    stdout differs at line 3\n    - x·\n    + y\n    stderr (its end):\n',
    );
    expect(text.match(/differs at line 3/g)).toHaveLength(1);
    expect(text).toContain('      last words\n');
    expect(text.match(/noise/g)?.length).toBe(11);
    expect(text).not.toContain('stdout:');
    expect(text).toMatch(/^FAILED$/m);
  });

  it('breaks a long reason into lines instead of cutting it', async () => {
    const reason = `status wall-time-exceeded ${'because of this '.repeat(6)}expected ok`;
    const text = await summary([failed({ failures: [reason] })], {}, 60);
    expect(text.replace(/\s+/g, ' ')).toContain(reason);
  });

  it('shows failures that are the same once, and a bounded number of them', async () => {
    const same = Array.from({ length: 100 }, (_, i) => failed({ case: `same-${i}` }));
    const different = Array.from({ length: 100 }, (_, i) =>
      failed({ case: `d-${i}`, failures: [`reason ${i}`] }),
    );
    const text = await summary([...same, ...different]);
    expect(text).toContain('The same of 99 others:');
    expect(text.match(/✗/g)?.length).toBe(30);
    expect(text).toContain('71 further failures');
    expect(text).toContain('200 failed, 0 passed of 200');
  });

  it('names the slowest, those near a limit, the flaky, and why something was not run', async () => {
    const text = await summary([
      ...Array.from({ length: 50 }, (_, i) => withMetrics({ wallMs: i + 1 }, { case: `c${i}` })),
      withMetrics({ memoryPeakBytes: 260_000_000 }, { case: 'greedy' }),
      withMetrics({ cpuMs: 2001 }, { case: 'meant to', status: 'cpu-time-exceeded', killedBy: 'cpu-time' }),
      failed({ case: 'shaky', final: false }),
      outcomeOf({ case: 'shaky', attempt: 2 }),
      skipped({ case: 'a' }),
      skipped({ case: 'b' }),
    ]);
    const slowest = text.split('Slowest\n')[1]?.split('\n').slice(0, 6) ?? [];
    expect(slowest.map((line) => /^ +(\d+)ms/.exec(line)?.[1])).toEqual([
      '50',
      '49',
      '48',
      '47',
      '46',
      undefined,
    ]);
    expect(text).toMatch(/97% of 256MiB memory +sum › sum › greedy/);
    expect(text.split('Nearest to a limit')[1]?.split('\n\n')[0]).not.toContain('meant to');
    expect(text).toContain('sum › sum › shaky (attempt 2)');
    expect(text).toContain('2 × not run: job "first" did not pass');
    expect(text).toMatch(/^FAILED$/m);
  });

  it('says what was stopped, lost, degraded and disturbed', async () => {
    const lost = await summary([outcomeOf()], { start: { total: 3 } });
    expect(lost).toContain('no outcome of 2 cases (lost)');
    expect(lost).toMatch(/^FAILED$/m);
    expect(await summary([outcomeOf()], { stopped: 'timeout' })).toMatch(/^FAILED {2}stopped: out of time$/m);
    const degraded = { level: 'full', tier: 'T3', degraded: ['no cgroup'] } as const;
    expect(await summary([outcomeOf({ isolation: { ...degraded, degraded: ['no cgroup'] } })])).toContain(
      '1 run without: no cgroup',
    );
    const noisy = { ...host, load: 3, stealMs: -500 };
    expect(await summary([outcomeOf()], { start: { host: noisy } })).toMatch(
      /Noise .*load 3 before the run; 510ms stolen by the hypervisor/,
    );
  });

  it('uses colours only when asked', async () => {
    expect(await summary([failed()])).not.toContain('\u001b');
    const colored = await textOf((sink) => createSummaryReporter(sink, { color: true }), [failed()]);
    expect(colored).toContain('\u001b[31mFAILED');
  });
});
