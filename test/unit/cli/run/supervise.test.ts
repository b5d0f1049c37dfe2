import { describe, expect, it, vi } from 'vitest';
import { Supervisor } from '../../../../src/cli/run/supervise.js';
import { FakeEngine, FakeIo, outcome } from '../support.js';

const task = {
  job: { command: ['prog'], stdin: { stream: true as const } },
  tty: false,
  live: true,
  capture: false,
  onOutput: async () => undefined,
  keep: undefined,
};

const broken = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });

describe('supervising a run', () => {
  it('passes the streams on, and closes the engine', async () => {
    const io = new FakeIo();
    const engine = new FakeEngine(async ({ options }) => {
      await options.onStdout?.(Buffer.from([0, 255]));
      await options.onStderr?.(Buffer.from('e'));
      for await (const chunk of options.stdin ?? []) await options.onStdout?.(chunk);
      return outcome();
    });
    io.input.end('in');
    const result = await new Supervisor(io).supervise(async () => engine, task);
    expect(result).toEqual({
      outcome: outcome(),
      cancelledBy: undefined,
      outputError: undefined,
      inputError: undefined,
      midLine: false,
    });
    expect([io.stdout.bytes.toString('latin1'), io.stderr.text, engine.log]).toEqual([
      '\0\xffin',
      'e',
      ['closed'],
    ]);
  });

  it('streams nothing when the outcome is to have it', async () => {
    const engine = new FakeEngine();
    await new Supervisor(new FakeIo()).supervise(async () => engine, { ...task, live: false, capture: true });
    expect(engine.options).toMatchObject({ capture: true });
    expect(engine.options.onStdout).toBeUndefined();
  });

  it('gives the streams to the history as well, and alone when they are not to be passed on', async () => {
    const kept: string[] = [];
    const keep = async (stream: string, chunk: Uint8Array): Promise<void> => {
      kept.push(`${stream} ${Buffer.from(chunk).toString()}`);
    };
    const behave = async ({ options }: FakeEngine) => {
      await options.onStdout?.(Buffer.from('o'));
      await options.onStderr?.(Buffer.from('e'));
      return outcome();
    };
    for (const live of [true, false]) {
      const io = new FakeIo();
      await new Supervisor(io).supervise(async () => new FakeEngine(behave), { ...task, live, keep });
      expect([io.stdout.text, io.stderr.text]).toEqual(live ? ['o', 'e'] : ['', '']);
    }
    expect(kept).toEqual(['stdout o', 'stderr e', 'stdout o', 'stderr e']);
  });

  it('passes the first Ctrl-C on, and cancels at the second', async () => {
    const io = new FakeIo();
    const engine = new FakeEngine(async (self) => {
      await new Promise(setImmediate);
      io.signal('SIGINT');
      io.signal('SIGINT');
      return await self.cancelled();
    });
    const result = await new Supervisor(io).supervise(async () => engine, task);
    expect(engine.log).toEqual(['signal SIGINT', 'closed']);
    expect(result).toMatchObject({ outcome: { status: 'cancelled' }, cancelledBy: 'SIGINT' });
  });

  it('leaves at the third, though the run does not end', async () => {
    const io = new FakeIo();
    const engine = new FakeEngine(async () => {
      await new Promise(setImmediate);
      for (let i = 0; i < 3; i++) io.signal('SIGINT');
      return await new Promise(() => undefined);
    });
    const result = await new Supervisor(io).supervise(async () => engine, task);
    expect(result).toMatchObject({ outcome: null, cancelledBy: 'SIGINT' });
  });

  it('starts no program when a signal comes while the engine starts', async () => {
    const io = new FakeIo();
    const engine = new FakeEngine();
    const slowly = async (): Promise<FakeEngine> => {
      io.signal('SIGINT');
      return engine;
    };
    const result = await new Supervisor(io).supervise(slowly, task);
    expect([engine.job, engine.log]).toEqual([undefined, ['closed']]);
    expect(result).toMatchObject({ outcome: null, cancelledBy: 'SIGINT' });
  });

  it('passes on what means nothing to us, once there is a program, and is not ended by it', async () => {
    const io = new FakeIo();
    const engine = new FakeEngine(async () => {
      await new Promise(setImmediate);
      for (const name of ['SIGUSR1', 'SIGUSR2', 'SIGUSR1'] as const) io.passOn(name);
      return outcome();
    });
    const slowly = async (): Promise<FakeEngine> => {
      expect(io.passOn('SIGUSR1')).toBe(true);
      return engine;
    };
    const result = await new Supervisor(io).supervise(slowly, task);
    expect(engine.log).toEqual(['signal SIGUSR1', 'signal SIGUSR2', 'signal SIGUSR1', 'closed']);
    expect(result).toMatchObject({ outcome: { status: 'ok' }, cancelledBy: undefined });
  });

  it('gives the signals back at the end', async () => {
    const io = new FakeIo();
    await new Supervisor(io).supervise(async () => new FakeEngine(), task);
    expect([io.signal('SIGINT'), io.passOn('SIGUSR1')]).toEqual([false, false]);
  });

  it('cancels when the reader of stdout has gone', async () => {
    const io = new FakeIo();
    io.stdout.error = broken;
    const engine = new FakeEngine(async (self) => {
      await self.options.onStdout?.(Buffer.from('x'));
      return await self.cancelled();
    });
    const result = await new Supervisor(io).supervise(async () => engine, task);
    expect(result).toMatchObject({ outcome: { status: 'cancelled' }, outputError: broken });
  });
});

