/** Signals to a run whose program may not be there yet, and such as no system has. */
import { expect, test } from 'vitest';
import { ending, exited, signaled, useCell } from '../support/cell.js';
import { programJob } from '../support/programs.js';

const cell = useCell();

test('a signal sent at once reaches the program when it is there', async () => {
  for (let i = 0; i < 20; i++) {
    const run = cell.hotcell.start(programJob('sleep-forever'));
    run.signal('SIGTERM');
    expect(ending(await run.outcome)).toEqual(signaled('SIGTERM'));
  }
});

test('an unknown signal is refused, and costs no other run', async () => {
  const other = cell.program('sleep-for', [200]);
  const run = cell.hotcell.start(programJob('sleep-forever'));
  expect(() => run.signal('SIGFOO' as NodeJS.Signals)).toThrow(/"SIGFOO" is not a signal/);
  expect(() => run.resize(0, 80)).toThrow(/is not a terminal/);
  run.kill();
  expect((await run.outcome).status).toBe('cancelled');
  expect(ending(await other)).toEqual(exited(0));
});
