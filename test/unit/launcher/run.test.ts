import { afterEach, describe, expect, test, vi } from 'vitest';
import { lostFacts } from '../../../src/launcher/facts.js';
import { protocolLimits } from '../../../src/launcher/protocol-table.js';
import { LaunchedRun, type RunEvents } from '../../../src/launcher/run.js';
import { Reader } from '../../../src/launcher/wire.js';
import type { CopiedFile } from '../../../src/spec/index.js';
import { turn } from './support.js';

const WINDOW = protocolLimits.streamWindowBytes;
const FACTS = lostFacts('for this test');

interface Sent {
  readonly message: string;
  readonly payload: Buffer;
}

function launched(events: Partial<RunEvents> = {}) {
  const sent: Sent[] = [];
  const run = new LaunchedRun(
    { send: (message, payload) => void sent.push({ message, payload: Buffer.from(payload) }) },
    { onStdout() {}, onStderr() {}, onFile() {}, onStarted() {}, ...events },
  );
  const credits = () =>
    sent
      .filter(({ message }) => message === 'outputCredit')
      .map(({ payload }) => {
        const reader = new Reader(payload);
        return [reader.u32(), reader.u32()];
      });
  const stdin = () =>
    Buffer.concat(sent.flatMap(({ message, payload }) => (message === 'stdin' ? payload : [])));
  return { run, sent, credits, stdin, messages: () => sent.map(({ message }) => message) };
}

/** A sink that takes each piece only when it is told to. */
function slowSink() {
  const taken: string[] = [];
  const waiting: (() => void)[] = [];
  const sink = (chunk: Buffer): Promise<void> => {
    taken.push(chunk.toString());
    return new Promise((resolve) => {
      waiting.push(resolve);
    });
  };
  return { sink, taken, release: () => waiting.shift()?.() };
}

describe('stdin', () => {
  test('goes out in pieces of at most a chunk, byte-exact, and no further than the window', async () => {
    const { run, sent, stdin } = launched();
    const data = Buffer.from(Array.from({ length: WINDOW + 100_000 }, (_, index) => index % 251));
    const written = run.write(data);
    await turn();
    expect(stdin()).toHaveLength(WINDOW);
    for (const { payload } of sent) expect(payload.length).toBeLessThanOrEqual(protocolLimits.chunkMaxBytes);
    run.inputCredit(10);
    await turn();
    expect(stdin()).toHaveLength(WINDOW + 10);
    run.inputCredit(WINDOW);
    await written;
    expect(stdin().equals(data)).toBe(true);
  });

  test('that nobody reads is let go when the run ends', async () => {
    const { run, stdin } = launched();
    const written = run.write(Buffer.alloc(2 * WINDOW));
    await turn();
    run.finish(FACTS);
    await written;
    await run.write(Buffer.alloc(10));
    expect(stdin()).toHaveLength(WINDOW);
  });
});

describe('output', () => {
  test('is credited at once when the sink has taken it', () => {
    const { run, credits } = launched();
    run.output(1, Buffer.from('abc'));
    run.output(2, Buffer.from('de'));
    expect(credits()).toEqual([
      [1, 3],
      [2, 2],
    ]);
  });

  test('is not credited while a sink works on it, and the next piece waits for its turn', async () => {
    const { sink, taken, release } = slowSink();
    const { run, credits } = launched({ onStdout: sink });
    for (const piece of ['a', 'bb', 'ccc']) run.output(1, Buffer.from(piece));
    run.output(2, Buffer.from('other'));
    await turn();
    expect(taken).toEqual(['a']);
    expect(credits()).toEqual([[2, 5]]);
    release();
    await turn();
    expect(taken).toEqual(['a', 'bb']);
    expect(credits()).toEqual([
      [2, 5],
      [1, 1],
    ]);
  });

  test('that is still with a sink holds back the facts', async () => {
    const { sink, taken, release } = slowSink();
    const { run } = launched({ onStderr: sink });
    run.output(2, Buffer.from('a'));
    run.output(2, Buffer.from('b'));
    let over = false;
    void run.facts.then(() => {
      over = true;
    });
    run.finish(FACTS);
    release();
    await turn();
    expect([taken, over]).toEqual([['a', 'b'], false]);
    release();
    expect(await run.facts).toBe(FACTS);
  });

  test.each<[string, RunEvents['onStdout']]>([
    [
      'throws',
      () => {
        throw new Error('disk full');
      },
    ],
    [
      'rejects',
      async () => {
        throw new Error('disk full');
      },
    ],
  ])(
    'whose sink %s kills the run and still credits, so that the launcher can come to its end',
    async (_, onStdout) => {
      const { run, credits, messages } = launched({ onStdout });
      run.output(1, Buffer.from('abc'));
      await turn();
      run.output(1, Buffer.from('de'));
      await turn();
      expect(messages()).toContain('kill');
      expect(credits()).toEqual([
        [1, 3],
        [1, 2],
      ]);
      run.finish(FACTS);
      await expect(run.facts).rejects.toThrow('disk full');
    },
  );

  test('has a sink called once more by nobody after it has failed', async () => {
    const taken: string[] = [];
    const { run } = launched({
      onStdout: async () => {
        throw new Error('first');
      },
      onStderr: (chunk) => void taken.push(chunk.toString()),
    });
    run.output(1, Buffer.from('a'));
    await turn();
    run.output(2, Buffer.from('b'));
    run.finish(FACTS);
    await expect(run.facts).rejects.toThrow('first');
    expect(taken).toEqual([]);
  });
});