describe('a terminal', () => {
  const tty = { ...task, tty: true };

  it('is raw while the program runs, sized at the start and when it changes, and given back', async () => {
    const io = new FakeIo();
    io.terminal.current = { rows: 30, cols: 100 };
    const engine = new FakeEngine(async () => {
      await new Promise(setImmediate);
      expect(io.terminal.log).toEqual(['raw']);
      io.terminal.resize({ rows: 10, cols: 20 });
      return outcome();
    });
    await new Supervisor(io).supervise(async () => engine, tty);
    expect(engine.job?.tty).toEqual({ rows: 30, cols: 100 });
    expect(engine.log).toEqual(['resize 10x20', 'closed']);
    expect(io.terminal.log).toEqual(['raw', 'restored']);
  });

  it('has a size even when there is none here', async () => {
    const engine = new FakeEngine();
    await new Supervisor(new FakeIo()).supervise(async () => engine, tty);
    expect(engine.job?.tty).toEqual({ rows: 24, cols: 80 });
  });

  it('is given back when the engine fails', async () => {
    const io = new FakeIo();
    const engine = new FakeEngine(async () => {
      throw new Error('launcher gone');
    });
    await expect(new Supervisor(io).supervise(async () => engine, tty)).rejects.toThrow('launcher gone');
    expect([io.terminal.log, engine.log]).toEqual([['raw', 'restored'], ['closed']]);
  });

  it('is left alone by a run without -t', async () => {
    const io = new FakeIo();
    io.terminal.current = { rows: 30, cols: 100 };
    const engine = new FakeEngine();
    await new Supervisor(io).supervise(async () => engine, task);
    expect([io.terminal.log, engine.job?.tty]).toEqual([[], undefined]);
  });
});

describe('a program with a stop signal', () => {
  it('is killed when it does not end upon it', async () => {
    vi.useFakeTimers();
    try {
      const io = new FakeIo();
      const engine = new FakeEngine(async (running) => {
        await Promise.resolve(); // until the run is known
        io.signal('SIGTERM');
        vi.advanceTimersByTime(7999);
        running.log.push(`aborted ${running.options.signal?.aborted}`);
        vi.advanceTimersByTime(1);
        return await running.cancelled();
      });
      const result = await new Supervisor(io, 'SIGQUIT').supervise(async () => engine, task);
      expect(engine.log).toEqual(['signal SIGQUIT', 'aborted false', 'closed']);
      expect(result).toMatchObject({ cancelledBy: 'SIGTERM', outcome: { status: 'cancelled' } });
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('is not started when the signal comes before it', async () => {
    const io = new FakeIo();
    const engine = new FakeEngine();
    const result = await new Supervisor(io, 'SIGQUIT').supervise(async () => {
      io.signal('SIGTERM');
      return engine;
    }, task);
    expect([result.outcome, result.cancelledBy, engine.job]).toEqual([null, 'SIGTERM', undefined]);
  });
});
