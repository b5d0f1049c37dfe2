/** The launcher has one thread for all runs: nothing that one run does, or that is done to it, may hold up another. */
import { describe, expect, test } from 'vitest';
import { ending, exited, metric, startAndWaitFor, useCell } from '../support/cell.js';

const cell = useCell();

/** So many processes share a hundredth of a CPU that their init hardly ever gets to read what it is told. */
const STARVED =
  'for i in 1 2 3 4 5 6 7 8 9 10; do (while :; do :; done) & done; echo ready; while :; do :; done';

describe('a run whose init is too slow to read its signals', () => {
  test('does not hold up other runs when thousands are sent', async () => {
    const slow = await startAndWaitFor(
      cell.hotcell,
      { command: ['sh', '-c', STARVED], limits: { cpus: 0.01, wallTime: 20_000 } },
      'ready',
    );
    for (let sent = 0; sent < 3000; sent++) slow.signal('SIGWINCH');
    const began = performance.now();
    expect(ending(await cell.run({ command: ['true'] }))).toEqual(exited(0));
    expect(performance.now() - began).toBeLessThan(2000);
    slow.kill();
    const outcome = await slow.outcome;
    expect(outcome.status).toBe('cancelled');
    expect(metric(outcome, 'wallMs')).toBeLessThan(15_000);
  });
});
