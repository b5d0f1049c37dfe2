import { describe, expect, it } from 'vitest';
import { ERROR_CODES, HotcellError, invalidSpec } from '../../../src/core/index.js';

describe('HotcellError', () => {
  it('carries code, message, hint and cause', () => {
    const cause = new Error('ENOENT');
    const error = new HotcellError({
      code: 'launcher-not-found',
      message: 'no launcher',
      hint: 'npm run build',
      cause,
    });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: 'HotcellError',
      code: 'launcher-not-found',
      hint: 'npm run build',
      cause,
    });
    expect(String(error)).toBe('HotcellError: no launcher');
  });

  it('has no hint and no cause unless given', () => {
    const error = invalidSpec('wrong');
    expect(error.hint).toBeUndefined();
    expect('cause' in error).toBe(false);
    expect(error.code).toBe('invalid-spec');
  });

  it('has codes without repetition', () => {
    expect(new Set(ERROR_CODES).size).toBe(ERROR_CODES.length);
  });
});
