import { afterAll, beforeAll, expect } from 'vitest';
import { messageId } from '../../src/launcher/protocol-table.js';
import { cgroupDirectories, mountLines, sandboxProcesses } from './leaks.js';
import { frame, type RawConnection, RawLauncher } from './raw-launcher.js';
import { GOOD_OUTPUT, goodPlan } from './raw-plan.js';

const GOOD_END = { refused: null, exitCode: 0, stdout: GOOD_OUTPUT };

export async function expectGoodRun(connection: RawConnection, id: number): Promise<void> {
  connection.send(frame(messageId.run, id, goodPlan()));
  expect(await connection.end(id)).toEqual(GOOD_END);
}

/** Closes a launcher: that is how it ends, and nothing of it is left. */
export async function expectCleanEnd(launcher: RawLauncher): Promise<void> {
  expect(await launcher.close()).toEqual({ code: 0, signal: null });
  expect(cgroupDirectories(new Set([launcher.instance]))).toEqual([]);
}

/** One launcher for all tests of a file, with a client that behaves while others do not. */
export interface RawSession {
  readonly launcher: RawLauncher;
  /** The well-behaved client's connection lives, and its next run is right. */
  expectUnharmed(): Promise<void>;
}

export function useRawLauncher(): RawSession {
  let launcher: RawLauncher | undefined;
  let witness: RawConnection | undefined;
  let runs = 0;
  const mounts = mountLines();
  beforeAll(async () => {
    launcher = await RawLauncher.ready();
    witness = await launcher.greeted();
  });
  afterAll(async () => {
    if (launcher !== undefined) await expectCleanEnd(launcher);
    expect(sandboxProcesses()).toEqual([]);
    expect(mountLines()).toEqual(mounts);
  });
  return {
    get launcher() {
      if (launcher === undefined) throw new Error('only inside a test');
      return launcher;
    },
    async expectUnharmed() {
      if (witness === undefined) throw new Error('only inside a test');
      await expectGoodRun(witness, ++runs);
      expect(this.launcher.isRunning).toBe(true);
    },
  };
}
