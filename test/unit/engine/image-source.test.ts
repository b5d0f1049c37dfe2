import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { imageSource } from '../../../src/engine/image-source.js';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'image-source-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

it.each([
  ['hots', 'there is no image "hots"; did you mean "host"?'],
  ['debian', 'there is no image "debian"'],
])('has no %s where nothing was put in, and makes nothing to say so', async (reference, message) => {
  await expect(imageSource(home).resolve(reference)).rejects.toMatchObject({
    code: 'image-not-found',
    message,
  });
  expect(readdirSync(home)).toEqual([]);
});
