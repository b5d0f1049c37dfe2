import { describe, expect, test } from 'vitest';
import { ending, exited, printed, signaled, text, useCell } from '../support/cell.js';

const cell = useCell();

const MIB = 1024 ** 2;

describe('open files', () => {
  const limits = { openFiles: 64 };

  test.each([63, 64])('%i descriptors are ok', async (wanted) => {
    const outcome = await cell.program('open-many-files', [wanted], { limits });
    expect(ending(outcome)).toEqual(exited(0));
    expect(printed(outcome, 'descriptors')).toBe(wanted);
  });

  test.each([65, 100_000])('%i descriptors are refused after 64', async (wanted) => {
    const outcome = await cell.program('open-many-files', [wanted], { limits });
    expect(ending(outcome)).toEqual(exited(1));
    expect(printed(outcome, 'descriptors')).toBe(64);
    expect(text(outcome.stdout)).toMatch(/No file descriptors available|Too many open files/);
  });

  test('can be many', async () => {
    const outcome = await cell.program('open-many-files', [10_000], { limits: { openFiles: 10_000 } });
    expect(ending(outcome)).toEqual(exited(0));
  });
});

describe('stack', () => {
  const KIB_ALLOWED = 1024;
  const limits = { stack: MIB };

  test('just below the limit is ok', async () => {
    const outcome = await cell.program('use-stack', [KIB_ALLOWED - 64], { limits });
    expect(ending(outcome)).toEqual(exited(0));
    expect(text(outcome.stdout)).toBe('returned\n');
  });

  // Arguments and environment are on the stack as well, so the limit itself is already too much.
  test.each([KIB_ALLOWED, 4 * KIB_ALLOWED, 1024 * KIB_ALLOWED])(
    '%i KiB end by SIGSEGV',
    async (kibibytes) => {
      expect(ending(await cell.program('use-stack', [kibibytes], { limits }))).toEqual(signaled('SIGSEGV'));
    },
  );

  test('can be larger than the usual 8 MiB', async () => {
    const outcome = await cell.program('use-stack', [60 * KIB_ALLOWED], { limits: { stack: '64MiB' } });
    expect(ending(outcome)).toEqual(exited(0));
  });

  test('of none is held by the memory limit only', async () => {
    const ok = await cell.program('use-stack', [60 * KIB_ALLOWED], { limits: { stack: 'none' } });
    expect(ending(ok)).toEqual(exited(0));
    const endless = await cell.program('use-stack', [], { limits: { stack: 'none', memory: '64MiB' } });
    expect(endless.status).toBe('memory-exceeded');
  });
});
