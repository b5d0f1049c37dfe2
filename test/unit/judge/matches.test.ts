import { constants } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import { textExpectation } from '../../support/cases.js';
import { difference, judged } from './support.js';

const matches = (source: string, actual: string, flags = '') =>
  difference(source, actual, { compare: 'matches', flags });

describe('matches', () => {
  test('finds the expression anywhere', async () => {
    expect(await matches('b+', 'abbc')).toBeNull();
    expect(await matches('^second$', 'first\nsecond\n', 'm')).toBeNull();
    expect(await matches('É', 'é', 'iu')).toBeNull();
    expect(await matches('', '')).toBeNull();
  });

  test('says how what was written begins when there is no match', async () => {
    expect(await matches('^b', 'abc\u001b[2J')).toMatchObject({
      what: 'stdout',
      compare: 'matches',
      line: null,
      column: null,
      expected: '/^b/',
      actual: 'abc\\u{1b}[2J',
    });
  });

  test.each([
    ['nested repetition', '^(a+)+$', `${'a'.repeat(64)}b`],
    ['alternatives that overlap', '^(a|aa|a.)*$', `${'a'.repeat(200)}\n`],
    ['a back-reference', '^(.*)*\\1x$', 'a'.repeat(2000)],
  ])('gives up on an expression that never ends: %s', async (_name, source, actual) => {
    const startedAt = performance.now();
    const found = await matches(source, actual);
    expect(found?.text).toContain('may never come to an end');
    expect(performance.now() - startedAt).toBeLessThan(8000);
    expect(await matches('a', 'a')).toBeNull();
  });

  test('gives all expressions of a case together no more than a few seconds', async () => {
    const paths = Array.from({ length: 1000 }, (_, index) => `out-${index}`);
    const content = textExpectation('^(a+)+$', { compare: 'matches' });
    const bomb = Buffer.from(`${'a'.repeat(64)}b`);
    const startedAt = performance.now();
    const { verdict, failures } = await judged({
      wanted: { outputs: paths.map((path) => ({ path, content })) },
      files: new Map(paths.map((path) => [path, bomb])),
    });
    expect(performance.now() - startedAt).toBeLessThan(9000);
    expect(verdict).toBe('failed');
    expect(failures).toHaveLength(paths.length);
    expect(failures[0]).toContain('may never come to an end');
    expect(failures.at(-1)).toContain('no time is left for the expression');
  }, 30_000);

  test('fails for more than can be made text', async () => {
    const stdout = Buffer.alloc(constants.MAX_STRING_LENGTH + 1, 'a');
    const wanted = { stdout: textExpectation('a', { compare: 'matches' }) };
    const { verdict, failures } = await judged({ wanted, stdout });
    expect(verdict).toBe('failed');
    expect(failures).toEqual([expect.stringContaining('the expression cannot be used')]);
  }, 30_000);

  test('fails for an expression that is none, and keeps nothing of it', async () => {
    expect((await matches('(', 'x'))?.text).toContain('the expression cannot be used');
    expect((await matches('a', 'x', 'nonsense'))?.text).toContain('the expression cannot be used');
  });

  test('shows no invisible character of an expression that is none', async () => {
    expect((await matches('(\ue000', 'x'))?.text).not.toContain('\ue000');
  });

  test('takes the expression as data, never as code', async () => {
    expect(await matches('"+(globalThis.broken=1)+"', 'x')).not.toBeNull();
    expect('broken' in globalThis).toBe(false);
  });
});
