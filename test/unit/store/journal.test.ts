import { appendFileSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../src/spec/index.js';
import { JournalWriter, readEntries } from '../../../src/store/journal.js';
import { outcome } from '../cli/support.js';
import { makeHome } from './support.js';

const path = (): string => join(makeHome(), 'outcomes.jsonl');

async function idsIn(file: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const { outcome: one } of readEntries(file)) ids.push(one.id);
  return ids;
}

const line = (id: string, patch: Partial<Outcome> = {}): string =>
  `${JSON.stringify({ ...outcome({ id }), ...patch })}\n`;

describe('a journal', () => {
  it.each([
    ['a torn line at its end', `${line('1')}${line('2').slice(0, -2)}`, ['1']],
    ['only a torn line', '{"id":', []],
    ['a line that another version wrote', `${line('1')}{"id":"2","new":true}\n${line('3')}`, ['1', '3']],
    [
      'lines of zeros, as a power failure leaves them',
      `${line('1')}${'\0'.repeat(5000)}\n${line('3')}`,
      ['1', '3'],
    ],
    ['a status that there is not', `${line('1').replace('"ok"', '"fine"')}${line('2')}`, ['2']],
    ['empty lines', `\n\n${line('1')}\n`, ['1']],
    ['nothing', '', []],
  ])('with %s gives the outcomes that are whole', async (_, text, ids) => {
    const file = path();
    writeFileSync(file, text);
    expect(await idsIn(file)).toEqual(ids);
  });

  it('that is not there is empty, and one that cannot be read is an error', async () => {
    expect(await idsIn(path())).toEqual([]);
    await expect(idsIn(makeHome())).rejects.toMatchObject({
      code: 'io',
      message: expect.stringMatching(/is a directory$/),
    });
  });

  it('keeps what a program wrote, whatever it is', async () => {
    const file = path();
    const text = `${Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join('')}\ud800\u2028\u{1f600}`;
    const told = outcome({ stdout: { text, bytes: 300, truncated: false } });
    const writer = await JournalWriter.open(file);
    await writer.append(told);
    await writer.close();
    for await (const { outcome: read } of readEntries(file)) expect(read).toEqual(told);
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(2);
  });

  it('has all outcomes in order, however they come', async () => {
    const file = path();
    const writer = await JournalWriter.open(file);
    const text = 'x'.repeat(20_000);
    const ids = Array.from({ length: 500 }, (_, index) => String(index));
    await Promise.all(
      ids.map(
        async (id) => await writer.append(outcome({ id, stdout: { text, bytes: 20_000, truncated: false } })),
      ),
    );
    await writer.close();
    expect(await idsIn(file)).toEqual(ids);
  });

  it('drops what was written and measured once it is long, and never a verdict', async () => {
    const file = path();
    const text = 'ä'.repeat(600);
    const series = { intervalMs: 10, atMs: [1], cpuMs: [1], memoryBytes: [1], pids: [1] };
    const whole = outcome({
      verdict: 'failed',
      failures: ['exit code 1'],
      stdout: { text, bytes: 1200, truncated: true },
      differences: [
        { what: 'stdout', compare: 'exact', line: 1, column: 1, expected: text, actual: text, text },
      ],
      series,
    });
    for (const id of ['1', '2', '3']) {
      const writer = await JournalWriter.open(file, 4000);
      await writer.append({ ...whole, id }, 'digest');
      await writer.close();
    }
    const read: unknown[] = [];
    for await (const { outcome: one, digest } of readEntries(file)) read.push([one, digest]);
    const stdout = { text: '', bytes: 1200, truncated: true };
    const differences = [{ ...whole.differences[0], expected: null, actual: null, text: '' }];
    const lean = { ...whole, id: '3', stdout, differences, series: null };
    expect(read).toHaveLength(3);
    expect([read[0], read[2]]).toEqual([
      [{ ...whole, id: '1' }, 'digest'],
      [lean, 'digest'],
    ]);
  });

  it.each([1, 65_535, 65_536, 65_537, 300_000])('goes on after a torn line of %i bytes', async (length) => {
    const file = path();
    writeFileSync(file, line('1'));
    appendFileSync(file, 'x'.repeat(length));
    const writer = await JournalWriter.open(file);
    await writer.append(outcome({ id: '2' }));
    await writer.close();
    expect(await idsIn(file)).toEqual(['1', '2']);
  });

  it('says that the disk is full, at once or with the next outcome, and ever after', async () => {
    const file = path();
    symlinkSync('/dev/full', file);
    const writer = await JournalWriter.open(file);
    const full = { code: 'io', message: `cannot write ${file}: no space left on device` };
    await writer.append(outcome());
    await expect(writer.flush()).rejects.toMatchObject(full);
    await expect(writer.append(outcome())).rejects.toMatchObject(full);
    await expect(writer.close()).rejects.toMatchObject(full);
  });
});
