import { describe, expect, it } from 'vitest';
import { checkOptions } from '../../../src/core/index.js';
import { resultOf } from './support.js';

const NAMES = { concurrency: true, launcherPath: true } as const;

const complaint = (options: unknown): unknown => {
  const result = resultOf(() => checkOptions('createHotcell', options as object, NAMES as never));
  return result instanceof Error ? [result.code, result.message] : result;
};

describe('options', () => {
  it.each([
    [null, 'null is not an object'],
    ['concurrency', '"concurrency" is not an object'],
    [{ concurency: 2 }, 'unknown option "concurency"; did you mean "concurrency"?'],
    [{ concurrency: 2, launcher_path: '/x' }, 'unknown option "launcher_path"; did you mean "launcherPath"?'],
    [{ zzzz: 2 }, 'unknown option "zzzz"; allowed: concurrency, launcherPath'],
    [{ constructor: 2 }, 'unknown option "constructor"; allowed: concurrency, launcherPath'],
    [{ '\u001b[2J': 2 }, 'unknown option "\\u001b[2J"; allowed: concurrency, launcherPath'],
  ])('%j are refused', (options, message) => {
    expect(complaint(options)).toEqual(['invalid-usage', `createHotcell: ${message}`]);
  });

  it.each([{}, { concurrency: 1 }, { launcherPath: undefined }])('%j are fine', (options) => {
    expect(complaint(options)).toBeUndefined();
  });
});
