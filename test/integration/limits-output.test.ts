import { describe, expect, test } from 'vitest';
import { ending, exited, killed, median, metric, text, useCell } from '../support/cell.js';
import { programJob } from '../support/programs.js';
import { scaledDown } from '../support/time-scale.js';

const cell = useCell();

const LIMIT = 100_000;
const limits = { output: LIMIT, wallTime: '20s' };
const whole = (bytes: number): object => ({ bytes, truncated: false });
const cut = { bytes: LIMIT, truncated: true };

describe.each([
  ['stdout', (bytes: number): [number, number] => [bytes, 0]],
  ['stderr', (bytes: number): [number, number] => [0, bytes]],
] as const)('%s', (stream, argumentsFor) => {
  const other = stream === 'stdout' ? 'stderr' : 'stdout';

  test.each([0, 1, LIMIT - 1, LIMIT])('%i bytes are kept to the last', async (bytes) => {
    const outcome = await cell.program('write-bytes', argumentsFor(bytes), { limits });
    expect(ending(outcome)).toEqual(exited(0));
    expect(outcome[stream]).toMatchObject(whole(bytes));
    expect(text(outcome[stream])).toBe((stream === 'stdout' ? 'o' : 'e').repeat(bytes));
    expect(outcome[other]).toMatchObject(whole(0));
  });

  test.each([LIMIT + 1, LIMIT + 4096, 1 << 30])('%i bytes are cut at the limit', async (bytes) => {
    const outcome = await cell.program('write-bytes', argumentsFor(bytes), { limits });
    expect(outcome).toMatchObject({ status: 'output-exceeded', killedBy: 'output', verdict: 'failed' });
    expect(outcome[stream]).toMatchObject(cut);
    expect(text(outcome[stream])).toBe((stream === 'stdout' ? 'o' : 'e').repeat(LIMIT));
    expect(outcome.message).toContain(stream);
  });
});

test('each stream has the whole limit', async () => {
  const outcome = await cell.program('write-bytes', [LIMIT, LIMIT], { limits });
  expect(ending(outcome)).toEqual(exited(0));
  expect(outcome).toMatchObject({ stdout: whole(LIMIT), stderr: whole(LIMIT) });
});

test('a limit of one byte', async () => {
  const one = await cell.program('write-bytes', [1, 1], { limits: { output: 1 } });
  expect(ending(one)).toEqual(exited(0));
  const two = await cell.program('write-bytes', [2, 0], { limits: { output: 1 } });
  expect(two).toMatchObject({ status: 'output-exceeded', stdout: { text: 'o', bytes: 1, truncated: true } });
});

test('the one byte too many is seen even if the program exits at once', async () => {
  const outcomes = await Promise.all(
    Array.from({ length: 100 }, async () => await cell.program('write-bytes', [LIMIT + 1, 0], { limits })),
  );
  for (const outcome of outcomes) expect(outcome).toMatchObject({ status: 'output-exceeded', stdout: cut });
});

test.each([
  ['flood-stdout', []],
  ['flood-stdout', ['both']],
  ['flood-stdout', ['both', 'ignore']],
] as const)('%s %j is killed', async (program, args) => {
  expect(ending(await cell.program(program, args, { limits }))).toEqual(killed('output'));
});

test('a reader gets the bytes up to the limit and no more', async () => {
  let bytes = 0;
  const outcome = await cell.run(programJob('flood-stdout', [], { limits }), {
    onStdout: (chunk) => {
      bytes += chunk.length;
    },
  });
  expect(bytes).toBe(LIMIT);
  expect(outcome.stdout).toMatchObject(cut);
});

const BYTES = scaledDown(1 << 29);

test('none is no limit, and what is not kept does not fill the memory of this process', async () => {
  const rss: number[] = [];
  let bytes = 0;
  const outcome = await cell.run(programJob('write-bytes', [BYTES, 0], { limits: { output: 'none' } }), {
    capture: false,
    onStdout: (chunk) => {
      bytes += chunk.length;
      if (bytes % 64 === 0) rss.push(process.memoryUsage.rss());
    },
  });
  expect(ending(outcome)).toEqual(exited(0));
  expect(bytes).toBe(BYTES);
  expect(outcome.stdout).toMatchObject({ bytes: BYTES, truncated: false });
  expect(Math.max(...rss) - Math.min(...rss)).toBeLessThan(128 * 1024 ** 2);
  expect(median(rss)).toBeGreaterThan(0);
  expect(metric(outcome, 'wallMs')).toBeGreaterThan(0);
});