describe('a sink that never takes what it was given', () => {
  afterEach(() => void vi.useRealTimers());

  const GRACE_MS = 5000;
  const CANCELLED = { ...FACTS, cause: 'cancel' as const };

  /** Three pieces, of which the sink took the first and never comes back; then it is cancelled. */
  function stuck() {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { sink, taken, release } = slowSink();
    const made = launched({ onStdout: sink });
    for (const piece of ['a', 'bb', 'ccc']) made.run.output(1, Buffer.from(piece));
    let over = false;
    void made.run.facts.then(() => {
      over = true;
    });
    return { ...made, taken, release, isOver: () => over };
  }

  test('holds a run that nobody cancels for as long as it likes', async () => {
    const { run, isOver, credits } = stuck();
    run.finish(FACTS);
    await vi.advanceTimersByTimeAsync(100 * GRACE_MS);
    expect([isOver(), credits()]).toEqual([false, []]);
  });

  test('is given up a while after a kill, and all is credited for the launcher to come to its end', async () => {
    const { run, isOver, credits, taken, release } = stuck();
    run.kill();
    await vi.advanceTimersByTimeAsync(GRACE_MS - 1);
    expect(credits()).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(credits()).toEqual([
      [1, 1],
      [1, 2],
      [1, 3],
    ]);
    run.output(1, Buffer.from('dddd'));
    expect(credits()).toHaveLength(4);
    run.finish(CANCELLED);
    await turn();
    release();
    await turn();
    expect([taken, isOver(), credits().length]).toEqual([['a'], true, 4]);
  });

  test('is given up a while after its connection was closed by us', async () => {
    const { run, isOver } = stuck();
    run.finish(CANCELLED);
    await vi.advanceTimersByTimeAsync(GRACE_MS - 1);
    expect(isOver()).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(isOver()).toBe(true);
  });

  test('leaves no timer behind when it comes back in time, nor when it is killed too late', async () => {
    const { run, isOver, release, taken } = stuck();
    run.kill();
    run.finish(CANCELLED);
    for (let piece = 0; piece < 3; piece++) {
      release();
      await turn();
    }
    expect([taken, isOver()]).toEqual([['a', 'bb', 'ccc'], true]);
    run.kill();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('files', () => {
  const entry = { output: 0, path: Buffer.from('/box/out'), mode: 0o644, errno: 0 };
  const gather = () => {
    const files: CopiedFile[] = [];
    return { files, ...launched({ onFile: (file) => void files.push(file) }) };
  };

  test('are put together from their pieces', () => {
    const { files, run } = gather();
    run.fileBegin({ ...entry, kind: 'directory' });
    run.fileBegin({ ...entry, kind: 'file' });
    run.fileData(Buffer.from('ab'));
    run.fileData(Buffer.from('c'));
    run.fileEnd(0);
    expect(files.map(({ kind, bytes }) => [kind, bytes.toString()])).toEqual([
      ['directory', ''],
      ['file', 'abc'],
    ]);
  });

  test('that break off while they are read are errors', () => {
    const { files, run } = gather();
    run.fileBegin({ ...entry, kind: 'file' });
    run.fileData(Buffer.from('ab'));
    run.fileEnd(5);
    run.fileBegin({ ...entry, kind: 'error', errno: 40 });
    expect(files.map(({ kind, errno }) => [kind, errno])).toEqual([
      ['error', 5],
      ['error', 40],
    ]);
  });

  test('pieces without a file are dropped', () => {
    const { files, run } = gather();
    run.fileData(Buffer.from('ab'));
    run.fileEnd(0);
    expect(files).toEqual([]);
  });
});

test('nothing is sent for a run that is over', () => {
  const { run, messages } = launched();
  run.signal(15);
  run.resize(24, 80);
  run.closeInput();
  run.kill();
  run.finish(FACTS);
  run.signal(9);
  run.kill();
  run.closeInput();
  expect(messages()).toEqual(['signal', 'resize', 'stdinClose', 'kill']);
});

test('a run that could not be made rejects with the reason', async () => {
  const { run } = launched();
  run.fail(new Error('no slot'));
  await expect(run.facts).rejects.toThrow('no slot');
});
