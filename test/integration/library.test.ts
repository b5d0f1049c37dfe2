import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { createHotcell, type Suite } from '../../src/engine/index.js';
import { ending, exited, startAndWaitFor, text, useCell } from '../support/cell.js';
import { programJob } from '../support/programs.js';

const cell = useCell();

const TRUE = { command: ['/bin/true'] };

describe('a cell', () => {
  test('works in a block of its own, and refuses to afterwards', async () => {
    let outside: Awaited<ReturnType<typeof createHotcell>> | undefined;
    {
      await using inside = await createHotcell();
      outside = inside;
      expect(ending(await inside.run(TRUE))).toEqual(exited(0));
    }
    await expect(outside.run(TRUE)).rejects.toMatchObject({ code: 'closed' });
    await outside.close();
  });

  test('takes a thousand runs at once', async () => {
    const codes = Array.from({ length: 1000 }, (_, index) => index % 256);
    const outcomes = await Promise.all(codes.map(async (code) => await cell.program('exit-with', [code])));
    expect(outcomes.map(({ exitCode }) => exitCode)).toEqual(codes);
    expect(new Set(outcomes.map(({ id }) => id)).size).toBe(1000);
  });

  test.each([0, 65, 1.5, Number.NaN])('refuses %d runs at a time', async (concurrency) => {
    await expect(createHotcell({ concurrency })).rejects.toMatchObject({ code: 'invalid-usage' });
  });

  test('refuses options that are none, with the nearest', async () => {
    const unknown = (word: string) => ({
      code: 'invalid-usage',
      message: expect.stringContaining(`did you mean "${word}"?`),
    });
    await expect(createHotcell({ concurency: 1 } as object)).rejects.toMatchObject(unknown('concurrency'));
    await expect(cell.run(TRUE, { captrue: false } as object)).rejects.toMatchObject(unknown('capture'));
    await expect(cell.hotcell.start(TRUE, { onStdOut: 1 } as object).outcome).rejects.toMatchObject(
      unknown('onStdout'),
    );
    expect(() => cell.hotcell.runSuites([], { worker: 1 } as object)).toThrow('did you mean "workers"?');
    const written = { jobs: [{ name: 'j', command: ['true'] }] } as unknown as Suite;
    expect(() => cell.hotcell.runSuites([written])).toThrow('runSuites takes suites as parseSuite');
  });

  test('refuses an input that the program would not read', async () => {
    const stdin = (async function* () {})();
    await expect(cell.run({ command: ['cat'] }, { stdin })).rejects.toMatchObject({ code: 'invalid-usage' });
  });

  test('says which launcher is not there', async () => {
    await expect(createHotcell({ launcherPath: '/nowhere/launcher' })).rejects.toMatchObject({
      code: 'launcher-not-found',
      message: expect.stringContaining('/nowhere/launcher'),
    });
    await expect(createHotcell({ address: '/nowhere.sock' })).rejects.toMatchObject({
      code: 'launcher-failed',
    });
  });

  test('that is closed cancels what runs, and refuses what waits', async () => {
    const closing = await createHotcell({ concurrency: 1 });
    const running = await startAndWaitFor(closing, programJob('ignore-signals'), 'ready');
    const waiting = closing.run(TRUE).catch((error: unknown) => error);
    await closing.close();
    expect(ending(await running.outcome)).toMatchObject({ status: 'cancelled', killedBy: 'cancel' });
    expect(await waiting).toMatchObject({ code: 'closed' });
  });

  test.each([
    [{}, 'command'],
    [{ command: [] }, 'command'],
    [{ ...TRUE, limits: { memroy: '1g' } }, 'memory'],
    [{ ...TRUE, stdin: { path: '/nowhere/input' } }, '/nowhere/input'],
    [{ ...TRUE, stdin: { path: '/tmp' } }, 'is a directory'],
    [{ ...TRUE, files: { a: { path: '/nowhere/file' } } }, '/nowhere/file'],
    [{ ...TRUE, files: { a: { path: '/dev/zero' } } }, 'not a regular file'],
    [{ ...TRUE, envFile: ['/nowhere/env'] }, '/nowhere/env'],
    [{ ...TRUE, user: 'nonesuch' }, 'nonesuch'],
  ])('rejects the job %j with what is wrong', async (job, words) => {
    await expect(cell.hotcell.run(job as never)).rejects.toMatchObject({
      name: 'HotcellError',
      code: 'invalid-spec',
      message: expect.stringContaining(words),
    });
  });

  test('rejects a job whose stdin was promised and not given', async () => {
    await expect(cell.run({ ...TRUE, stdin: { stream: true } })).rejects.toMatchObject({
      code: 'invalid-usage',
    });
  });
});

