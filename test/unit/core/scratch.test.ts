import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeScratch, removeAbandonedScratch } from '../../../src/core/index.js';

describe('scratch directories', () => {
  it('stay while their owner lives', async () => {
    const path = await makeScratch('suite');
    await removeAbandonedScratch();
    expect(existsSync(path)).toBe(true);
    rmSync(path, { recursive: true });
  });

  it('are removed, with all that is in them, when their owner is no more', async () => {
    const own = await makeScratch('box');
    rmSync(own, { recursive: true });
    const { pid } = spawnSync('true');
    const abandoned = join(tmpdir(), basename(own).replace(`-${process.pid}-`, `-${pid}-`));
    mkdirSync(join(abandoned, 'in'), { recursive: true });
    writeFileSync(join(abandoned, 'in', 'file'), '');
    await removeAbandonedScratch();
    expect(existsSync(abandoned)).toBe(false);
  });

  it('are told from what only looks like one', async () => {
    const strangers = ['hotcell-suite-notes', 'hotcell-other-1-1-1-abcdef', 'hotcell-suite-0-1-1-abcdef'];
    const paths = strangers.map((name) => join(tmpdir(), name));
    for (const path of paths) mkdirSync(path, { recursive: true });
    await removeAbandonedScratch();
    expect(paths.filter((path) => existsSync(path))).toEqual(paths);
    for (const path of paths) rmSync(path, { recursive: true });
  });
});
