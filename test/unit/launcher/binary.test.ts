import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findLauncher } from '../../../src/launcher/binary.js';
import { codeOf } from './support.js';

describe('findLauncher', () => {
  const dir = mkdtempSync(join(tmpdir(), 'launcher-'));
  const [given, named, plain] = ['given', 'named', 'plain'].map((name) => join(dir, name)) as [
    string,
    string,
    string,
  ];

  beforeAll(() => {
    for (const path of [given, named, plain]) writeFileSync(path, '#!/bin/true\n');
    for (const path of [given, named]) chmodSync(path, 0o755);
    chmodSync(plain, 0o644);
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  test('takes what is given before what the environment names', () => {
    expect(findLauncher(given, { HOTCELL_LAUNCHER: named })).toBe(given);
    expect(findLauncher(undefined, { HOTCELL_LAUNCHER: named })).toBe(named);
  });

  test.each([
    ['absent', join(dir, 'absent')],
    ['not executable', plain],
  ])('never falls back from one that is %s', (_, path) => {
    expect(codeOf(() => findLauncher(path, { HOTCELL_LAUNCHER: named }))).toBe('launcher-not-found');
    expect(() => findLauncher(undefined, { HOTCELL_LAUNCHER: path })).toThrow(path);
  });

  test('with nothing said looks in the package: its build first, then the packed binary, else says how to build', () => {
    let found: unknown;
    try {
      found = findLauncher(undefined, { HOTCELL_LAUNCHER: '' });
    } catch (error) {
      expect(error).toMatchObject({
        code: 'launcher-not-found',
        hint: expect.stringContaining('build:launcher'),
      });
      return;
    }
    expect(found).toMatch(/\/(?:build|prebuilt\/linux-\w+)\/hotcell-launcher$/);
  });
});