describe('an AbortSignal', () => {
  const CANCELLED = { status: 'cancelled', exitCode: null, killedBy: 'cancel' };

  test('ends what runs and what still waits, and leaves the cell as good as new', async () => {
    await using narrow = await createHotcell({ concurrency: 2 });
    const controller = new AbortController();
    const { signal } = controller;
    const running = await startAndWaitFor(narrow, programJob('ignore-signals'), 'ready', { signal });
    const runs = Array.from(
      { length: 20 },
      async () => await narrow.run(programJob('ignore-signals'), { signal }),
    );
    runs.push(running.outcome);
    controller.abort();
    for (const outcome of await Promise.all(runs)) expect(ending(outcome)).toMatchObject(CANCELLED);
    expect(ending(await narrow.run(TRUE))).toEqual(exited(0));
  });

  test('of one run leaves the others alone', async () => {
    const signal = AbortSignal.abort();
    const [gone, there] = await Promise.all([cell.run(TRUE, { signal }), cell.run(TRUE)]);
    expect(ending(gone)).toMatchObject(CANCELLED);
    expect(ending(there)).toEqual(exited(0));
  });
});

describe('worker threads', () => {
  /** As a user's worker does it: the built package, in JavaScript. */
  const SCRIPT = `
    const { parentPort, workerData } = require('node:worker_threads');
    (async () => {
      const { createHotcell } = await import(workerData.engine);
      const cell = await createHotcell({ address: workerData.address });
      const runs = Array.from({ length: 25 }, (_, i) => cell.run({ command: ['/bin/sh', '-c', 'exit ' + i] }));
      const codes = (await Promise.all(runs)).map(({ exitCode }) => exitCode);
      await cell.close();
      parentPort.postMessage({ codes });
    })().catch(({ code, message, hint }) => parentPort.postMessage({ code, message, hint }));
  `;
  const engine = new URL('../../dist/engine/index.js', import.meta.url).href;

  const inThread = async (address: string | undefined): Promise<unknown> =>
    await new Promise((resolve, reject) => {
      const worker = new Worker(SCRIPT, { eval: true, workerData: { engine, address } });
      worker.once('message', resolve);
      worker.once('error', reject);
    });

  test('share the launcher of the thread that started it', async () => {
    const results = await Promise.all([1, 2, 3].map(async () => await inThread(cell.hotcell.address)));
    const codes = Array.from({ length: 25 }, (_, code) => code);
    expect(results).toEqual([{ codes }, { codes }, { codes }]);
    expect(ending(await cell.run(TRUE))).toEqual(exited(0));
  });

  test('go on with the next launcher when theirs has died', async () => {
    const script = `
      const { parentPort, workerData } = require('node:worker_threads');
      import(workerData.engine).then(async ({ createHotcell }) => {
        const cell = await createHotcell({ address: workerData.address });
        const sleep = { command: ['/bin/sh', '-c', 'echo running; sleep 50'] };
        const lost = await cell.run(sleep, { onStdout: () => parentPort.postMessage('running') });
        const next = await cell.run({ command: ['/bin/true'] });
        await cell.close();
        parentPort.postMessage([lost.status, next.status]);
      });
    `;
    await using own = await createHotcell();
    const worker = new Worker(script, { eval: true, workerData: { engine, address: own.address } });
    await once(worker, 'message');
    process.kill(own.launcherPid, 'SIGKILL');
    expect(await once(worker, 'message')).toEqual([['internal-error', 'ok']]);
  });

  test('may not start one, and are told what to do', async () => {
    expect(await inThread(undefined)).toMatchObject({
      code: 'invalid-usage',
      hint: expect.stringContaining('createHotcell({ address: cell.address })'),
    });
  });

  test('that are terminated take their runs along', async () => {
    const script = `
      const { parentPort, workerData } = require('node:worker_threads');
      import(workerData.engine).then(async ({ createHotcell }) => {
        const cell = await createHotcell({ address: workerData.address });
        const onStdout = () => parentPort.postMessage('running');
        await cell.run({ command: ['/bin/sh', '-c', 'echo running; sleep 50'] }, { onStdout });
      });
    `;
    await using own = await createHotcell();
    const worker = new Worker(script, { eval: true, workerData: { engine, address: own.address } });
    await new Promise((resolve) => worker.once('message', resolve));
    await worker.terminate();
    const began = performance.now();
    expect(ending(await own.run(TRUE))).toEqual(exited(0));
    await own.close();
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});

describe('callbacks', () => {
  test('get each stream in order, one piece at a time, byte for byte', async () => {
    const size = 3_000_000;
    const script = `import os
data = bytes(i % 251 for i in range(${size}))
view = memoryview(data)
while view: view = view[os.write(1, view[:50000]):]
os.write(2, b"\\xff\\x00end")`;
    const pieces: Uint8Array[] = [];
    let working = 0;
    let most = 0;
    const errors: Uint8Array[] = [];
    const outcome = await cell.run(
      { command: ['/usr/bin/python3', '-c', script] },
      {
        onStdout: async (chunk) => {
          most = Math.max(most, ++working);
          await new Promise((resolve) => setImmediate(resolve));
          pieces.push(chunk);
          working--;
        },
        onStderr: (chunk) => void errors.push(chunk),
      },
    );
    const whole = Buffer.concat(pieces);
    expect(whole.equals(Buffer.from(Array.from({ length: size }, (_, i) => i % 251)))).toBe(true);
    expect(most).toBe(1);
    expect(Buffer.concat(errors).toString('hex')).toBe('ff00656e64');
    expect('base64' in outcome.stdout && Buffer.from(outcome.stdout.base64, 'base64').equals(whole)).toBe(
      true,
    );
  });

  test('that are slow hold back the program', async () => {
    let written = 0;
    let whenHeld: number | undefined;
    const script = 'for i in $(seq 1 40); do head -c 65536 /dev/zero; printf . >&2; done';
    const outcome = await cell.run(
      { command: ['/bin/sh', '-c', script] },
      {
        onStdout: async () => {
          if (whenHeld !== undefined) return;
          // Long enough for all of it to be written, were it not held back.
          await cell.program('sleep-for', [500]);
          whenHeld = written;
        },
        onStderr: (chunk) => {
          written += chunk.length;
        },
      },
    );
    expect(ending(outcome)).toEqual(exited(0));
    expect(outcome.stdout.bytes).toBe(40 * 65_536);
    // What the window of the protocol and the pipe hold, of 64 KiB each time.
    expect(whenHeld).toBeLessThan(10);
    expect(written).toBe(40);
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('disk full');
      },
    ],
    ['rejects', async () => await Promise.reject(new Error('disk full'))],
  ])('of which one %s end only their own run, with that error', async (_, onStdout) => {
    const neighbour = cell.run(programJob('sleep-for', [300]));
    await expect(
      cell.run(programJob('flood-stdout', ['stdout'], { limits: { output: 'none' } }), { onStdout }),
    ).rejects.toThrow('disk full');
    expect(ending(await neighbour)).toEqual(exited(0));
  });

  test('that never return hold neither a run that is cancelled nor its place', async () => {
    await using narrow = await createHotcell({ concurrency: 1 });
    const controller = new AbortController();
    const stuck = narrow.run(programJob('flood-stdout', ['stdout'], { limits: { output: 'none' } }), {
      signal: controller.signal,
      onStdout: async () => {
        controller.abort();
        await new Promise(() => undefined);
      },
    });
    const next = narrow.run(TRUE);
    expect(ending(await stuck)).toMatchObject({ status: 'cancelled', killedBy: 'cancel' });
    expect(ending(await next)).toEqual(exited(0));
  });

  test('capture can be left out', async () => {
    const outcome = await cell.run(programJob('write-bytes', [1000, 0]), { capture: false });
    expect(outcome.stdout).toEqual({ text: '', bytes: 1000, truncated: false });
    expect(text(outcome.stderr)).toBe('');
  });
});
