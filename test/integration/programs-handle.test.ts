import { describe, expect, test } from 'vitest';
import { ending, exited, median, metric, signaled, startAndWaitFor, text, useCell } from '../support/cell.js';
import { programJob } from '../support/programs.js';

const cell = useCell();

const CANCELLED = { status: 'cancelled', exitCode: null, killedBy: 'cancel' };

const start = async (name: string, words = 'ready') =>
  await startAndWaitFor(cell.hotcell, programJob(name), words);

describe('a signal sent to a running program', () => {
  test.each(['SIGHUP', 'SIGINT', 'SIGTERM', 'SIGUSR1', 'SIGUSR2'] as const)('%s reaches it', async (name) => {
    const handle = await start('wait-for-signal');
    handle.signal(name);
    const outcome = await handle.outcome;
    expect(text(outcome.stdout)).toMatch(/^ready\ngot \d+\n$/);
    expect(outcome).toMatchObject({ status: 'nonzero-exit', killedBy: null });
  });

  test('ends it like any signal when it has no handler', async () => {
    const handle = await start('sleep-forever');
    handle.signal('SIGTERM');
    expect(ending(await handle.outcome)).toEqual(signaled('SIGTERM'));
  });

  test('is caught by a shell trap', async () => {
    const handle = await start('trap-term.sh');
    handle.signal('SIGTERM');
    const outcome = await handle.outcome;
    expect(ending(outcome)).toEqual(exited(3));
    expect(text(outcome.stdout)).toBe('ready\nterminated\n');
  });

  test('continues one that has stopped itself', async () => {
    const handle = await start('stop-self');
    // The program prints before it stops, so the first SIGCONT may come too early; it is harmless then.
    const again = setInterval(() => handle.signal('SIGCONT'), 20);
    const outcome = await handle.outcome;
    clearInterval(again);
    expect(text(outcome.stdout)).toBe('ready\ncontinued\n');
    expect(ending(outcome)).toEqual(exited(0));
  });

  test('sent after the end does nothing', async () => {
    const handle = cell.hotcell.start(programJob('exit-with', [0]));
    const outcome = await handle.outcome;
    handle.signal('SIGKILL');
    handle.kill();
    expect(ending(outcome)).toEqual(exited(0));
  });
});

describe('cancelling', () => {
  test('ends a program that ignores every signal', async () => {
    const handle = await start('ignore-signals');
    handle.signal('SIGTERM');
    handle.signal('SIGINT');
    handle.kill();
    const outcome = await handle.outcome;
    expect(ending(outcome)).toMatchObject(CANCELLED);
    expect(text(outcome.stdout)).toBe('ready\n');
  });

  test('works by AbortSignal, and takes the children along', async () => {
    const controller = new AbortController();
    const job = { command: ['/bin/sh', '-c', 'sleep 20 & sleep 20 & echo ready; wait'] };
    const handle = await startAndWaitFor(cell.hotcell, job, 'ready', { signal: controller.signal });
    controller.abort();
    const outcome = await handle.outcome;
    expect(ending(outcome)).toMatchObject(CANCELLED);
    expect(outcome.metrics.pidsPeak).toBeGreaterThanOrEqual(3);
  });

  test('before the start is an outcome too', async () => {
    const outcome = await cell.run(programJob('spin'), { signal: AbortSignal.abort() });
    expect(ending(outcome)).toMatchObject(CANCELLED);
  });

  test('at any moment gives a true ending and never an error', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        const controller = new AbortController();
        const running = cell.run(programJob('exit-with', [index]), { signal: controller.signal });
        setTimeout(() => controller.abort(), index / 4);
        return await running;
      }),
    );
    outcomes.forEach((outcome, index) => {
      if (outcome.status === 'cancelled') expect(ending(outcome)).toMatchObject(CANCELLED);
      else expect(ending(outcome)).toEqual(exited(index));
    });
  });
});

describe('live output', () => {
  test('comes while the program runs, in order and complete', async () => {
    const chunks: Uint8Array[] = [];
    const outcome = await cell.run(programJob('write-bytes', [1_000_000, 0]), {
      onStdout: (chunk) => void chunks.push(Uint8Array.from(chunk)),
    });
    expect(Buffer.concat(chunks).toString()).toBe('o'.repeat(1_000_000));
    expect(outcome.stdout.bytes).toBe(1_000_000);
  });

  test('of a reader that is slow holds the program back and loses nothing', async () => {
    let bytes = 0;
    const outcome = await cell.run(programJob('write-bytes', [4_000_000, 0]), {
      capture: false,
      onStdout: async (chunk) => {
        bytes += chunk.length;
        await new Promise((resolve) => setImmediate(resolve));
      },
    });
    expect(ending(outcome)).toEqual(exited(0));
    expect(bytes).toBe(4_000_000);
  });
});

describe('live input', () => {
  async function* pieces(count: number, size: number): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < count; i++) yield Buffer.alloc(size, 65 + (i % 26));
  }

  test('is fed as it comes', async () => {
    const outcome = await cell.run(
      { ...programJob('echo-stdin'), stdin: { stream: true } },
      { stdin: pieces(50, 10_000) },
    );
    const wanted: Uint8Array[] = [];
    for await (const piece of pieces(50, 10_000)) wanted.push(piece);
    expect(text(outcome.stdout)).toBe(Buffer.concat(wanted).toString());
  });

  test('without end does not hold back a program that does not read it', async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) yield Buffer.alloc(65_536);
    }
    const outcome = await cell.run(
      { ...programJob('never-read-stdin'), stdin: { stream: true } },
      { stdin: endless() },
    );
    expect(ending(outcome)).toEqual(exited(0));
  });
});

test('a program that ends at once has its last output reported, every time', async () => {
  const outcomes = await Promise.all(
    Array.from({ length: 200 }, async () => await cell.program('hello.sh', [1])),
  );
  for (const outcome of outcomes) {
    expect(text(outcome.stdout)).toBe('hello from the shell\n');
    expect(text(outcome.stderr)).toBe('and an error\n');
  }
  expect(median(outcomes.map((outcome) => metric(outcome, 'wallMs')))).toBeGreaterThan(0);
});
