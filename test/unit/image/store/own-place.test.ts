import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { StoreLayout } from '../../../../src/image/store/layout.js';
import { readOwn } from '../../../../src/image/store/own-json.js';
import { checkOwnPlaces } from '../../../../src/image/store/own-place.js';
import { ImageResolver } from '../../../../src/image/store/resolver.js';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'hotcell-own-'));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(directory, { recursive: true });
});

const at = (...names: readonly string[]): string => join(directory, ...names);

test('a place below a directory that everybody may write to is not ours, except in one like /tmp', () => {
  mkdirSync(at('open/home'), { recursive: true });
  checkOwnPlaces(at('open/home'));
  chmodSync(at('open'), 0o1777);
  checkOwnPlaces(at('open/home'));
  chmodSync(at('open'), 0o777);
  expect(() => checkOwnPlaces(at('open/home'))).toThrow(`for others may write to ${at('open')}`);
});

test.each([0o770, 0o707, 0o1777])('a place of mode %o is not only ours', (mode) => {
  mkdirSync(at('home'));
  chmodSync(at('home'), mode);
  expect(() => checkOwnPlaces(at('home'))).toThrow(`${at('home')} is not only ours to write`);
});

test('a link to a place is as safe as what it leads to', () => {
  mkdirSync(at('open'));
  chmodSync(at('open'), 0o777);
  mkdirSync(at('open/home'));
  symlinkSync(at('open/home'), at('link'));
  expect(() => checkOwnPlaces(at('link'))).toThrow('is not only ours to write');
});

test('a place that is not there is nobody’s', () => {
  checkOwnPlaces(at('none'), at('none/images'));
});

test('nothing runs in a store that others may write to, and nothing is added', async () => {
  const layout = await StoreLayout.make(at('home'));
  chmodSync(layout.root, 0o777);
  await expect(new ImageResolver(at('home')).resolve('a')).rejects.toMatchObject({ code: 'io' });
  await expect(StoreLayout.make(at('home'))).rejects.toMatchObject({ code: 'io' });
});

test('a store of another user is not ours', async () => {
  const layout = await StoreLayout.make(at('home'));
  if (process.geteuid?.() === 0) chownSync(layout.root, 65_534, 65_534);
  else vi.spyOn(process, 'geteuid').mockReturnValue(65_534);
  await expect(new ImageResolver(at('home')).resolve('a')).rejects.toMatchObject({
    message: `${layout.root} is not only ours to write`,
  });
});

test('a file of ours that is a FIFO, a link or a device is damaged, and nothing hangs', () => {
  execFileSync('mkfifo', [at('fifo')]);
  symlinkSync('/dev/zero', at('device'));
  writeFileSync(at('file'), '{}');
  symlinkSync(at('file'), at('link'));
  for (const name of ['fifo', 'device', 'link']) {
    expect(() => readOwn(at(name), z.object({}))).toThrow(`${at(name)} is damaged`);
  }
  expect(readOwn(at('file'), z.object({}))).toEqual({});
  expect(readOwn(at('none'), z.object({}))).toBeNull();
});
