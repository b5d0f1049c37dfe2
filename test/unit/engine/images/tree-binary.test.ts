import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { findTreeWriter, isStaticProgram } from '../../../../src/engine/images/tree-binary.js';
import { findLauncher } from '../../../../src/launcher/index.js';

const directory = mkdtempSync(join(tmpdir(), 'tree-binary-'));
afterAll(() => rmSync(directory, { recursive: true }));

it('tells a program that needs a loader from one that needs none', () => {
  expect(isStaticProgram(readFileSync(process.execPath).subarray(0, 4096))).toBe(false);
  expect(isStaticProgram(readFileSync(findLauncher(undefined, {})).subarray(0, 4096))).toBe(true);
});

it.each([
  ['nothing', Buffer.alloc(0)],
  ['a script', Buffer.from(`#!/bin/sh\n${'#'.repeat(100)}`)],
  [
    'program headers that lie behind what was looked at',
    Buffer.concat([Buffer.from('\u007fELF'), Buffer.alloc(60, 0xff)]),
  ],
])('takes %s for none', (_, bytes) => {
  expect(isStaticProgram(bytes)).toBe(false);
});

it('takes the given binary where it can, else that of this package', () => {
  const copy = join(directory, 'launcher');
  copyFileSync(findLauncher(undefined, {}), copy);
  expect(findTreeWriter(copy)).toBe(copy);
  const script = join(directory, 'script');
  writeFileSync(script, '#!/bin/sh\n');
  chmodSync(script, 0o755);
  expect(findTreeWriter(script)).toBe(findLauncher(undefined, {}));
});
