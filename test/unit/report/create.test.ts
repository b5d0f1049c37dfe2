import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import {
  combineReporters,
  createReporter,
  REPORTER_NAMES,
  type Reporter,
} from '../../../src/report/index.js';
import type { Outcome } from '../../../src/spec/index.js';
import { failed, host, MemorySink, outcomeOf, play, startOf, tempDir, written } from './support.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heapBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

const uniqueText = (index: number): string => `${index} `.repeat(800);

const outcome = (index: number): Outcome => {
  const over = { suite: `s${index % 10}`, case: `c${index}`, stdout: written(uniqueText(index)) };
  return index % 5 === 0 ? failed({ ...over, failures: [`reason ${index}`] }) : outcomeOf(over);
};

describe('every reporter', () => {
  it.each(REPORTER_NAMES)('named %s writes of an empty run and of one with outcomes', async (name) => {
    const directory = tempDir();
    for (const [file, outcomes] of [
      ['empty', []],
      ['full', [outcomeOf(), failed({ case: 'b' })]],
    ] as const) {
      await play(createReporter(name, { file: join(directory, file) }), outcomes);
    }
    if (name === 'meta') expect(readdirSync(join(directory, 'full'))).toHaveLength(2);
    else
      expect(statSync(join(directory, 'full')).size).toBeGreaterThan(statSync(join(directory, 'empty')).size);
    expect(readdirSync(directory)).toEqual(['empty', 'full']);
  });

  it.each(REPORTER_NAMES)('named %s leaves no half of a report when the run breaks off', async (name) => {
    const directory = join(tempDir(), 'reports');
    const reporter = createReporter(name, { file: join(directory, 'out') });
    await reporter.onStart?.(startOf());
    await reporter.onOutcome(outcomeOf());
    await reporter.onAbort?.();
    await reporter.onAbort?.();
    // Those that are read while the run goes on were there already.
    expect(readdirSync(directory)).toEqual(name === 'jsonl' || name === 'meta' ? ['out'] : []);
  });

  it('keeps next to nothing of what it has written', { timeout: 60_000 }, async () => {
    const directory = tempDir();
    const all = combineReporters(
      REPORTER_NAMES.filter((name) => name !== 'meta').map((name) =>
        createReporter(name, { file: join(directory, name) }),
      ),
    );
    const count = 7000;
    await all.onStart?.(startOf({ total: count }));
    for (let index = 0; index < 1000; index++) await all.onOutcome(outcome(index));
    const before = heapBytes();
    for (let index = 1000; index < count; index++) await all.onOutcome(outcome(index));
    // 6,000 outcomes with more than 4 KB each.
    expect(heapBytes() - before).toBeLessThan(14e6);
    await all.onEnd?.({
      ...(await play({ onOutcome: () => undefined }, [])),
      total: count,
      host,
    });
    expect(statSync(join(directory, 'json')).size).toBeGreaterThan(24e6);
  });
});

describe('several reporters', () => {
  it('are all told that the run broke off when one of them fails', async () => {
    const told: string[] = [];
    const good: Reporter = { onOutcome: () => undefined, onAbort: () => void told.push('good') };
    const bad: Reporter = {
      onOutcome: () => Promise.reject(new Error('full')),
      onAbort: () => void told.push('bad'),
    };
    const sink = new MemorySink();
    const both = combineReporters([good, bad, createReporter('json', { stdout: sink })]);
    await both.onStart?.(startOf());
    await expect(Promise.resolve(both.onOutcome(outcomeOf()))).rejects.toThrowError('full');
    expect(told).toEqual(['good', 'bad']);
  });
});
