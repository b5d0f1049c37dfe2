import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { makeRuntimeDir } from '../../../src/engine/runtime-dir.js';

/** What an ordinary user gets; the tests run as root. */
const UID = 54_321;
let base: string;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'hotcell-test-'));
  vi.spyOn(process, 'geteuid').mockReturnValue(UID);
});

afterEach(() => {
  vi.restoreAllMocks();
  rmSync(base, { recursive: true });
});

describe('the runtime directory of an ordinary user', () => {
  test('is refused when somebody else made it first', () => {
    mkdirSync(join(base, `hotcell-${UID}`));
    expect(() => makeRuntimeDir({ XDG_RUNTIME_DIR: base })).toThrow(/not a directory of our own/);
  });

  test('is refused when it is a link', () => {
    mkdirSync(join(base, 'elsewhere'));
    symlinkSync('elsewhere', join(base, `hotcell-${UID}`));
    expect(() => makeRuntimeDir({ XDG_RUNTIME_DIR: base })).toThrow(/not a directory of our own/);
  });
});
