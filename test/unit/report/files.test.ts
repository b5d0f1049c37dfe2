import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createReporter } from '../../../src/report/index.js';
import { outcomeOf, play, read, startOf, tempDir } from './support.js';

/** What a pipe that was opened without waiting has by now. */
function drained(fd: number): Buffer {
  const chunks: Buffer[] = [];
  const chunk = Buffer.alloc(1 << 16);
  try {
    for (let length = readSync(fd, chunk); length > 0; length = readSync(fd, chunk)) {
      chunks.push(Buffer.from(chunk.subarray(0, length)));
    }
  } catch {
    // Nothing more for now.
  }
  return Buffer.concat(chunks);
}

describe('the file of a report', () => {
  it('is refused when the run starts if it cannot be written', async () => {
    const directory = tempDir();
    writeFileSync(join(directory, 'file'), '');
    const start = (file: string) => createReporter('json', { file }).onStart?.(startOf());
    await expect(start(directory)).rejects.toMatchObject({
      code: 'io',
      message: expect.stringMatching(/^cannot write the report ".*": is a directory$/),
    });
    await expect(start(join(directory, 'file/below.json'))).rejects.toThrowError(
      /a file is where a directory is needed/,
    );
    await expect(start(join(directory, 'x'.repeat(300)))).rejects.toThrowError(/name too long/);
    expect(readdirSync(directory)).toEqual(['file']);
  });

  it('says that the disk is full, and does not go on', async () => {
    const reporter = createReporter('jsonl', { file: '/dev/full' });
    const long = outcomeOf({ stdout: { text: 'x'.repeat(1 << 21), bytes: 1 << 21, truncated: false } });
    await expect(play(reporter, [long, long, long])).rejects.toMatchObject({
      code: 'io',
      message: 'cannot write the report "/dev/full": no space left on device',
    });
    await expect(Promise.resolve(reporter.onOutcome(outcomeOf()))).rejects.toMatchObject({
      code: 'internal',
    });
  });

  it('replaces the old one only at the end, and makes the directories', async () => {
    const file = join(tempDir(), 'a/b/out.json');
    await play(createReporter('json', { file }), []);
    const old = read(file);
    chmodSync(file, 0o600);
    const reporter = createReporter('json', { file });
    await reporter.onStart?.(startOf());
    await reporter.onOutcome(outcomeOf());
    expect(read(file)).toBe(old);
    await play(createReporter('json', { file }), [outcomeOf()]);
    expect(JSON.parse(read(file)).outcomes).toHaveLength(1);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await reporter.onAbort?.();
    expect(readdirSync(join(file, '..'))).toEqual(['out.json']);
  });

  it('follows a link to what it stands for', async () => {
    const directory = tempDir();
    mkdirSync(join(directory, 'real'));
    writeFileSync(join(directory, 'real/out.json'), '');
    symlinkSync('real/out.json', join(directory, 'link.json'));
    await play(createReporter('json', { file: join(directory, 'link.json') }), []);
    expect(JSON.parse(read(join(directory, 'real/out.json'))).version).toBe(1);
  });

  it('of JSONL can be read while the run goes on', async () => {
    const file = join(tempDir(), 'out.jsonl');
    const reporter = createReporter('jsonl', { file });
    await reporter.onStart?.(startOf());
    await reporter.onOutcome(outcomeOf());
    await expect.poll(() => read(file).split('\n').length).toBe(3);
    await reporter.onAbort?.();
    expect(existsSync(file)).toBe(true);
  });

  it('is refused when it is a pipe that nobody reads', async () => {
    const file = join(tempDir(), 'pipe');
    execFileSync('mkfifo', [file]);
    for (const name of ['json', 'jsonl'] as const) {
      await expect(createReporter(name, { file }).onStart?.(startOf())).rejects.toMatchObject({
        code: 'io',
        message: `cannot write the report "${file}": nobody reads this pipe`,
      });
    }
  });

  it('is written to a pipe as fast as it is read, and not a byte of it is lost', async () => {
    const file = join(tempDir(), 'pipe');
    execFileSync('mkfifo', [file]);
    const reader = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const long = outcomeOf({ stdout: { text: 'é'.repeat(1 << 18), bytes: 1 << 19, truncated: false } });
    const written = play(createReporter('json', { file }), [long, long]);
    let text = Buffer.alloc(0);
    const isWhole = (): boolean => {
      text = Buffer.concat([text, drained(reader)]);
      return text.toString().endsWith('}\n');
    };
    await expect.poll(isWhole, { interval: 1, timeout: 20_000 }).toBe(true);
    await written;
    closeSync(reader);
    expect(JSON.parse(text.toString()).outcomes).toHaveLength(2);
  });

  it('in a pipe whose reader stands still can be given up', async () => {
    const file = join(tempDir(), 'pipe');
    execFileSync('mkfifo', [file]);
    const reader = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const reporter = createReporter('jsonl', { file });
    await reporter.onStart?.(startOf());
    const long = outcomeOf({ stdout: { text: 'x'.repeat(1 << 19), bytes: 1 << 19, truncated: false } });
    await reporter.onOutcome(long);
    await reporter.onAbort?.();
    closeSync(reader);
  });
});
