#!/usr/bin/env -S node --
// "--": without it Node takes an --env-file for itself wherever it stands, the program's own arguments included, and a
// NODE_OPTIONS in that file would be obeyed by this process.
import { readFileSync, writeSync } from 'node:fs';
import { describeError, runCli } from './cli.js';
import { processIo } from './io/process-io.js';
import { OWN_FAULT } from './run/exit-code.js';

// Node would open its debugger, to which every local user may connect.
process.on('SIGUSR1', () => undefined);

const io = processIo();

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** Signals whose default is to end a process; 128 + their number is also a run's exit code. */
const DEADLY: Readonly<Record<number, NodeJS.Signals>> = { 129: 'SIGHUP', 130: 'SIGINT', 143: 'SIGTERM' };

/**
 * Leaves at once: standard input may still be waited for. A write to a reader that stands still would hold an ordinary
 * exit up for ever, since libuv joins its threads in it, so that a signal has to do it then.
 */
function leave(code: number): never {
  if (io.stdout.busy || io.stderr.busy) {
    io.terminal.restore();
    process.kill(process.pid, DEADLY[code] ?? 'SIGKILL');
  }
  process.exit(code);
}

function fail(error: unknown): never {
  io.terminal.restore();
  try {
    writeSync(2, describeError(error, 'hotcell', process.env.HOTCELL_DEBUG === '1'));
  } catch {
    // Standard error is gone; the exit code still tells.
  }
  leave(OWN_FAULT);
}

// Should everything that was waited for go away without an answer, Node would leave with 0: a pass that is none.
process.exitCode = OWN_FAULT;
process.on('beforeExit', () => fail(new Error('nothing is left to wait for, and there is no result')));
process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);

runCli(process.argv.slice(2), {
  io,
  version: version(),
  startEngine: async () => {
    // Not by way of the index, which brings everything that suites and reports need.
    const { createHotcell } = await import('../engine/hotcell.js');
    return await createHotcell({ concurrency: 1 });
  },
  diagnose: async () => {
    const { doctor } = await import('../engine/index.js');
    return await doctor();
  },
  openHistory: async () => {
    const { homeDirectory, RunStore } = await import('../engine/index.js');
    return await RunStore.open(homeDirectory());
  },
  openImages: async () => (await import('../engine/images/index.js')).createImages(),
  findImage: async (reference) => {
    const { imageSource } = await import('../engine/image-source.js');
    return await imageSource(undefined).resolve(reference);
  },
  loadKit: async () => (await import('./suite-kit.js')).suiteKit,
}).then(leave, fail);
