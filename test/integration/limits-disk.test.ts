import { describe, expect, test } from 'vitest';
import { ending, exited, metric, printed, signaled, text, useCell } from '../support/cell.js';

const cell = useCell();

const KIB = 1024;
const MIB = 1024 ** 2;
const PAGE = 4096;
const ENOSPC = 28;
const EFBIG = 27;

describe('disk', () => {
  const DISK = 4 * MIB;
  const limits = { disk: DISK };

  /** The program's own file is on the disk too; its size is what an empty write leaves used. */
  const used = async (): Promise<number> =>
    metric(await cell.program('write-file', [0], { limits }), 'diskUsedBytes');

  test('holds exactly as many bytes as the limit says, with what is there already', async () => {
    const free = DISK - (await used());
    expect(free).toBeGreaterThan(DISK / 2);
    for (const bytes of [free - PAGE, free]) {
      const outcome = await cell.program('write-file', [bytes], { limits });
      expect(ending(outcome)).toEqual(exited(0));
      expect(printed(outcome, 'bytes')).toBe(bytes);
    }
    const above = await cell.program('write-file', [free + 1], { limits });
    expect(ending(above)).toEqual(exited(ENOSPC));
    expect(printed(above, 'bytes')).toBe(free);
  });

  test.each(['/box', '/tmp', '/dev/shm'])('is full far above the limit in %s', async (directory) => {
    const outcome = await cell.program('fill-disk', [directory, 1024], { limits });
    expect(ending(outcome)).toEqual(exited(1));
    expect(text(outcome.stdout)).toContain('No space left on device');
    expect(printed(outcome, 'bytes')).toBeLessThanOrEqual(DISK);
    expect(metric(outcome, 'diskUsedBytes')).toBeGreaterThan(DISK - 2 * PAGE);
    expect(metric(outcome, 'diskUsedBytes')).toBeLessThanOrEqual(DISK);
  });

  test('is one for all writable places together', async () => {
    const script =
      'for d in /box /tmp /dev/shm; do head -c 3000000 /dev/zero > $d/f; wc -c < $d/f; done 2>/dev/null';
    const outcome = await cell.run({ command: ['/bin/sh', '-c', script], limits });
    const sizes = text(outcome.stdout).trim().split('\n').map(Number);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(DISK);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeGreaterThan(DISK - 64 * KIB);
  });

  test('a sparse file takes what is written, not its length', async () => {
    const outcome = await cell.program('write-file', [1024 ** 4, 'sparse'], { limits });
    expect(ending(outcome)).toEqual(exited(0));
    expect(metric(outcome, 'diskUsedBytes')).toBeLessThan(DISK);
  });
});

describe('inodes', () => {
  const INODES = 200;
  const limits = { inodes: INODES };

  test('are as many as the limit says, with what is there already', async () => {
    const before = metric(await cell.program('fill-inodes', [0], { limits }), 'inodesUsed');
    const free = INODES - before;
    expect(free).toBeGreaterThan(INODES / 2);
    for (const files of [free - 1, free]) {
      const outcome = await cell.program('fill-inodes', [files], { limits });
      expect(ending(outcome)).toEqual(exited(0));
      expect(metric(outcome, 'inodesUsed')).toBe(before + files);
    }
    const above = await cell.program('fill-inodes', [free + 1], { limits });
    expect(ending(above)).toEqual(exited(1));
    expect(printed(above, 'files')).toBe(free);
  });

  test('run out far above the limit', async () => {
    const outcome = await cell.program('fill-inodes', [100_000, '/tmp'], { limits });
    expect(text(outcome.stdout)).toContain('No space left on device');
    expect(metric(outcome, 'inodesUsed')).toBe(INODES);
  });
});

describe('file size', () => {
  const SIZE = MIB;
  const limits = { fileSize: SIZE };

  test.each([SIZE - 1, SIZE])('%i bytes are ok', async (bytes) => {
    const outcome = await cell.program('write-file', [bytes], { limits });
    expect(ending(outcome)).toEqual(exited(0));
    expect(printed(outcome, 'bytes')).toBe(bytes);
  });

  test.each([SIZE + 1, 64 * MIB])('%i bytes are the end by SIGXFSZ', async (bytes) => {
    const outcome = await cell.program('write-file', [bytes], { limits });
    expect(ending(outcome)).toEqual(signaled('SIGXFSZ'));
    expect(metric(outcome, 'diskUsedBytes')).toBeLessThan(2 * SIZE);
  });

  test.each([SIZE + 1, 64 * MIB])('%i bytes are refused when SIGXFSZ is ignored', async (bytes) => {
    const outcome = await cell.program('write-file', [bytes, 'ignore'], { limits });
    expect(ending(outcome)).toEqual(exited(EFBIG));
    expect(printed(outcome, 'bytes')).toBe(SIZE);
  });

  test('a sparse file of a TiB is refused', async () => {
    expect(ending(await cell.program('write-file', [1024 ** 4, 'sparse'], { limits }))).toEqual(
      signaled('SIGXFSZ'),
    );
  });

  test('does not hold back output', async () => {
    const outcome = await cell.program('write-bytes', [2 * SIZE, 0], { limits });
    expect(ending(outcome)).toEqual(exited(0));
    expect(outcome.stdout.bytes).toBe(2 * SIZE);
  });
});
