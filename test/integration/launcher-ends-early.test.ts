/** A launcher that ends before it is up: a second one is tried, no third. */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createHotcell } from '../../src/engine/index.js';
import { findLauncher } from '../../src/launcher/index.js';
import { ending, exited } from '../support/cell.js';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'hotcell-early-'));
  mkdirSync(join(directory, 'starts'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const starts = (): number => readdirSync(join(directory, 'starts')).length;

/** The launcher, after so many starts that end at once. */
function launcherAfter(early: number): string {
  const path = join(directory, 'launcher');
  const lines = [
    '#!/bin/sh',
    `cd '${directory}/starts'`,
    'touch $$',
    `test $(ls | wc -l) -le ${early} && exit 1`,
    `exec '${findLauncher(undefined)}'`,
  ];
  writeFileSync(path, `${lines.join('\n')}\n`);
  chmodSync(path, 0o755);
  return path;
}

test('once: nobody notices', async () => {
  await using cell = await createHotcell({ launcherPath: launcherAfter(1) });
  expect(ending(await cell.run({ command: ['/bin/true'] }))).toEqual(exited(0));
  expect(starts()).toBe(2);
});

test('twice: the cell says so', async () => {
  await expect(createHotcell({ launcherPath: launcherAfter(2) })).rejects.toMatchObject({
    code: 'launcher-failed',
    message: expect.stringMatching(/^the launcher ended before it was up, twice: ./),
  });
  expect(starts()).toBe(2);
});
